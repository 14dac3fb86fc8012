// The CRM side of a sweep, a page at a time: what records say is compared with what was delivered, and offered again where it differs.
import { z } from 'zod';
import { canonical } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import { asConnectorError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Outbox } from '../outbox/deliver.ts';
import type { PostContext } from '../posting/post.ts';
import { isSummary, type DesiredState } from '../records/desired-state.ts';
import type { Store } from '../store/store.ts';
import { isTaken, saysSomething } from './renew.ts';
import { tallyShape, type Tally } from './sweep-account.ts';

export type RecordsSweepDeps = {
  store: Store;
  clock: Clock;
  log: Log;
  compare: Outbox['compare'];
  contextOf: (workspaceId: string) => Promise<PostContext>;
  /** Ids of the workspace's installations that are installed. */
  installedIn: (workspaceId: string) => Promise<string[]>;
  /** Something is to be delivered. */
  wake: () => void;
};

export const recordsSweepShape = z.object({
  of: z.literal('records'),
  /** Key of the last desired state that was compared; null once there are no more. */
  after: z.string().nullable().default(''),
  seen: tallyShape.default({ checked: 0, missing: 0, different: 0 }),
});
export type RecordsSweep = z.infer<typeof recordsSweepShape>;

export const newRecordsSweep = (): RecordsSweep => recordsSweepShape.parse({ of: 'records' });

type Settled = { key: string; desired: DesiredState };

/** As many records as one call of a CRM reads. */
const PAGE = 100;
/** Background work of a day spread thin: cards and deliveries have the calls in between. */
const PAUSE_MS = 1_000;
/** Deliveries go first. */
const BUSY_MS = 500;

/** One page. @returns where the next one goes on, and how long it should wait; `after` is null once all were compared */
export async function sweepRecords(
  deps: RecordsSweepDeps,
  workspaceId: string,
  state: RecordsSweep,
): Promise<{ state: RecordsSweep; waitMs: number }> {
  const page = await deps.store.desiredAfter(workspaceId, state.after ?? '', PAGE);
  const last = page.at(-1);
  if (!last) return { state: { ...state, after: null }, waitMs: 0 };
  const asked = await comparable(deps, workspaceId, page);
  const found = await comparedAll(deps, asked);
  if (!found) return { state, waitMs: BUSY_MS };
  const seen = await repair(deps, { workspaceId, state, asked, found });
  return { state: { ...state, after: last.key, seen }, waitMs: asked.length > 0 ? PAUSE_MS : 0 };
}

/** What was delivered, and is still to be seen there. What waits or was given up on is the outbox's affair. */
async function comparable(
  deps: RecordsSweepDeps,
  workspaceId: string,
  page: (Settled & { settled: boolean })[],
): Promise<Settled[]> {
  const [ids, context] = await Promise.all([deps.installedIn(workspaceId), deps.contextOf(workspaceId)]);
  const installed = new Set(ids);
  return page.filter(
    ({ desired, settled }) =>
      settled &&
      installed.has(installationOf(desired)) &&
      (isSummary(desired) ? saysSomething(desired) : isTaken(desired, context)),
  );
}

const installationOf = (desired: DesiredState): string =>
  isSummary(desired) ? desired.record.installationId : desired.installationId;

type Found = { odd: Settled[]; missing: ReadonlySet<string> };

/** @returns null where an installation should not be asked right now */
async function comparedAll(deps: RecordsSweepDeps, asked: Settled[]): Promise<Found | null> {
  const odd: Settled[] = [];
  const missing = new Set<string>();
  for (const [installation, states] of Map.groupBy(asked, ({ desired }) => installationOf(desired))) {
    const found = await compared(deps, installation, states);
    if (found === 'busy') return null;
    if (found === 'unknown') continue;
    odd.push(...states.filter(({ key }) => !found.shown.has(key)));
    for (const key of found.missing) missing.add(key);
  }
  return { odd, missing };
}

/** An installation that refuses us, or what we ask, holds up neither the rest of its workspace nor the next pages. */
async function compared(deps: RecordsSweepDeps, installation: string, states: Settled[]) {
  try {
    return (await deps.compare(installation, states)) ?? 'busy';
  } catch (error) {
    if (asConnectorError(error).retry === 'later') throw error;
    deps.log.error('records could not be compared', error, { installation, count: states.length });
    return 'unknown';
  }
}

type Page = { workspaceId: string; state: RecordsSweep; asked: Settled[]; found: Found };

/** Offered again where the CRM says something else; not where a delivery came in between, as then it is right to. */
async function repair(deps: RecordsSweepDeps, { workspaceId, state, asked, found }: Page): Promise<Tally> {
  const { store, clock, log, wake } = deps;
  const { checked, missing, different } = state.seen;
  const keys = await unchanged(store, workspaceId, state.after ?? '', found.odd);
  if (keys.length > 0) {
    log.warn('records did not say what was written to them', { workspace: workspaceId, count: keys.length });
    await store.offerAgain(workspaceId, keys, clock.now());
    wake();
  }
  const gone = keys.filter((key) => found.missing.has(key)).length;
  return {
    checked: checked + asked.length,
    missing: missing + gone,
    different: different + keys.length - gone,
  };
}

async function unchanged(
  store: Store,
  workspaceId: string,
  after: string,
  odd: Settled[],
): Promise<string[]> {
  if (odd.length === 0) return [];
  // What came in between may have moved the end of the page.
  const page = await store.desiredAfter(workspaceId, after, PAGE * 2);
  const now = new Map(page.flatMap(({ key, desired, settled }) => (settled ? [[key, desired]] : [])));
  return odd.flatMap(({ key, desired }) => {
    const there = now.get(key);
    return there && canonical(there) === canonical(desired) ? [key] : [];
  });
}
