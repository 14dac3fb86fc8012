// Renewal for a CRM that has just joined: all payers are looked for, page by page, and on from where it stopped.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLog } from '../../src/log.ts';
import { createPost } from '../../src/posting/post.ts';
import { renewRecords, type Renewal, type RenewDeps } from '../../src/reconcile/renew.ts';
import type { Store } from '../../src/store/store.ts';
import { customerFact, linkFact, WORKSPACE } from '../outbox/world.ts';
import { openInFolder } from '../store/folders.ts';
import { later, LEASE_MS, work } from '../store/samples.ts';
import type { Opened } from '../store/store.contract.ts';

const PAYERS = 130;
const JOINED: Renewal = { again: null, installationId: 'inst_2', anew: true, match: true };

let opened: Opened;
let store: Store;
let now: Date;

const deps = (): RenewDeps => {
  const clock = { now: () => now };
  const contextOf = async () => ({ zone: 'Europe/Berlin', counts: () => true });
  const post = createPost({ store, clock, contextOf, wake: () => undefined });
  const installedIn = async () => ['inst_1', 'inst_2'];
  return {
    store,
    clock,
    log: createLog('silent'),
    post,
    contextOf,
    installedIn,
    retryBaseMs: 1,
    leaseMs: LEASE_MS,
  };
};

/** All payers are known and linked in the first CRM, so that nobody waits to be looked for. */
beforeEach(async () => {
  opened = await openInFolder();
  store = opened.store;
  now = later(0);
  const ids = Array.from({ length: PAYERS }, (_, index) => `cus_${String(index).padStart(3, '0')}`);
  await deps().post(
    WORKSPACE,
    ids.flatMap((id, index) => [
      customerFact(id),
      linkFact(id, { portal: 1, objectType: 'contacts', id: String(index) }),
    ]),
  );
  expect(await store.waitingWork(WORKSPACE, 'match')).toEqual([]);
  await store.addWork([
    work({ kind: 'renew', key: 'join', workspaceId: WORKSPACE, payload: JOINED, nextAt: now.toISOString() }),
  ]);
});
afterEach(() => opened.close());

const lookedFor = async () => (await store.waitingWork(WORKSPACE, 'match')).length;

/** Until nothing of it is due. */
async function run(): Promise<void> {
  while ((await renewRecords(deps())) > 0);
}

it('looks for a hundred payers, and for the others a moment later', async () => {
  await run();
  expect(await lookedFor()).toBe(100);
  now = later(1_000);
  await run();
  expect(await lookedFor()).toBe(PAYERS);
  expect(await store.waitingWork(WORKSPACE, 'renew')).toEqual([]);
});

it('goes on at its page after the process was killed in the middle', async () => {
  await run();
  const [item] = await store.claimWork(['renew'], later(1_000), 1, 1);
  expect(item?.payload).toMatchObject({ pass: 'match', after: 'cus_099' });
  now = later(2_000);
  await run();
  expect(await lookedFor()).toBe(PAYERS);
});
