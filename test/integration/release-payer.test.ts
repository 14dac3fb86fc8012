// Taking a customer off a record, through the doors: who may, what HubSpot says then, and that the person's word holds.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CardView } from '../../src/views/card-schema.ts';
import { unmatchedAnswerSchema, type UnmatchedPayerView } from '../../src/views/unmatched-schema.ts';
import {
  endOf,
  giveRoles,
  openInvoice,
  outcomeOf,
  quiet,
  refusalOf,
  rowsOf,
  saveMethod,
  VISA,
  type Place,
} from '../billing/scene.ts';
import {
  FINANCE,
  gatewayAccount,
  OTHER_PORTAL,
  otherPortalSeed,
  PORTAL,
  portalSeed,
  propertiesWhen,
  REP,
  startRig,
  VIEWER,
  viewWhen,
  waitFor,
  type Rig,
} from './rig.ts';

const person = (ref: string) => ({ ref, properties: { email: `${ref}@acorn.test`, firstname: ref } });

let rig: Rig;
let ids: { ada: string; bob: string; stranger: string };

const contact = (ref: string): Place => ({
  objectType: 'contacts',
  recordId: rig.hubspot.portal(PORTAL).ref(ref),
});
const acorn = (): Place => ({
  objectType: 'companies',
  recordId: rig.hubspot.portal(PORTAL).ref('acorn'),
});

/** A customer and an open invoice of theirs, made at the gateway outside Payside. */
function owing(email: string, amount: number): string {
  const customer = rig.account.create('customers', { name: `Customer ${email}`, email }).id;
  const terms = { collection_method: 'send_invoice', days_until_due: 7 };
  const invoice = rig.account.create('invoices', { customer, ...terms });
  rig.account.create('invoiceitems', { customer, invoice: invoice.id, amount, currency: 'eur' });
  rig.account.act('invoices', invoice.id, 'finalize');
  return customer;
}

const release = (at: Place, customerId: string, userId = FINANCE) =>
  rig.operate('release-payer', at, { customerId }, { userId });

async function listed(customerId: string): Promise<UnmatchedPayerView | undefined> {
  const answer = unmatchedAnswerSchema.parse((await rig.call('/api/v1/unmatched')).body);
  if (!answer.ok) throw new Error(answer.message);
  return answer.payers.find((payer) => payer.customerId === customerId);
}

const owedIs = (at: Place, amount: number) =>
  propertiesWhen(
    rig,
    { kind: at.objectType as 'contacts' | 'companies', id: at.recordId },
    ({ payside_owed: owed }) => owed !== undefined && Number(owed) === amount,
  );

type Shown = { properties: Record<string, string>; associations: Record<string, { id: string }[]> };

/** Ids of what the mirrored invoice of a customer is linked with. */
async function mirrorLinks(customerId: string, kind: string): Promise<string[]> {
  const invoice = rig.account.all('invoices').find(({ customer }) => customer === customerId);
  const response = await fetch(`${rig.hubspot.url}/_sandbox/objects/invoices`);
  const found = ((await response.json()) as Shown[]).find(({ properties }) =>
    properties['payside_id']?.endsWith(`:${invoice?.id}`),
  );
  if (!found) throw new Error('the invoice is not mirrored');
  return (found.associations[kind] ?? []).map(({ id }) => id);
}

const invoicesOf = ({ invoices }: CardView): string[] => invoices.map(({ id }) => id);

beforeAll(async () => {
  const accounts = [gatewayAccount(), gatewayAccount()];
  const seed = {
    contacts: [person('ada'), person('bob'), person('cleo'), person('dan')],
    companies: [{ ref: 'acorn', properties: { name: 'Acorn', domain: 'acorn.test' } }],
    deals: [],
    associations: [
      { from: 'ada', to: 'acorn' },
      { from: 'bob', to: 'acorn' },
    ],
  };
  rig = await startRig({ accounts, portals: [portalSeed(seed), otherPortalSeed()] });
  ids = {
    ada: owing('ada@acorn.test', 7_000),
    bob: owing('bob@acorn.test', 2_000),
    stranger: rig.stripe.account(accounts[1]?.id ?? '').create('customers', { name: 'Stranger' }).id,
  };
  await rig.setUp();
  await rig.connect(await rig.install(OTHER_PORTAL), accounts[1]);
  await giveRoles(rig, { [FINANCE]: 'finance', [REP]: 'rep' });
  await owedIs(acorn(), 90);
});
afterAll(() => rig.close());

describe('a card', () => {
  it('names the customers of its record and why they belong there, and asks nobody for it', async () => {
    await quiet(rig);
    const calls = () => rig.stripe.calls.length + rig.hubspot.calls.length;
    const before = calls();
    const [ofAda, ofAcorn] = [
      await rig.view('contacts', contact('ada').recordId, { userId: FINANCE }),
      await rig.view('companies', acorn().recordId, { userId: FINANCE }),
    ];
    expect(calls()).toBe(before);
    expect(ofAda.payers).toEqual([
      {
        customerId: ids.ada,
        name: 'Customer ada@acorn.test',
        email: 'ada@acorn.test',
        reasonText: 'Same e-mail address',
        note: null,
        actions: ['release-payer'],
      },
    ]);
    expect(ofAcorn.payers.map(({ customerId }) => customerId).toSorted()).toEqual(
      [ids.ada, ids.bob].toSorted(),
    );
    for (const payer of ofAcorn.payers)
      expect(payer).toMatchObject({ reasonText: 'Company of its contact', actions: [] });
    expect(ofAcorn.payers[0]?.note).toMatch(/contact/);
    const forRep = await rig.view('contacts', contact('ada').recordId, { userId: REP });
    expect(forRep.payers).toEqual([{ ...ofAda.payers[0], actions: [] }]);
  });
});

describe('a customer is not taken off', () => {
  it.each([REP, VIEWER, 999])('by user %i, whose role does not allow it', async (userId) => {
    expect(refusalOf(await release(contact('ada'), ids.ada, userId))).toBe('not_allowed');
    await owedIs(contact('ada'), 70);
  });

  it('a record it is not on: the same answer for one of another record, of somebody else, and for none', async () => {
    const answers = await Promise.all(
      [ids.bob, ids.stranger, 'cus_0000000000'].map(async (id) => (await release(contact('ada'), id)).body),
    );
    const plain = answers.map((answer) =>
      answer.ok ? 'begun' : [answer.code, answer.message, answer.retry],
    );
    expect(plain).toEqual(plain.map(() => ['not_found', 'This record has no such customer.', 'never']));
  });

  it('a company it came to by a contact, which is named as the place to do it', async () => {
    const { body } = await release(acorn(), ids.ada);
    expect(body).toMatchObject({ ok: false, code: 'linked_through_contact' });
    expect(!body.ok && body.message).toMatch(/Open the contact/);
    await owedIs(acorn(), 90);
  });
});

describe('a customer taken off its contact', () => {
  const operationId = randomUUID();

  it('leaves the contact empty, the company with what remains, and the mirrored invoice linked to neither', async () => {
    await waitFor('the mirror', async () =>
      (await mirrorLinks(ids.ada, 'contacts').catch(() => [])).length > 0 ? true : undefined,
    );
    const body = { operationId, customerId: ids.ada };
    const answer = await rig.operate('release-payer', contact('ada'), body, { userId: FINANCE });
    expect(outcomeOf(answer)).toMatchObject({ state: 'done', result: { message: /no longer belongs/ } });
    expect(answer.body.view).toMatchObject({ owed: [], invoices: [], payers: [], statusText: 'No invoices' });
    expect(await owedIs(contact('ada'), 0)).toMatchObject({ payside_status: 'none', payside_next_due: '' });
    await owedIs(acorn(), 20);
    await waitFor('the links to go', async () => {
      const links = [await mirrorLinks(ids.ada, 'contacts'), await mirrorLinks(ids.ada, 'companies')];
      return links.flat().length === 0 ? true : undefined;
    });
    expect(await mirrorLinks(ids.bob, 'contacts')).toEqual([contact('bob').recordId]);
  });

  it('says the same when the click comes again, and is not there for another one', async () => {
    const body = { operationId, customerId: ids.ada };
    const again = await rig.operate('release-payer', contact('ada'), body, { userId: FINANCE });
    expect(outcomeOf(again)).toMatchObject({ operationId, state: 'done' });
    expect(refusalOf(await release(contact('ada'), ids.ada))).toBe('not_found');
  });

  it('stands on the list with the reason, and with the record it was taken off to choose again', async () => {
    expect(await listed(ids.ada)).toMatchObject({
      reason: 'released',
      reasonText: expect.stringMatching(/person took this customer off/),
      candidates: [contact('ada')],
    });
  });

  it('is not matched again by the next look, nor after a restart', async () => {
    await quiet(rig);
    await rig.stopConnector();
    await rig.startConnector();
    const looks = () => rig.hubspot.calls.filter(({ path }) => path.endsWith('/contacts/batch/read')).length;
    const before = looks();
    rig.clock.advance(25 * 3_600_000);
    await waitFor('the next look', () => (looks() > before ? true : undefined));
    await waitFor('the look to end', async () => ((await listed(ids.ada)) ? true : undefined));
    expect((await rig.view('contacts', contact('ada').recordId)).invoices).toEqual([]);
  });

  it('leaves one audit row: who, from which record, and how its links stood and stand', async () => {
    const rows = await rowsOf(rig, `SELECT * FROM audit WHERE operation = '${operationId}'`);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ actor: `hubspot:${FINANCE}`, action: 'release-payer' });
    expect(String(rows[0]?.['record'])).toContain(`contacts|${contact('ada').recordId}`);
    const links = (state: object) => [
      { record: expect.stringContaining('|companies|'), reason: 'primary_company', ...state },
      { record: expect.stringContaining('|contacts|'), reason: 'email', ...state },
    ];
    const [before, after] = [rows[0]?.['before'], rows[0]?.['after']].map((text) => JSON.parse(String(text)));
    expect(before).toMatchObject({ customerId: ids.ada, links: links({ active: true, released: false }) });
    expect(after).toMatchObject({
      state: 'done',
      customerId: ids.ada,
      links: links({ active: false, released: true }),
    });
  });

  it('may be assigned to the same record again, which then says what it said before', async () => {
    const body = { customerId: ids.ada };
    const answer = await rig.operate('assign-payer', contact('ada'), body, { userId: FINANCE });
    expect(answer.body.view?.payers).toMatchObject([{ ...body, reasonText: 'Assigned by a person' }]);
    await owedIs(contact('ada'), 70);
    await owedIs(acorn(), 90);
    expect(await listed(ids.ada)).toBeUndefined();
  });
});

describe('a customer whose money is moving', () => {
  it('is taken off while a card of theirs is charged: one charge, and nothing of it on the record', async () => {
    const at = contact('cleo');
    const methodId = await saveMethod(rig, at, VISA);
    const { invoiceId } = await openInvoice(rig, at);
    const customerId = String(rig.account.all('invoices').find(({ id }) => id === invoiceId)?.customer);
    await quiet(rig);
    rig.stripe.faults.arm('slow-work', 20, 200);
    const charge = { operationId: randomUUID(), invoiceId, methodId, amountMinor: 12_000 };
    const charging = rig.operate('charge-saved-method', at, charge);
    await waitFor('the charge to be under way', async () =>
      (await rig.view(at.objectType, at.recordId)).unfinished.length > 0 ? true : undefined,
    );
    expect(outcomeOf(await release(at, customerId)).state).toBe('done');
    outcomeOf(await charging);
    rig.stripe.faults.clear();
    expect(await endOf(rig, charge.operationId)).toMatchObject({ state: 'done' });
    expect(rig.account.all('invoices').find(({ id }) => id === invoiceId)?.status).toBe('paid');
    const written = await propertiesWhen(
      rig,
      { kind: 'contacts', id: at.recordId },
      ({ payside_status: status }) => status === 'none',
    );
    expect(Number(written['payside_lifetime_collected'])).toBe(0);
  });

  it('makes place for a customer of the contact’s own with the next invoice', async () => {
    const at = contact('dan');
    const first = await openInvoice(rig, at);
    const wrong = String(rig.account.all('invoices').find(({ id }) => id === first.invoiceId)?.customer);
    outcomeOf(await release(at, wrong));
    const second = await openInvoice(rig, at);
    const right = rig.account.all('invoices').find(({ id }) => id === second.invoiceId)?.customer;
    expect(right).not.toBe(wrong);
    const view = await viewWhen(rig, at, ({ invoices }) => invoices.length > 0);
    expect(invoicesOf(view)).toEqual([second.invoiceId]);
    outcomeOf(await rig.operate('assign-payer', at, { customerId: wrong }, { userId: FINANCE }));
    const both = await rig.view(at.objectType, at.recordId);
    expect(invoicesOf(both).toSorted()).toEqual([first.invoiceId, second.invoiceId].toSorted());
  });
});
