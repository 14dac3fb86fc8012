// Records that a notice named, on a real store: those of no interest cost nothing, the others are looked at together, and not given up.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CrmConnection, RecordNow } from '../../src/crms/crm.ts';
import { crmRejected, crmUnavailable, reauthRequired } from '../../src/errors.ts';
import type { RecordRef } from '../../src/ledger/entities.ts';
import { recordKey } from '../../src/ledger/facts.ts';
import { linkFact } from '../../src/ledger/links.ts';
import { createLog } from '../../src/log.ts';
import { createPost } from '../../src/posting/post.ts';
import { lookAtRecords, type LookDeps } from '../../src/reconcile/look.ts';
import { openEmbeddedStore } from '../../src/store/embedded/index.ts';
import type { Store } from '../../src/store/store.ts';

let folder: string;
let store: Store;
let now: number;
let asked: string[][];
let applied: string[];
let failures: Error[];
let deps: LookDeps;

const clock = { now: () => new Date(now) };
const connection: CrmConnection = {
  installationId: 'inst_1',
  crm: 'salesforce',
  portalId: 'portal',
  accessToken: 'session',
};
const deal = (recordId: string): RecordRef => ({
  installationId: 'inst_1',
  objectType: 'Opportunity',
  recordId,
});
const there = (record: RecordRef): RecordNow => ({
  now: 'there',
  found: { record, name: null, emails: [], primaryCompanyId: null },
});

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'payside-look-'));
  store = await openEmbeddedStore(folder);
  now = Date.parse('2026-05-04T10:00:00Z');
  [asked, applied, failures] = [[], [], []];
  const contextOf = async () => ({ zone: 'UTC', counts: () => true });
  const post = createPost({ store, clock, wake: () => undefined, contextOf });
  deps = {
    store,
    clock,
    log: createLog('silent'),
    apply: async (_, changes) =>
      void applied.push(...changes.map((one) => (one.now === 'there' ? one.found.record.recordId : one.now))),
    connectionOf: async () => connection,
    async recordsNow(_, records) {
      asked.push(records.map(({ recordId }) => recordId));
      const failure = failures.shift();
      if (failure) throw failure;
      return records.map(there);
    },
    retryBaseMs: 1_000,
    leaseMs: 60_000,
  };
  const base = { account: 'ga_1', customerId: 'cus_1', number: 1 };
  await post('ws_1', [
    linkFact(base, deal('won'), 'person', true),
    linkFact(base, deal('also'), 'person', true),
  ]);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const named = (...ids: string[]): Promise<void> =>
  store.addWork(
    ids.map((recordId) => ({
      workspaceId: 'ws_1',
      kind: 'look',
      key: recordKey(deal(recordId)),
      payload: deal(recordId),
      nextAt: clock.now().toISOString(),
    })),
  );

async function round(): Promise<void> {
  while ((await lookAtRecords(deps)) > 0);
  now += 20 * 60_000;
}

const work = async (): Promise<number> => (await store.counts()).work;

it('asks in one call for all that money hangs on, and for none of the others', async () => {
  const before = await work();
  await named('won', 'stranger', 'also');
  await round();
  expect(asked.map((ids) => ids.sort())).toEqual([['also', 'won']]);
  expect(applied.sort()).toEqual(['also', 'won']);
  await named('stranger');
  await round();
  expect(asked).toHaveLength(1);
  expect(await work()).toBe(before);
});

it('writes what the record says once more, although it says the same', async () => {
  const delivered = async (): Promise<string[]> => {
    const claimed = await store.claimDeliveries('inst_1', clock.now(), 10, 1_000);
    await store.delivered(claimed);
    return claimed.map(({ desired }) => ('record' in desired ? desired.record.recordId : desired.kind));
  };
  expect((await delivered()).sort()).toEqual(['also', 'won']);
  expect(await delivered()).toEqual([]);
  await named('won');
  await round();
  expect(await delivered()).toEqual(['won']);
});

it('writes nothing where only test money hangs on a record people do business with', async () => {
  const contextOf = async () => ({ zone: 'UTC', counts: () => false });
  const post = createPost({ store, clock, wake: () => undefined, contextOf });
  const base = { account: 'ga_test', customerId: 'cus_2', number: 2 };
  await post('ws_1', [linkFact(base, deal('tried'), 'person', true)]);
  await named('tried');
  await round();
  expect(asked).toEqual([['tried']]);
  const claimed = await store.claimDeliveries('inst_1', clock.now(), 10, 1_000);
  expect(claimed.map(({ key }) => key).sort()).toEqual([deal('also'), deal('won')].map(recordKey));
});

it.each([crmUnavailable(), reauthRequired()])(
  'goes on asking while the CRM cannot answer ($code)',
  async (failure) => {
    failures = Array.from({ length: 15 }, () => failure);
    await named('won');
    for (let turn = 0; turn < 16; turn += 1) await round();
    expect(asked).toHaveLength(16);
    expect(applied).toEqual(['won']);
    expect(await store.deadLetters()).toEqual([]);
  },
);

it('is left to a person where the CRM refuses it for good', async () => {
  failures = [crmRejected()];
  await named('won');
  await round();
  expect(await store.deadLetters()).toMatchObject([{ queue: 'work', kind: 'look', reason: 'crm_rejected' }]);
});

it('ends with the installation', async () => {
  deps.connectionOf = async () => null;
  const before = await work();
  await named('won');
  await round();
  expect(asked).toEqual([]);
  expect(await work()).toBe(before);
});
