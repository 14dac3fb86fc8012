// Delivers desired states: the latest of each record, in batches, at the pace the CRM allows; history beside what is new.
import type { Shown } from '../crms/crm.ts';
import { asConnectorError } from '../errors.ts';
import { batchesOf, bundlesOf, type Stated, type Target } from './batches.ts';
import { deliverBundles, pause, type DeliverDeps } from './bundle.ts';
import { choose } from './choose.ts';
import { compare } from './compare.ts';
import type { ClaimedDelivery } from '../store/store.ts';
import { createPatience, deliverHistory } from './history.ts';

export type Outbox = {
  /** Starts what is due. @returns how many records were written or settled so far */
  run(): Promise<number>;
  /** Resolves once no delivery is under way. */
  settled(): Promise<void>;
  /** Calls off what would take long, and resolves once no delivery is under way. */
  stop(): Promise<void>;
  /** Which of these states the CRM of an installation shows; null where it should not be asked right now. */
  compare(installationId: string, states: Stated[]): Promise<Shown | null>;
  /** Records of a workspace that were written since the start. */
  written(workspaceId: string): number;
};

/** So many batches are looked at that a burst fills them; of those, only what may go now is claimed. */
const BATCHES = 50;
/** A CRM that hangs holds up its own deliveries only: after so long the others are looked at again. */
const LOOK_AGAIN_MS = 250;

export function createOutbox(given: Omit<DeliverDeps, 'wrote'>): Outbox {
  const running = new Map<string, Promise<number>>();
  const written = new Map<string, number>();
  const writtenIn = (id: string): number => written.get(id) ?? 0;
  const deps = {
    ...given,
    wrote: (id: string, count: number): void => void written.set(id, writtenIn(id) + count),
  };
  const stopping = new AbortController();
  const patience = createPatience(() => deps.clock.now().getTime());
  const start = (name: string, id: string, work: () => Promise<number>): void => {
    const delivery = work()
      .catch((error: unknown) => {
        deps.log.error('deliveries ended early', error, { installation: id });
        return 0;
      })
      .finally(() => running.delete(name));
    running.set(name, delivery);
  };
  const startHistory = (id: string, target: Target): void => {
    const name = `${id} history`;
    const mayGo = !running.has(name) && !stopping.signal.aborted && patience.mayBegin(id);
    if (!mayGo || (target.crm.history?.waitsMs(id) ?? 0) > 0) return;
    start(name, id, async () => {
      const count = await deliverHistory(deps, target, stopping.signal);
      patience.ended(id, count);
      return count;
    });
  };
  const settled = async (): Promise<void> => {
    while (running.size > 0) await Promise.all(running.values());
  };
  return {
    async run() {
      const due = await deps.store.installationsDue(deps.clock.now());
      for (const id of due)
        if (!running.has(id) && deps.pace.mayFlush(id))
          start(id, id, () => deliverTo(deps, id, (target) => startHistory(id, target)));
      return running.size === 0 ? 0 : Promise.race([...running.values(), nothingWithin(LOOK_AGAIN_MS)]);
    },
    settled,
    async stop() {
      stopping.abort();
      await settled();
    },
    compare: (installationId, states) => compare(deps, installationId, states),
    written: writtenIn,
  };
}

const nothingWithin = (ms: number): Promise<number> =>
  new Promise((resolve) => {
    setTimeout(() => resolve(0), ms).unref();
  });

/** @param startHistory where a CRM takes history in jobs, it does not stand in the way of what is new */
async function deliverTo(
  deps: DeliverDeps,
  installationId: string,
  startHistory: (target: Target) => void,
): Promise<number> {
  const { pace } = deps;
  const target = await deps.targetOf(installationId).catch((error: unknown) => {
    pause(deps, installationId, { attempts: 1, error: asConnectorError(error) });
    return null;
  });
  if (!target) return 0;
  if (target.crm.history) startHistory(target);
  const { batchSize, callsPerTenSeconds } = target;
  const { claimed, isLimited } = await claim(deps, target);
  const wentOn = await deliverBundles(deps, target, bundlesOf(batchesOf(claimed, batchSize), target));
  const free = await pace.free(installationId, callsPerTenSeconds);
  if (isLimited || (!wentOn && free.calls === 0)) goOnIn(deps, installationId, free.waitMs);
  else pace.flushed(installationId, claimed.length / batchSize);
  return claimed.length;
}

/** Takes what the pace has calls for. */
async function claim(
  { store, pace, clock, leaseMs }: DeliverDeps,
  target: Target,
): Promise<{ claimed: ClaimedDelivery[]; isLimited: boolean }> {
  const { connection, callsPerTenSeconds, batchSize, crm } = target;
  const { installationId } = connection;
  const { calls } = await pace.free(installationId, callsPerTenSeconds);
  if (calls === 0) return { claimed: [], isLimited: true };
  const of = crm.history ? { installationId, lane: 'new' as const } : installationId;
  const now = clock.now();
  const most = batchSize * BATCHES;
  const due = await store.dueKeys(of, now, most);
  const { keys, isLimited } = choose(due, target, calls, now);
  const claimed = await store.claimDeliveries({ installationId, keys }, now, keys.length, leaseMs);
  return { claimed, isLimited: isLimited || due.length === most };
}

/** Calls are missing, and nothing else: no window is waited for, in which more would gather. */
function goOnIn({ pace, again }: DeliverDeps, installationId: string, waitMs: number): void {
  pace.pause(installationId, waitMs);
  again(waitMs + 1);
}
