// What the adapter writes into an org: values as fields take them, several kinds in one call, events, currencies, namespaces, head-room.
import { afterEach, describe, expect, it } from 'vitest';
import type { CrmConnection, RecordWrite, WriteOutcome } from '../../../src/crms/crm.ts';
import { createLog } from '../../../src/log.ts';
import { startSalesforceRig, type SalesforceRig } from './rig.ts';

let rig: SalesforceRig;
const start = async (options: Parameters<typeof startSalesforceRig>[0] = {}): Promise<void> => {
  rig = await startSalesforceRig(options);
};
afterEach(() => rig.close());

const writeOf = (
  objectType: string,
  recordId: string,
  fields: Record<string, string | null>,
): RecordWrite => ({
  key: recordId,
  record: { installationId: rig.connection.installationId, objectType, recordId },
  fields,
});

const write = (objectType: string, id: string, fields: Record<string, string | null> = { status: 'open' }) =>
  rig.crm.write(rig.connection, objectType, [writeOf(objectType, id, fields)]);

const person = (LastName = 'Roth'): string => rig.org.create('Contact', { LastName });
const written = (id: string): WriteOutcome[] => [{ key: id, outcome: 'written' }];

const invoice = (paysideId: string, fields: Record<string, string | null> = {}) => ({
  key: paysideId,
  paysideId,
  fields: { number: paysideId, status: 'open', currency: 'EUR', ...fields },
});

describe('a value', () => {
  it.each([
    ['owed', '120.05', 'Payside_Owed__c', 120.05],
    ['owed', '-3', 'Payside_Owed__c', -3],
    // Rounded, it would be wrong; the text has it.
    ['owed', '1.005', 'Payside_Owed__c', null],
    ['owed', null, 'Payside_Owed__c', null],
    ['owed_text', 'EUR 1.00', 'Payside_Owed_Text__c', 'EUR 1.00'],
    ['owed_text', 'x'.repeat(300), 'Payside_Owed_Text__c', `${'x'.repeat(254)}…`],
    ['link', `https://pay.example.com/${'x'.repeat(300)}`, 'Payside_Link__c', null],
    ['next_due', '2031-03-31', 'Payside_Next_Due__c', '2031-03-31'],
    [
      'last_payment_at',
      '2031-03-01T10:00:00.000Z',
      'Payside_Last_Payment_At__c',
      '2031-03-01T10:00:00.000+0000',
    ],
  ])('%s of %s', async (field, value, name, wanted) => {
    await start();
    const id = person();
    expect(await write('Contact', id, { [field]: value })).toEqual(written(id));
    expect(rig.org.fields('Contact', id)).toMatchObject({ [name]: wanted });
  });

  it('in minor units stands to the last one', async () => {
    await start();
    await rig.crm.upsert(rig.connection, 'invoice', [
      invoice('ga_1:in_1', { total_minor: '999999999999999', total: '9999999999999.99' }),
    ]);
    expect(rig.org.all('Payside_Invoice__c')).toMatchObject([
      { Total_Minor__c: 999_999_999_999_999, Total__c: 9_999_999_999_999.99 },
    ]);
  });

  it('that Salesforce refuses is told beside those it took', async () => {
    await start();
    const [good, bad] = [person('Good'), person('Bad')];
    const outcomes = await rig.crm.write(rig.connection, 'Contact', [
      writeOf('Contact', bad, { status: 'no such word' }),
      writeOf('Contact', good, { status: 'paid' }),
    ]);
    expect(outcomes).toEqual([
      { key: bad, outcome: 'refused', reason: expect.stringContaining('bad value for restricted picklist') },
      ...written(good),
    ]);
  });
});

describe('a record that somebody holds', () => {
  it('is busy, and so is one that was made at the same moment', async () => {
    await start();
    const id = person();
    rig.salesforce.faults.arm('unable-to-lock-row', 1, 0);
    expect(await write('Contact', id)).toEqual([{ key: id, outcome: 'busy' }]);
    rig.salesforce.faults.arm('duplicate-value', 1, 0);
    expect(await rig.crm.upsert(rig.connection, 'invoice', [invoice('ga_1:in_1')])).toEqual([
      { key: 'ga_1:in_1', outcome: 'busy' },
    ]);
    expect(await write('Contact', id)).toEqual(written(id));
  });
});

describe('a record that is gone', () => {
  it('is followed from one merge to the next, and an opportunity is just gone', async () => {
    await start();
    const [first, second, last] = [person('A'), person('B'), person('C')];
    rig.org.merge('Contact', second!, first!);
    rig.org.merge('Contact', last!, second!);
    expect(await write('Contact', first!)).toEqual([{ key: first, outcome: 'moved', recordId: second }]);
    expect(await write('Contact', second!)).toEqual([{ key: second, outcome: 'moved', recordId: last }]);
    const deal = rig.portal.deal('Gate');
    rig.org.remove('Opportunity', deal);
    expect(await write('Opportunity', deal)).toEqual([{ key: deal, outcome: 'gone' }]);
  });

  it('makes what hangs on it wait', async () => {
    await start();
    const id = person();
    rig.org.remove('Contact', id);
    const refs = [{ objectType: 'Contact', recordId: id }];
    expect(await rig.crm.upsert(rig.connection, 'invoice', [{ ...invoice('ga_1:in_1'), refs }])).toEqual([
      { key: 'ga_1:in_1', outcome: 'gone' },
    ]);
  });
});

describe('a payment', () => {
  it('with everything it touches is one call, and tells every open card', async () => {
    await start();
    const [contact, account, deal] = [person(), rig.portal.company('Mill'), rig.portal.deal('Gate')];
    await write('Contact', contact!);
    const [used, told] = [rig.org.usage(), rig.org.events().length];
    const parent = [{ mirror: 'invoice', paysideId: 'ga_1:in_1' }] as const;
    const ends = await rig.crm.writeTogether!(rig.connection, [
      { objectType: 'Contact', writes: [writeOf('Contact', contact!, { status: 'paid' })] },
      { objectType: 'Account', writes: [writeOf('Account', account!, { status: 'paid' })] },
      { objectType: 'Opportunity', writes: [writeOf('Opportunity', deal!, { status: 'paid' })] },
      { mirror: 'invoice', writes: [invoice('ga_1:in_1')] },
      { mirror: 'payment', writes: [{ key: 'p', paysideId: 'ga_1:pi_1', fields: { status: 'succeeded' } }] },
      {
        mirror: 'allocation',
        writes: [
          {
            key: 'a',
            paysideId: 'ga_1:al_1',
            fields: { status: 'paid' },
            refs: [...parent, { mirror: 'payment', paysideId: 'ga_1:pi_1' }],
          },
        ],
      },
    ]);
    expect(ends.map((end) => ('outcomes' in end ? end.outcomes : end))).toEqual(
      [contact!, account!, deal!, 'ga_1:in_1', 'p', 'a'].map(written),
    );
    expect(rig.org.usage()).toBe(used + 1);
    const events = rig.org.events().slice(told);
    expect(events.map(({ fields }) => fields['Record_Id__c'])).toEqual([contact, account, deal]);
    expect(JSON.stringify(events)).not.toContain('paid');
  });

  it('that fails in one part is written in the others', async () => {
    await start();
    const id = person();
    const ends = await rig.crm.writeTogether!(rig.connection, [
      { objectType: 'Contact', writes: [writeOf('Contact', id, { last_payment_at: 'no time' })] },
      { mirror: 'invoice', writes: [invoice('ga_1:in_1')] },
    ]);
    expect(ends).toMatchObject([{ error: { code: 'crm_rejected' } }, { outcomes: written('ga_1:in_1') }]);
  });

  it('of more kinds than one call takes is two calls', async () => {
    await start();
    const id = person();
    await write('Contact', id);
    const used = rig.org.usage();
    const payment = [{ mirror: 'payment', paysideId: 'p' }] as const;
    const one = (
      key: string,
      fields: Record<string, string>,
      refs: { mirror: 'payment'; paysideId: string }[] = [],
    ) => [{ key, paysideId: key, fields, refs }];
    const ends = await rig.crm.writeTogether!(rig.connection, [
      { objectType: 'Contact', writes: [writeOf('Contact', id, { status: 'paid' })] },
      { mirror: 'invoice', writes: [invoice('i')] },
      { mirror: 'payment', writes: one('p', { status: 'succeeded' }) },
      { mirror: 'refund', writes: one('r', { status: 'pending' }, [...payment]) },
      { mirror: 'dispute', writes: one('d', { status: 'needs_response' }, [...payment]) },
    ]);
    expect(ends.every((end) => 'outcomes' in end)).toBe(true);
    expect(rig.org.usage()).toBe(used + 2);
  });
});

describe('an org of several currencies', () => {
  it('gets amounts only on records in its own currency, and ours are made in it', async () => {
    await start({ org: { currencies: ['EUR', 'USD'] } });
    const [euro, dollar] = ['EUR', 'USD'].map((CurrencyIsoCode) =>
      rig.org.create('Account', { Name: CurrencyIsoCode, CurrencyIsoCode }),
    );
    const fields = { owed: '12.00', owed_text: 'EUR 12.00', status: 'open' };
    await rig.crm.write(
      rig.connection,
      'Account',
      [euro!, dollar!].map((id) => writeOf('Account', id, fields)),
    );
    expect(rig.org.fields('Account', euro!)).toMatchObject({ Payside_Owed__c: 12 });
    expect(rig.org.fields('Account', dollar!)).toMatchObject({
      Payside_Owed__c: null,
      Payside_Owed_Text__c: 'EUR 12.00',
      Payside_Status__c: 'open',
    });
    await rig.crm.upsert(rig.connection, 'invoice', [invoice('ga_1:in_1', { total: '5.00' })]);
    expect(rig.org.all('Payside_Invoice__c')).toMatchObject([{ CurrencyIsoCode: 'EUR', Total__c: 5 }]);
    expect(await rig.crm.details(rig.connection)).toMatchObject({ currency: 'EUR' });
  });

  it('reads products in the currency of their opportunity', async () => {
    await start({ org: { currencies: ['EUR', 'JPY'] } });
    const deal = rig.portal.deal('Gate');
    const Product2Id = rig.org.create('Product2', { Name: 'Rail' });
    rig.org.create('OpportunityLineItem', {
      OpportunityId: deal,
      Product2Id,
      Quantity: 2,
      UnitPrice: 5_000,
      CurrencyIsoCode: 'JPY',
    });
    expect(await rig.crm.dealLines(rig.connection, deal, 'EUR')).toEqual([
      { description: 'Rail', quantity: 2, unit: { amountMinor: 5_000, currency: 'JPY' } },
    ]);
  });
});

describe('a managed package', () => {
  it('is written under its namespace: fields, lookups, external ids and events', async () => {
    await start({ org: { namespace: 'pay' } });
    await rig.crm.provision(rig.connection);
    const id = person();
    expect(await write('Contact', id, { status: 'paid' })).toEqual(written(id));
    expect(rig.org.fields('Contact', id)).toMatchObject({ pay__Payside_Status__c: 'paid' });
    const refs = [{ objectType: 'Contact', recordId: id }];
    await rig.crm.upsert(rig.connection, 'invoice', [{ ...invoice('ga_1:in_1'), refs }]);
    await rig.crm.upsert(rig.connection, 'line', [
      {
        key: 'l',
        paysideId: 'ga_1:il_1',
        fields: { description: 'Oak' },
        refs: [{ mirror: 'invoice', paysideId: 'ga_1:in_1' }],
      },
    ]);
    const [made] = rig.org.all('pay__Payside_Invoice__c');
    expect(made).toMatchObject({ pay__Payside_Id__c: 'ga_1:in_1', pay__Contact__c: id });
    expect(rig.org.all('pay__Payside_Invoice_Line__c')).toMatchObject([
      { pay__Invoice__c: made?.['Id'], pay__Description__c: 'Oak' },
    ]);
    expect(rig.org.events()).toMatchObject([{ type: 'pay__Payside_Update__e' }]);
    await rig.crm.keepToken!(rig.connection, 'a token');
    const last = rig.salesforce.calls.at(-1);
    expect(last).toMatchObject({ status: 201, body: expect.stringContaining('"pay__Payside_Connector"') });
  });
});

describe('the calls of a day', () => {
  it('are left to people and other apps from nine tenths on, and are tried again after a while', async () => {
    await start({ org: { dailyCalls: 1_000 } });
    const id = person();
    await write('Contact', id);
    rig.org.setUsage(899);
    expect(await write('Contact', id)).toEqual(written(id));
    await expect(write('Contact', id)).rejects.toMatchObject({ code: 'rate_limited', retry: 'later' });
    const used = rig.org.usage();
    await expect(write('Contact', id)).rejects.toMatchObject({ context: { code: 'head_room' } });
    expect(rig.org.usage()).toBe(used);
    expect(await rig.crm.read(rig.connection, 'Contact', [id])).toHaveLength(1);
    rig.clock.advance(6 * 60_000);
    rig.org.setUsage(10);
    expect(await write('Contact', id)).toEqual(written(id));
    expect(await write('Contact', id)).toEqual(written(id));
  });

  it('go to what is new at the pace that the rest of a day allows from four fifths on, and history waits', async () => {
    const lines: string[] = [];
    const log = createLog('info', { write: (text) => void lines.push(text) });
    await start({ org: { dailyCalls: 1_000 }, log });
    const { installationId } = rig.connection;
    const id = person();
    await write('Contact', id);
    expect(rig.crm.history!.waitsMs(installationId)).toBe(0);
    rig.org.setUsage(819);
    expect(await write('Contact', id)).toEqual(written(id));
    expect(rig.crm.dailyCalls()).toEqual([{ installationId, used: 820, limit: 1_000 }]);
    expect(rig.crm.history!.waitsMs(installationId)).toBeGreaterThan(4 * 60_000);
    expect(lines.map((text) => JSON.parse(text))).toEqual([
      expect.objectContaining({ installation: installationId, state: 'scarce', count: 180 }),
    ]);
    // 80 calls are left above the head-room: more than a quarter of an hour each, of which five minutes are waited.
    await expect(write('Contact', id)).rejects.toMatchObject({ context: { code: 'head_room' } });
    expect(await rig.crm.read(rig.connection, 'Contact', [id])).toHaveLength(1);
    rig.clock.advance(5 * 60_000);
    expect(await write('Contact', id)).toEqual(written(id));
    rig.org.setUsage(10);
    await rig.crm.read(rig.connection, 'Contact', [id]);
    expect(rig.crm.history!.waitsMs(installationId)).toBe(0);
    expect(lines).toHaveLength(2);
  });

  it('that are used up make a write wait', async () => {
    await start({ org: { dailyCalls: 1_000 } });
    const id = person();
    await write('Contact', id);
    rig.org.setUsage(1_000);
    await expect(write('Contact', id)).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 60_000 });
  });
});

describe('a burst', () => {
  it('of 200 records is one call, and each kind of ours one more', async () => {
    await start();
    const ids = Array.from({ length: 200 }, (_, nth) => person(`Crowd ${nth}`));
    const connection: CrmConnection = rig.connection;
    await write('Contact', ids[0]!);
    const used = rig.org.usage();
    const outcomes = await rig.crm.write(
      connection,
      'Contact',
      ids.map((id) => writeOf('Contact', id, { status: 'paid' })),
    );
    expect(outcomes).toHaveLength(200);
    await rig.crm.upsert(
      connection,
      'invoice',
      ids.map((_, nth) => invoice(`ga_1:in_${nth}`)),
    );
    expect(rig.org.usage()).toBe(used + 2);
    expect(rig.org.all('Payside_Invoice__c')).toHaveLength(200);
  });
});
