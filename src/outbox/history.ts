// What history leaves to deliver: much at once, by jobs of the CRM's where they are worth it, beside what is new.
import { setTimeout } from 'node:timers/promises';
import { isWithin, type Span } from '../clock.ts';
import type { JobWait } from '../crms/crm.ts';
import { asConnectorError } from '../errors.ts';
import type { ClaimedDelivery } from '../store/store.ts';
import {
  batchesOf,
  bundlesOf,
  byKind,
  inParts,
  isMirror,
  sendMany,
  type Batch,
  type Target,
} from './batches.ts';
import { batchFailed, deliverBundles, giveBack, mayCall, settleSent, type DeliverDeps } from './bundle.ts';
import type { Pace } from './pace.ts';

/** Two full jobs, and some forty megabytes. */
const MOST = 20_000;
/** The store and this process do others' work between two portions. */
const CLAIMED_AT_ONCE = 500;
const SETTLED_AT_ONCE = 500;

/** After so long a job is called off: what changed of its records meanwhile waits for it. */
const BOUND_MS = 5 * 60_000;
/** A job that is begun later would hardly end. */
const LAST_JOB_MS = 60_000;
/** Nobody else takes up what is still waited for, called off or settled. */
const LEASE_MS = BOUND_MS + 2 * 60_000;

export type Patience = {
  mayBegin(installationId: string): boolean;
  ended(installationId: string, count: number): void;
};

const MIN_WAIT_MS = 3_000;
const MAX_WAIT_MS = 60_000;

/**
 * History that goes on coming is waited for, as long as it has taken so far at most: a small one is written at once, and of
 * a long one much is there when it is claimed.
 */
export function createPatience(now: () => number): Patience {
  const known = new Map<string, Span & { waitMs: number }>();
  return {
    mayBegin: (installationId) => !isWithin(known.get(installationId), now()),
    ended(installationId, count) {
      if (count === 0) return;
      const last = known.get(installationId);
      const goesOn = last !== undefined && now() < last.until + last.waitMs;
      const waitMs = goesOn ? Math.min(MAX_WAIT_MS, last.waitMs * 2) : MIN_WAIT_MS;
      known.set(installationId, { waitMs, from: now(), until: now() + waitMs });
    },
  };
}

/** @returns how many were claimed */
export async function deliverHistory(
  deps: DeliverDeps,
  target: Target,
  signal: AbortSignal,
): Promise<number> {
  const until = new Date(deps.clock.now().getTime() + BOUND_MS);
  const wait = { until, signal };
  const claimed = await claim(deps, target);
  const patient = { ...deps, pace: waiting(deps.pace, signal) };
  const portions = portionsOf(claimed, target);
  for (let portion = portions.shift(); portion; portion = portions.shift()) {
    const isTried = hasTime(deps, portion, wait);
    const instead = isTried ? await deliverPortion(patient, target, portion, wait) : null;
    if (instead) portions.unshift(...instead);
    else {
      const left = isTried ? portions.splice(0) : [portion, ...portions.splice(0)];
      await giveBack(deps, left.flatMap(batchesIn));
    }
  }
  return claimed.length;
}

async function claim(deps: DeliverDeps, { connection, batchSize }: Target): Promise<ClaimedDelivery[]> {
  const { store, clock } = deps;
  const of = { installationId: connection.installationId, lane: 'history' as const };
  const leaseMs = Math.max(LEASE_MS, deps.leaseMs);
  const claimed: ClaimedDelivery[] = [];
  const most = Math.max(CLAIMED_AT_ONCE, batchSize);
  while (claimed.length < MOST) {
    const more = await store.claimDeliveries(of, clock.now(), most, leaseMs);
    claimed.push(...more);
    if (more.length < most) break;
  }
  return claimed;
}

/** A job, or a bundle of batches. */
type Portion = { job: Batch } | { bundle: Batch[] };

const batchesIn = (portion: Portion): Batch[] => ('job' in portion ? [portion.job] : portion.bundle);

/** In the order in which records hang on each other; what is in doubt goes in batches, which read back first. */
function portionsOf(claimed: ClaimedDelivery[], target: Target): Portion[] {
  const { history } = target.crm;
  const portions: Portion[] = [];
  const waiting: Batch[] = [];
  for (const { kind, deliveries } of byKind(claimed)) {
    const { doubtful = [], sure = [] } = Object.groupBy(deliveries, ({ readBack }) =>
      readBack ? 'doubtful' : 'sure',
    );
    const isJob = history !== null && sure.length >= history.least && isMirror({ kind, deliveries });
    waiting.push(...batchesOf(isJob ? doubtful : deliveries, target.batchSize));
    if (!isJob) continue;
    portions.push(...bundled(waiting.splice(0), target));
    portions.push(...inParts({ kind, deliveries: sure }, history.most).map((job) => ({ job })));
  }
  return [...portions, ...bundled(waiting, target)];
}

const bundled = (batches: Batch[], target: Target): Portion[] =>
  bundlesOf(batches, target).map((bundle) => ({ bundle }));

function hasTime({ clock }: DeliverDeps, portion: Portion, { until, signal }: JobWait): boolean {
  const leftMs = until.getTime() - clock.now().getTime();
  return !signal.aborted && leftMs > ('job' in portion ? LAST_JOB_MS : 0);
}

/** Where what is new waits for its next call, history waits on. */
const waiting = (pace: Pace, signal: AbortSignal): Pace => ({
  ...pace,
  async take(installationId, callsPerTenSeconds) {
    for (;;) {
      const waitMs = await pace.take(installationId, callsPerTenSeconds);
      if (waitMs === 0 || signal.aborted) return waitMs;
      await setTimeout(waitMs, undefined, { signal }).catch(() => undefined);
    }
  },
});

/** @returns what goes in its place, mostly nothing; null when it is pointless to go on now */
async function deliverPortion(
  deps: DeliverDeps,
  target: Target,
  portion: Portion,
  wait: JobWait,
): Promise<Portion[] | null> {
  if ('bundle' in portion) return (await deliverBundles(deps, target, [portion.bundle])) ? [] : null;
  const { job } = portion;
  if (!(await mayCall(deps, target, job.deliveries))) return null;
  try {
    const outcomes = await sendMany(target, job, wait);
    if (!outcomes) return bundled(batchesOf(job.deliveries, target.batchSize), target);
    for (let start = 0; start < outcomes.length; start += SETTLED_AT_ONCE)
      await settleSent(deps, job.deliveries, outcomes.slice(start, start + SETTLED_AT_ONCE));
    return [];
  } catch (error) {
    const known = asConnectorError(error);
    // Refused as a whole: batches find the culprit.
    if (known.code === 'crm_rejected') return bundled(batchesOf(job.deliveries, target.batchSize), target);
    const goesOn = await batchFailed(deps, target, job, known, known.code === 'crm_unavailable');
    return goesOn ? [] : null;
  }
}
