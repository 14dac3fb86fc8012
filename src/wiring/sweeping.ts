// The sweeps of the house: their loop, and the whole one that an operator asks for and waits for.
import { createNewsIn } from '../posting/news.ts';
import type { Outbox } from '../outbox/deliver.ts';
import { createReconcile, type Reconcile } from '../reconcile/run-now.ts';
import { createSweeps, type SweepDeps } from '../reconcile/sweep.ts';
import { createVerified } from '../workspaces/accounts.ts';
import type { House } from './house.ts';

type Given = Pick<
  SweepDeps,
  | 'store'
  | 'clock'
  | 'log'
  | 'post'
  | 'accountConnection'
  | 'contextOf'
  | 'installedIn'
  | 'wake'
  | 'retryBaseMs'
  | 'leaseMs'
> & {
  outbox: Outbox;
  /** Waits until these loops find nothing to do. */
  idle: (names: readonly string[]) => Promise<void>;
};

export function createSweeping(
  house: House,
  given: Given,
): { run: () => Promise<number>; reconcile: Reconcile } {
  const { gateway, store, directory, config } = house;
  const deps: SweepDeps = {
    ...given,
    gateway,
    newsIn: createNewsIn(store),
    compare: given.outbox.compare,
    accounts: () => store.accounts(),
    keepsEdits: async (id) => (await directory.workspace(id)).settings.crmEdits === 'keep',
    sizeOf: async (id) => (await directory.account(id))?.imported ?? 0,
    verified: createVerified(house),
    intervalMs: config.RECONCILE_INTERVAL_MS,
  };
  return {
    run: createSweeps(deps),
    reconcile: createReconcile({
      ...deps,
      written: given.outbox.written,
      settled: (workspaceId, signal) => settled(house, given, { workspaceId, signal }),
    }),
  };
}

/** Loops by which what was found comes to be delivered. */
const ON_THE_WAY = ['inbox', 'fetch', 'match', 'outbox'];
/** All that has to run for a sweep that an operator waits for. */
export const SWEEPING: readonly string[] = [...ON_THE_WAY, 'total'];
/** Long enough for what a CRM puts off a few times; an operator is told of what waits then. */
const SETTLED_MS = 60_000;
const LOOK_MS = 100;
/** How soon a connector that is being stopped is noticed. */
const GLANCE_MS = 2_000;
const MOST = 1_000;

/** Waits until nothing of a workspace is on its way to a CRM, but not for ever. @returns how many deliveries still wait */
async function settled(
  { store, clock, config }: House,
  { installedIn, idle }: Given,
  { workspaceId, signal }: { workspaceId: string; signal: AbortSignal },
): Promise<number> {
  const until = Date.now() + SETTLED_MS;
  const sleep = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms).unref());
  for (;;) {
    const isIdle = await Promise.race([
      idle(ON_THE_WAY).then(() => true),
      sleep(GLANCE_MS).then(() => false),
    ]);
    // What is in flight is due again when its lease ends.
    const soon = new Date(clock.now().getTime() + config.LEASE_MS);
    const waiting = await store.dueDeliveries(await installedIn(workspaceId), soon, MOST);
    if ((isIdle && waiting === 0) || signal.aborted || Date.now() >= until) return waiting;
    await sleep(LOOK_MS);
  }
}
