// History by jobs of the Bulk API: what they cost, what becomes of each record, and that none lands unnoticed.
import { afterEach, describe, expect, it } from 'vitest';
import type { Crm, JobWait, MirrorWrite, WriteOutcome } from '../../../src/crms/crm.ts';
import { startSalesforceRig, type SalesforceRig } from './rig.ts';

let rig: SalesforceRig;
const start = async (options: Parameters<typeof startSalesforceRig>[0] = {}): Promise<void> => {
  rig = await startSalesforceRig({ org: { dailyCalls: 100_000 }, ...options });
};
afterEach(() => rig.close());

const HOUR_MS = 3_600_000;

const invoice = (nth: number | string, fields: Record<string, string | null> = {}): MirrorWrite => ({
  key: `k${nth}`,
  paysideId: `ga_1:in_${nth}`,
  fields: { number: `INV-${nth}`, status: 'open', currency: 'EUR', total_minor: '1200', ...fields },
  refs: [],
});
const invoices = (count: number): MirrorWrite[] => Array.from({ length: count }, (_, nth) => invoice(nth));
const line = (nth: number, parent: string): MirrorWrite => ({
  key: `l${nth}`,
  paysideId: `ga_1:il_${nth}`,
  fields: { description: 'Oak' },
  refs: [{ mirror: 'invoice', paysideId: parent }],
});

const waitFor = (ms = 60_000, signal = new AbortController().signal): JobWait => ({
  until: new Date(rig.clock.now().getTime() + ms),
  signal,
});

const many = (
  writes: MirrorWrite[],
  { wait = waitFor(), crm = rig.crm, kind = 'invoice' as const }: ManyOptions = {},
): Promise<WriteOutcome[] | null> => crm.upsertMany!(rig.connection, kind, writes, wait);
type ManyOptions = { wait?: JobWait; crm?: Crm; kind?: 'invoice' | 'line' };

const written = ({ key }: MirrorWrite): WriteOutcome => ({ key, outcome: 'written' });
const all = () => rig.org.all('Payside_Invoice__c');
const one = (paysideId: string) => all().find((record) => record['Payside_Id__c'] === paysideId);
const states = (): string[] => rig.org.jobs().map(({ state }) => state);
const slow = (): void => rig.salesforce.faults.arm('slow-job', 1_000, 0);
/** A job that the org has not even begun when its time is over. */
const queued = (): void => rig.salesforce.faults.arm('job-queued', 1_000, 0);

describe('a job', () => {
  it('of 10,000 records is a handful of calls', async () => {
    await start();
    await rig.crm.upsert(rig.connection, 'invoice', [invoice('first')]);
    const used = rig.org.usage();
    const writes = invoices(10_000);
    expect(await many(writes)).toEqual(writes.map(written));
    // Made, filled, closed, and looked at until it has ended.
    expect(rig.org.usage() - used).toBe(5);
    expect(all()).toHaveLength(10_001);
  }, 60_000);

  it('says of each record what became of it', async () => {
    await start();
    await rig.crm.upsert(rig.connection, 'invoice', [invoice('held'), invoice('there')]);
    rig.salesforce.faults.arm('unable-to-lock-row', 1, 0);
    const outcomes = await many([
      invoice('held'),
      invoice('odd', { status: 'no such word' }),
      invoice('there', { status: 'paid' }),
    ]);
    expect(outcomes).toEqual([
      { key: 'kheld', outcome: 'busy' },
      {
        key: 'kodd',
        outcome: 'refused',
        reason: expect.stringMatching(/^Payment status: bad value.*no such word$/),
      },
      { key: 'kthere', outcome: 'written' },
    ]);
    const lines = [line(1, 'ga_1:in_there'), line(2, 'ga_1:in_none')];
    expect(await many(lines, { kind: 'line' })).toEqual([
      { key: 'l1', outcome: 'written' },
      { key: 'l2', outcome: 'gone' },
    ]);
  });

  it.each(['a "quote"', 'a, comma; and | more', 'two\nlines', '#N/A', ' spaced ', '=1+1', 'Größe ✓'])(
    'writes the text %j as a collection would, or tells nothing else by it',
    async (text) => {
      await start();
      await many([invoice(1, { number: text })]);
      expect(one('ga_1:in_1')?.['Name']).toBe(text === '#N/A' ? 'N/A' : text);
    },
  );

  it('empties what is empty, and keeps whom a record hangs on', async () => {
    await start();
    const contact = rig.org.create('Contact', { LastName: 'Roth' });
    const refs = [{ objectType: 'Contact', recordId: contact }];
    await many([{ ...invoice(1, { due_date: '2031-03-31' }), refs }]);
    expect(one('ga_1:in_1')).toMatchObject({ Due_Date__c: '2031-03-31', Contact__c: contact });
    await many([invoice(1, { due_date: null })]);
    expect(one('ga_1:in_1')).toMatchObject({ Due_Date__c: null, Contact__c: null });
  });

  it('that fails as a whole before it wrote anything is refused in the org’s words', async () => {
    await start();
    rig.salesforce.faults.arm('job-fails', 1, 0);
    await expect(many(invoices(3))).rejects.toMatchObject({
      code: 'crm_rejected',
      publicMessage: expect.stringContaining('InternalServerError'),
    });
  });

  it('is watched on over looks that get no answer', async () => {
    await start();
    rig.salesforce.faults.arm('status-503', 2, 0, 'GET /services/data/v66.0/jobs/ingest/');
    const writes = invoices(3);
    expect(await many(writes)).toEqual(writes.map(written));
  });
});

describe('an org without the Bulk API', () => {
  it('is asked once a day, and batches do', async () => {
    await start({ org: { bulk: false } });
    expect(await many(invoices(3))).toBeNull();
    const used = rig.org.usage();
    expect(await many(invoices(3))).toBeNull();
    expect(rig.org.usage()).toBe(used);
    expect(await rig.crm.upsert(rig.connection, 'invoice', [invoice(1)])).toEqual([written(invoice(1))]);
  });
});

describe('a job that does not end in time', () => {
  it('is called off, nobody knows what of it is written, and batches do for an hour', async () => {
    await start();
    slow();
    const writes = invoices(2_000);
    await expect(many(writes, { wait: waitFor(200) })).rejects.toMatchObject({ code: 'crm_unavailable' });
    expect(states()).toEqual(['Aborted']);
    const done = all().length;
    rig.org.runJobs();
    expect(all()).toHaveLength(done);
    rig.salesforce.faults.clear();
    expect(await many(writes)).toBeNull();
    rig.clock.advance(HOUR_MS);
    expect(await many(writes)).toEqual(writes.map(written));
  });

  it('ends at once when the connector is told to stop', async () => {
    await start();
    queued();
    const stopping = new AbortController();
    const job = many(invoices(10), { wait: waitFor(HOUR_MS, stopping.signal) });
    const ending = expect(job).rejects.toMatchObject({ code: 'crm_unavailable' });
    await expect.poll(states).toEqual(['UploadComplete']);
    stopping.abort();
    await ending;
    expect(states()).toEqual(['Aborted']);
  });

  it('and cannot be called off holds up what is newer until it is', async () => {
    await start({ timeoutMs: 300 });
    queued();
    rig.salesforce.faults.arm('late', 1, 0, 'PATCH /services/data/v66.0/jobs/ingest/');
    rig.salesforce.faults.arm('status-503', 1_000, 0, 'PATCH /services/data/v66.0/jobs/ingest/');
    await expect(many([invoice(1)], { wait: waitFor(200) })).rejects.toMatchObject({
      code: 'crm_unavailable',
    });
    await expect(
      rig.crm.upsert(rig.connection, 'invoice', [invoice(1, { status: 'paid' })]),
    ).rejects.toMatchObject({ code: 'crm_unavailable' });
    expect(all()).toEqual([]);
    rig.salesforce.faults.clear();
    await rig.crm.upsert(rig.connection, 'invoice', [invoice(1, { status: 'paid' })]);
    expect(await rig.salesforce.land()).toBe(1);
    expect(states()).toEqual(['Aborted']);
    rig.org.runJobs();
    expect(one('ga_1:in_1')).toMatchObject({ Status__c: 'paid' });
  });

  it('but ended by itself meanwhile holds up nothing', async () => {
    await start();
    queued();
    rig.salesforce.faults.arm('status-503', 1, 0, 'PATCH /services/data/v66.0/jobs/ingest/');
    await expect(many([invoice(1)], { wait: waitFor(100) })).rejects.toMatchObject({
      code: 'crm_unavailable',
    });
    rig.org.runJobs();
    await rig.crm.upsert(rig.connection, 'invoice', [invoice(1, { status: 'paid' })]);
    expect(one('ga_1:in_1')).toMatchObject({ Status__c: 'paid' });
  });
});

describe('a job of a process that was killed', () => {
  const left = async (): Promise<void> => {
    queued();
    void many([invoice(1)], { wait: waitFor(HOUR_MS) }).catch(() => undefined);
    await expect.poll(states).toEqual(['UploadComplete']);
  };

  it('is called off before the next one writes anything', async () => {
    await start();
    await left();
    await rig.another().upsert(rig.connection, 'invoice', [invoice(1, { status: 'paid' })]);
    expect(states()).toEqual(['Aborted']);
    rig.org.runJobs();
    expect(one('ga_1:in_1')).toMatchObject({ Status__c: 'paid' });
  });

  it('is called off before the next one reads anything back', async () => {
    await start();
    await left();
    const asked = { mirror: 'invoice' as const, writes: [invoice(1)] };
    expect((await rig.another().shows(rig.connection, asked)).shown).toEqual(new Set());
    expect(states()).toEqual(['Aborted']);
  });

  it('is found also by one that has looked before, once something is read back', async () => {
    await start();
    const other = rig.another();
    await other.upsert(rig.connection, 'invoice', [invoice('x')]);
    await left();
    rig.clock.advance(2 * 60_000);
    await other.shows(rig.connection, { mirror: 'invoice', writes: [invoice(1)] });
    expect(states()).toEqual(['Aborted']);
  });

  it('is told from the jobs of others', async () => {
    await start();
    const { apiBase = '', accessToken } = rig.connection;
    await fetch(`${apiBase}/services/data/v66.0/jobs/ingest`, {
      method: 'POST',
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        object: 'Contact',
        operation: 'upsert',
        externalIdFieldName: 'Id',
        contentType: 'CSV',
        lineEnding: 'LF',
      }),
    });
    await rig.crm.upsert(rig.connection, 'invoice', [invoice(1)]);
    expect(states()).toEqual(['Open']);
  });
});
