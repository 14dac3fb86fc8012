// Backfill: reads accounts' histories into the same path as events, several windows at once, and goes on where it stopped.
import type { Clock } from '../clock.ts';
import { asConnectorError } from '../errors.ts';
import type { GatewayConnection } from '../gateways/gateway.ts';
import { retryAt } from '../retry.ts';
import type { ClaimedWork } from '../store/store.ts';
import { beginPlan, planShape, progressOf, totalOf, type Plan } from './history-plan.ts';
import { readWindows, type HistoryDeps } from './read-windows.ts';
import { sweepWork } from './sweep.ts';

export type BackfillDeps = HistoryDeps & {
  accountConnection: (account: string) => Promise<GatewayConnection>;
  /** Ids of the workspace's installations that are installed. */
  installedIn: (workspaceId: string) => Promise<string[]>;
  /** Tells that an account's history could not be read this time. */
  halted: (account: string) => Promise<void>;
  intervalMs: number;
  retryBaseMs: number;
};

export type Backfill = {
  /** Starts what is due. @returns how many accounts were taken up */
  run(): Promise<number>;
  /** Resolves once no history is being read. */
  settled(): Promise<void>;
  /** Lets the pages under way end. */
  stop(): Promise<void>;
};

/** Accounts whose history is read at the same time; after some pages others have their turn. */
const ACCOUNTS = 4;
/** Whoever goes on with a paused import has it due at once. */
const PAUSED_MS = 3_600_000;
/** Records that are let go at once: the store does others' work in between. */
const LET_GO = 1_000;

export function createBackfill(deps: BackfillDeps): Backfill {
  const running = new Map<number, Promise<void>>();
  const stopping = new AbortController();
  const settled = async (): Promise<void> => {
    while (running.size > 0) await Promise.all(running.values());
  };
  return {
    async run() {
      const { store, clock, leaseMs } = deps;
      const free = ACCOUNTS - running.size;
      if (free === 0 || stopping.signal.aborted) return 0;
      const items = await store.claimWork(['backfill'], clock.now(), free, leaseMs);
      // What is asked for again while it is read goes on as it is.
      const mine = items.filter(({ id }) => !running.has(id));
      for (const item of mine) {
        const reading = take(deps, item, stopping.signal).finally(() => running.delete(item.id));
        running.set(item.id, reading);
      }
      return mine.length;
    },
    settled,
    async stop() {
      stopping.abort();
      await settled();
    },
  };
}

async function take(deps: BackfillDeps, item: ClaimedWork, signal: AbortSignal): Promise<void> {
  const { store, clock, log, retryBaseMs, halted } = deps;
  try {
    await read(deps, item, signal);
  } catch (error) {
    const known = asConnectorError(error);
    log.error('history could not be read', error, { account: item.key, attempts: item.attempts });
    const nextAt = retryAt(clock.now(), retryBaseMs, item.attempts, known);
    await store
      .postponeWork(item.id, nextAt, known.code)
      .then(() => halted(item.key))
      .catch((failure: unknown) => {
        log.error('history could not be put off', failure, { account: item.key });
      });
    await letGo(deps, item).catch((failure: unknown) => {
      log.error('records wait on for history', failure, { account: item.key });
    });
  }
}

/** What people's records waited for has come, or will come nobody knows when. */
async function letGo(
  { store, clock, installedIn }: BackfillDeps,
  { workspaceId }: ClaimedWork,
): Promise<void> {
  const installed = await installedIn(workspaceId);
  while ((await store.endWait(installed, clock.now(), LET_GO)) === LET_GO);
}

async function read(deps: BackfillDeps, item: ClaimedWork, signal: AbortSignal): Promise<void> {
  const { store, clock, gateway, progress } = deps;
  const kept = planShape.parse(item.payload);
  const begun: Plan = {
    ...kept,
    windows: kept.windows ?? beginPlan(gateway.history),
    since: kept.since ?? clock.now().toISOString(),
  };
  const wanted = await progress(kept.account, progressOf(begun, null));
  // It was left before its account was saved, and never was.
  if (!wanted) return store.finishWork(item.id);
  const connection = await deps.accountConnection(kept.account);
  const { plan, isPaused } = wanted.paused
    ? { plan: begun, isPaused: true }
    : await readWindows({ ...deps, item, connection, signal, secondsLeft: estimator(clock, begun) }, begun);
  if (plan.windows.length === 0 || isPaused) await letGo(deps, item);
  if (plan.windows.length > 0) {
    const nextAt = new Date(clock.now().getTime() + (isPaused ? PAUSED_MS : 0));
    return store.postponeWork(item.id, nextAt, isPaused ? 'paused' : 'next turn', plan);
  }
  await progress(kept.account, { ...progressOf(plan, null), finished: true });
  await store.addWork(firstSweep(deps, item, plan));
  await store.finishWork(item.id);
}

/** By the pace since this turn began. */
function estimator(clock: Clock, begun: Plan): (plan: Plan) => number | null {
  const start = clock.now().getTime();
  return (plan) => {
    const total = totalOf(plan);
    const seconds = (clock.now().getTime() - start) / 1_000;
    const count = plan.done - begun.done;
    if (total === null || seconds < 1 || count === 0) return null;
    return Math.ceil(((total - plan.done) * seconds) / count);
  };
}

/** What happens while history is read is told as well; were it not, the sweep finds it. */
function firstSweep({ clock, intervalMs }: BackfillDeps, { workspaceId }: ClaimedWork, plan: Plan) {
  const nextAt = new Date(clock.now().getTime() + intervalMs);
  return sweepWork({ id: plan.account, workspaceId }, nextAt, plan.since ? new Date(plan.since) : null);
}
