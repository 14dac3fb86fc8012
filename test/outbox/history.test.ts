// History on its way into a Salesforce org: by jobs beside what is new, once, and never over something newer.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../../src/log.ts';
import { recordKey, type Fact } from '../../src/ledger/facts.ts';
import type { Crm } from '../../src/crms/crm.ts';
import { createOutbox, type Outbox } from '../../src/outbox/deliver.ts';
import { createPace } from '../../src/outbox/pace.ts';
import { createPost, type Post } from '../../src/posting/post.ts';
import { createFollow } from '../../src/reconcile/follow.ts';
import { LATE_MS } from '../../src/store/store.ts';
import { startSalesforceRig, type SalesforceRig } from '../crms/salesforce/rig.ts';
import { openInFolder } from '../store/folders.ts';
import { customerFact, fact, invoiceFact, WORKSPACE } from './world.ts';

let rig: SalesforceRig;
let opened: Awaited<ReturnType<typeof openInFolder>>;
let outbox: Outbox;
let post: Post;

const MINUTE_MS = 60_000;

/** @param least so few writes of a kind are worth a job here */
const start = async (least?: number, timeoutMs?: number): Promise<void> => {
  rig = await startSalesforceRig({
    org: { dailyCalls: 100_000 },
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  opened = await openInFolder();
  const mirrors = [{ installationId: rig.connection.installationId, payments: true, whole: true }];
  post = createPost({
    store: opened.store,
    clock: rig.clock,
    wake: () => undefined,
    contextOf: async () => ({ zone: 'Europe/Berlin', counts: () => true, mirrors }),
  });
  outbox = outboxOf(rig.crm, least);
};

function outboxOf(real: Crm, least = real.history!.least): Outbox {
  const { store } = opened;
  const { clock, connection } = rig;
  const crm = { ...real, history: { ...real.history!, least } };
  return createOutbox({
    store,
    clock,
    log: createLog('silent'),
    pace: createPace(() => clock.now().getTime()),
    delayed: () => Promise.resolve(),
    again: () => undefined,
    follow: createFollow({ store, clock, post }),
    targetOf: async () => ({
      connection,
      crm,
      batchSize: crm.batchSize,
      callsPerTenSeconds: 5_500,
      render: async () => ({ currency: 'EUR', schemaVersion: 1, linkTo: () => null }),
    }),
    retryBaseMs: 1_000,
    leaseMs: MINUTE_MS,
  });
}

beforeEach(() => start(3));
afterEach(stopAll);
async function stopAll(): Promise<void> {
  rig.salesforce.faults.clear();
  await outbox.stop();
  await opened.close();
  await rig.close();
}

const flush = async (): Promise<void> => {
  await outbox.run();
  await outbox.settled();
};

async function drain(): Promise<void> {
  for (let look = 0; look < 200; look += 1) {
    await flush();
    if ((await opened.store.counts()).outbox === 0) return;
    rig.clock.advance(20_000);
  }
  throw new Error('something still waits in the outbox');
}

function payer(name: string): Fact[] {
  const record = {
    installationId: rig.connection.installationId,
    objectType: 'Contact',
    recordId: rig.org.create('Contact', { LastName: name }),
  };
  const link = { customerId: name, record, reason: 'email' as const, active: true, released: false };
  return [
    customerFact(name),
    fact('link', `${name}>${recordKey(record)}`, name, link, { source: 'payside' }),
  ];
}

const open = (nth: number, owner = 'ada', change: object = {}): Fact =>
  invoiceFact(`in_${nth}`, owner, 1_000, change);
const paid = (nth: number, owner = 'ada'): Fact =>
  invoiceFact(
    `in_${nth}`,
    owner,
    1_000,
    { status: 'paid', remainingMinor: 0, paidMinor: 1_000 },
    { number: 2 },
  );

const past = (...facts: Fact[]) => post(WORKSPACE, facts, { history: true });
const now = (...facts: Fact[]) => post(WORKSPACE, facts);
/** Five old invoices, enough for a job. */
const five = async (): Promise<void> => void (await past(...[1, 2, 3, 4, 5].map((nth) => open(nth))));

const arm = (kind: string, from?: string): void => rig.salesforce.faults.arm(kind, 10_000, 0, from);
/** Jobs wait in the org's queue until the faults are cleared. */
const queued = (): void => arm('job-queued');
const jobs = (): string[] => rig.org.jobs().map(({ state }) => state);
const statusOf = (nth: number): unknown =>
  rig.org.all('Payside_Invoice__c').find((one) => String(one['Payside_Id__c']).endsWith(`:in_${nth}`))?.[
    'Status__c'
  ];
const jobIs = (state: string) => expect.poll(jobs, { timeout: 5_000 }).toEqual([state]);

describe('10,000 records of history', () => {
  it('are three jobs of five calls', async () => {
    await stopAll();
    await start();
    const owners = Array.from({ length: 34 }, (_, nth) => `p${nth}`);
    await now(...owners.flatMap(payer));
    await drain();
    const all = Array.from({ length: 3_400 }, (_, nth) => ({ nth, owner: owners[Math.floor(nth / 100)]! }));
    const pages = Array.from({ length: 34 }, (_, page) => all.slice(page * 100, page * 100 + 100));
    for (const page of pages) await past(...page.map(({ nth, owner }) => open(nth, owner)));
    for (const page of pages) await past(...page.map(payment));
    for (const page of pages) await past(...page.map(allocation));
    const used = rig.org.usage();
    await drain();
    const calls = rig.org.usage() - used;
    console.log(
      `Salesforce calls for 10,200 records of history and 34 contacts: ${calls}; by collections: ${3 * 17 + 1}`,
    );
    expect(jobs()).toEqual(['JobComplete', 'JobComplete', 'JobComplete']);
    // Contacts are in a collection, together with the event that tells open cards.
    expect(calls).toBe(3 * 5 + 1);
    expect(rig.org.all('Payside_Allocation__c')).toHaveLength(3_400);
    expect(await opened.store.deadLetters()).toEqual([]);
  }, 180_000);

  const payment = ({ nth, owner }: { nth: number; owner: string }): Fact =>
    fact('payment', `pi_${nth}`, owner, {
      customerId: owner,
      status: 'succeeded',
      currency: 'EUR',
      amountMinor: 1_000,
      capturedMinor: 1_000,
      createdAt: '2025-01-11T09:00:00.000Z',
      succeededAt: '2025-01-11T09:00:01.000Z',
    });
  const allocation = ({ nth, owner }: { nth: number; owner: string }): Fact =>
    fact('allocation', `al_${nth}`, owner, {
      invoiceId: `in_${nth}`,
      paymentId: `pi_${nth}`,
      amountMinor: 1_000,
      currency: 'EUR',
      status: 'paid',
    });
});

describe('history', () => {
  it('that is little goes in batches', async () => {
    await past(open(1), open(2));
    await drain();
    expect(jobs()).toEqual([]);
    expect([statusOf(1), statusOf(2)]).toEqual(['open', 'open']);
  });

  it('of which the org refuses a record buries that one in the org’s words, and writes the others', async () => {
    await now(open(1));
    await drain();
    rig.salesforce.faults.arm('crm-refuses', 1, 0);
    await past(paid(1), open(2), open(3), open(4));
    await drain();
    expect(jobs()).toEqual(['JobComplete']);
    expect(await opened.store.deadLetters()).toMatchObject([
      { reason: 'A validation rule refused the record.' },
    ]);
    expect([1, 2, 3, 4].map(statusOf)).toEqual(['open', 'open', 'open', 'open']);
  });

  it('whose job fails as a whole, or that no job takes, goes in batches', async () => {
    rig.salesforce.faults.arm('job-fails', 1, 0);
    await five();
    await drain();
    expect(jobs()).toEqual(['Failed']);
    await past(...[1, 2, 3, 4, 5].map((nth) => paid(nth)));
    await drain();
    expect(jobs()).toEqual(['Failed']);
    expect([1, 2, 3, 4, 5].map(statusOf)).toEqual(Array(5).fill('paid'));
  });

  it('waits where the calls of the day are scarce, while what is new goes on', async () => {
    rig.org.setUsage(85_000);
    await rig.crm.users(rig.connection);
    await five();
    await now(open(9));
    await flush();
    expect([statusOf(1), statusOf(9)]).toEqual([undefined, 'open']);
    rig.org.setUsage(1_000);
    rig.clock.advance(6 * MINUTE_MS);
    await drain();
    expect(statusOf(1)).toBe('open');
    expect(jobs()).toEqual(['JobComplete']);
  });

  it('is given up for a while by a connector that stops, and written by the next', async () => {
    queued();
    await five();
    await outbox.run();
    await jobIs('UploadComplete');
    await outbox.stop();
    expect(jobs()).toEqual(['Aborted']);
    rig.salesforce.faults.clear();
    outbox = outboxOf(rig.another(), 3);
    await drain();
    expect([1, 5].map(statusOf)).toEqual(['open', 'open']);
  });
});

describe('while a job runs', () => {
  beforeEach(async () => {
    queued();
    await five();
    await outbox.run();
    await jobIs('UploadComplete');
    rig.clock.advance(MINUTE_MS);
  });

  it('a payment made now reaches its records', async () => {
    await now(...payer('bob'), open(9, 'bob'), paid(9, 'bob'));
    await outbox.run();
    await expect.poll(() => statusOf(9), { timeout: 5_000 }).toBe('paid');
    expect(jobs()).toEqual(['UploadComplete']);
  });

  it('more history gathers for the next one', async () => {
    await past(...[11, 12, 13].map((nth) => open(nth)));
    await now(open(9));
    await outbox.run();
    await expect.poll(() => statusOf(9), { timeout: 5_000 }).toBe('open');
    expect(statusOf(11)).toBeUndefined();
    rig.salesforce.faults.clear();
    await drain();
    expect(jobs()).toEqual(['JobComplete', 'JobComplete']);
    expect([11, 13].map(statusOf)).toEqual(['open', 'open']);
  });

  it('what changes of one of its records waits for it, and goes then', async () => {
    await now(paid(1));
    await outbox.run();
    expect(statusOf(1)).toBeUndefined();
    const lane = { installationId: rig.connection.installationId, lane: 'new' as const };
    expect(await opened.store.claimDeliveries(lane, rig.clock.now(), 10, 1)).toEqual([]);
    rig.salesforce.faults.clear();
    await drain();
    expect([1, 2].map(statusOf)).toEqual(['paid', 'open']);
  });
});

describe('a job that may land late', () => {
  it('because it could not be called off holds up what is newer, and leaves nothing older behind', async () => {
    await stopAll();
    await start(3, 1_000);
    queued();
    await five();
    await outbox.run();
    await jobIs('UploadComplete');
    arm('status-503', 'PATCH /services/data/v66.0/jobs/ingest/');
    rig.clock.advance(6 * MINUTE_MS);
    await outbox.settled();
    await now(paid(1));
    rig.clock.advance(MINUTE_MS);
    await flush();
    expect(statusOf(1)).toBeUndefined();
    rig.org.runJobs();
    expect(statusOf(1)).toBe('open');
    rig.salesforce.faults.clear();
    await drain();
    expect([1, 2].map(statusOf)).toEqual(['paid', 'open']);
    rig.clock.advance(2 * LATE_MS);
    rig.salesforce.calls.length = 0;
    await drain();
    expect(rig.salesforce.calls).toEqual([]);
  });

  it('of a process that was killed is called off, and what it left is written once', async () => {
    queued();
    await five();
    await outboxOf(dying(rig.another()), 3).run();
    await jobIs('UploadComplete');
    await now(paid(1));
    outbox = outboxOf(rig.crm, 3);
    await now(open(9));
    await outbox.run();
    await expect.poll(() => statusOf(9), { timeout: 5_000 }).toBe('open');
    expect(jobs()).toEqual(['Aborted']);
    rig.salesforce.faults.clear();
    await drain();
    rig.org.runJobs();
    expect([1, 2, 5].map(statusOf)).toEqual(['paid', 'open', 'open']);
    expect(rig.org.all('Payside_Invoice__c')).toHaveLength(6);
  });

  /** As far as its process tells, whatever it asked for was never answered. */
  const dying = (crm: Crm): Crm => ({
    ...crm,
    upsertMany: (...asked) => {
      crm.upsertMany!(...asked).catch(() => undefined);
      return new Promise(() => undefined);
    },
  });
});
