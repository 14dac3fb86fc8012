// Records that many payers share: computed apart, to the same words, and once for all that happened meanwhile.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { storeUnavailable } from '../../src/errors.ts';
import { recordKey, type Fact } from '../../src/ledger/facts.ts';
import { linkFact } from '../../src/ledger/links.ts';
import { createLog } from '../../src/log.ts';
import { createPost, type Post } from '../../src/posting/post.ts';
import { computeTotal } from '../../src/reconcile/total.ts';
import { isSummary, type SummaryValues } from '../../src/records/desired-state.ts';
import { openInFolder } from '../store/folders.ts';
import { LEASE_MS, NOW } from '../store/samples.ts';
import type { Opened } from '../store/store.contract.ts';

const WS = 'ws_1';
const INSTALLATION = 'inst_1';
const MILL = { installationId: INSTALLATION, objectType: 'companies', recordId: '7' };
const FEW = 20;
const MANY = 70;

let opened: Opened;
let post: Post;
const clock = { now: () => NOW };

beforeEach(async () => {
  opened = await openInFolder();
  const context = { zone: 'Europe/Berlin', counts: () => true };
  post = createPost({ store: opened.store, clock, contextOf: async () => context, wake: () => undefined });
});
afterEach(() => opened.close());

const deps = (posting = post) => ({
  store: opened.store,
  clock,
  log: createLog('silent'),
  post: posting,
  retryBaseMs: 1_000,
  leaseMs: LEASE_MS,
});

let readings = 1;

/** Each is a later reading than those before. */
const stated = (entity: string, id: string, owner: string, body: object): Fact =>
  ({
    entity,
    id,
    owner,
    account: 'ga_1',
    aspect: entity,
    source: 'gateway',
    number: (readings += 1),
    body,
  }) as Fact;

const owes = (payer: string, amountMinor: number): Fact =>
  stated('invoice', `in_${payer}`, payer, {
    status: 'open',
    currency: 'EUR',
    totalMinor: amountMinor,
    remainingMinor: amountMinor,
  });

/** Payers of the mill, each posted alone, and each with a contact of their own. */
async function payersOfTheMill(count: number): Promise<string[]> {
  const payers = Array.from({ length: count }, (_, nth) => `cus_${nth}`);
  for (const payer of payers) {
    const contact = { ...MILL, objectType: 'contacts', recordId: payer };
    const links = [contact, MILL].map((record) =>
      linkFact({ account: 'ga_1', customerId: payer, number: 1 }, record, 'email', true),
    );
    await post(WS, [stated('customer', payer, payer, { currency: 'EUR' }), ...links, owes(payer, 100)]);
  }
  return payers;
}

/** What records should say, by their keys. */
async function said(): Promise<Map<string, SummaryValues>> {
  const claimed = await opened.store.claimDeliveries(INSTALLATION, NOW, 1_000, LEASE_MS);
  await opened.store.releaseDeliveries(claimed.map(({ key }) => key));
  return new Map(
    claimed.flatMap(({ key, desired }) => (isSummary(desired) ? [[key, desired.values] as const] : [])),
  );
}

const waitingTotals = () => opened.store.waitingWork(WS, 'total');

it('says at once what a record of few payers should say', async () => {
  await payersOfTheMill(FEW);
  expect(await waitingTotals()).toEqual([]);
  expect((await said()).get(recordKey(MILL))?.owed).toEqual([{ amountMinor: FEW * 100, currency: 'EUR' }]);
});

it('leaves one row of work for a record of many payers, and says the sum of all of them once it is done', async () => {
  const payers = await payersOfTheMill(MANY);
  expect((await waitingTotals()).map(({ key }) => key)).toEqual([recordKey(MILL)]);
  await post(WS, [owes('cus_0', 40)]);
  await post(WS, [owes('cus_1', 60)]);
  expect(await computeTotal(deps())).toBe(1);
  expect(await computeTotal(deps())).toBe(0);
  const states = await said();
  const amountMinor = (MANY - 2) * 100 + 40 + 60;
  expect(states.get(recordKey(MILL))?.owed).toEqual([{ amountMinor, currency: 'EUR' }]);
  expect(states.size).toBe(payers.length + 1);
});

it('says of the payer’s own record at once what changed, however many share the company', async () => {
  await payersOfTheMill(MANY);
  await post(WS, [owes('cus_0', 40)]);
  const contact = recordKey({ ...MILL, objectType: 'contacts', recordId: 'cus_0' });
  expect((await said()).get(contact)?.owed).toEqual([{ amountMinor: 40, currency: 'EUR' }]);
});

it('computes once more what happened while it was computed', async () => {
  await payersOfTheMill(MANY);
  const meanwhile: Post = async (workspaceId, facts, finish) => {
    await post(WS, [owes('cus_0', 40)]);
    return post(workspaceId, facts, finish);
  };
  await computeTotal(deps(meanwhile));
  expect(await waitingTotals()).toHaveLength(1);
  await computeTotal(deps());
  expect(await waitingTotals()).toEqual([]);
  const amountMinor = (MANY - 1) * 100 + 40;
  expect((await said()).get(recordKey(MILL))?.owed).toEqual([{ amountMinor, currency: 'EUR' }]);
});

it('tries again later what the store could not take', async () => {
  await payersOfTheMill(MANY);
  const refusing: Post = async () => {
    throw storeUnavailable();
  };
  expect(await computeTotal(deps(refusing))).toBe(1);
  const [waiting] = await waitingTotals();
  expect(Date.parse(waiting?.nextAt ?? '')).toBeGreaterThan(NOW.getTime());
});
