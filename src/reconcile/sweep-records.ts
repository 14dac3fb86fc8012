// The CRM side of a sweep, a page at a time: what records say is compared with what was delivered, and offered again or kept.
import { z } from 'zod';
import type { Shown } from '../crms/crm.ts';
import type { Clock } from '../clock.ts';
import { asConnectorError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Outbox } from '../outbox/deliver.ts';
import type { PostContext } from '../posting/post.ts';
import { isSummary, type DesiredState } from '../records/desired-state.ts';
import type { Store, StoredState } from '../store/store.ts';
import { isTaken, saysSomething } from './renew.ts';
import { tallyShape } from './sweep-account.ts';

export type RecordsSweepDeps = {
  store: Store;
  clock: Clock;
  log: Log;
  compare: Outbox['compare'];
  contextOf: (workspaceId: string) => Promise<PostContext>;
  /** Ids of the workspace's installations that are installed. */
  installedIn: (workspaceId: string) => Promise<string[]>;
  /** Whether edits made in the CRM are left as they are. */
  keepsEdits: (workspaceId: string) => Promise<boolean>;
  /** Something is to be delivered. */
  wake: () => void;
};

/** `edited`: somebody changed in the CRM what was written there; `kept`: how many of them were left so. */
const recordsTallyShape = tallyShape.extend({ edited: z.int().default(0), kept: z.int().default(0) });
export type RecordsTally = z.infer<typeof recordsTallyShape>;

export const NOTHING_SEEN: RecordsTally = { checked: 0, missing: 0, different: 0, edited: 0, kept: 0 };

export const recordsSweepShape = z.object({
  of: z.literal('records'),
  /** Key of the last desired state that was compared; null once there are no more. */
  after: z.string().nullable().default(''),
  seen: recordsTallyShape.default(NOTHING_SEEN),
});
export type RecordsSweep = z.infer<typeof recordsSweepShape>;

export const newRecordsSweep = (): RecordsSweep => recordsSweepShape.parse({ of: 'records' });

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
  const seen = await settle(deps, workspaceId, state, found);
  return { state: { ...state, after: last.key, seen }, waitMs: asked.length > 0 ? PAUSE_MS : 0 };
}

/** What was delivered, and is still to be seen there. What waits or was given up on is the outbox's affair. */
async function comparable(
  deps: RecordsSweepDeps,
  workspaceId: string,
  page: StoredState[],
): Promise<StoredState[]> {
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

/** States that were compared, by what the CRM shows of them. */
type Found = Record<'same' | 'missing' | 'different' | 'edited', StoredState[]>;

/** @returns null where an installation should not be asked right now */
async function comparedAll(deps: RecordsSweepDeps, asked: StoredState[]): Promise<Found | null> {
  const all: Found = { same: [], missing: [], different: [], edited: [] };
  for (const [installation, states] of Map.groupBy(asked, ({ desired }) => installationOf(desired))) {
    const shown = await compared(deps, installation, states);
    if (shown === 'busy') return null;
    if (shown !== 'unknown') for (const state of states) all[howOf(state, shown)].push(state);
  }
  return all;
}

/** Somebody's edit is what differs from what is known to have been written last. Links go with records that are deleted. */
function howOf({ key, written }: StoredState, { shown, missing, unlinked }: Shown): keyof Found {
  if (shown.has(key)) return 'same';
  if (missing.has(key)) return 'missing';
  return written && !unlinked.has(key) ? 'edited' : 'different';
}

/** An installation that refuses us, or what we ask, holds up neither the rest of its workspace nor the next pages. */
async function compared(deps: RecordsSweepDeps, installation: string, states: StoredState[]) {
  try {
    return (await deps.compare(installation, states)) ?? 'busy';
  } catch (error) {
    if (asConnectorError(error).retry === 'later') throw error;
    deps.log.error('records could not be compared', error, { installation, count: states.length });
    return 'unknown';
  }
}

/** Offered again, or marked as kept: not where a delivery came in between, as then the CRM is right to say something else. */
async function settle(
  deps: RecordsSweepDeps,
  workspaceId: string,
  { seen, after }: RecordsSweep,
  found: Found,
): Promise<RecordsTally> {
  const { store, clock } = deps;
  const isStill = await stillIn(store, workspaceId, after ?? '', found);
  const missing = found.missing.filter(isStill);
  const different = found.different.filter(isStill);
  const edited = found.edited.filter(isStill);
  const kept = edited.length > 0 && (await deps.keepsEdits(workspaceId)) ? edited : [];
  // What was edited and is as it should be again, and what a backup brought back and turns out to be there.
  const same = found.same.filter(({ written, keptSince }) => !written || keptSince !== null);
  const isNew = kept.filter(({ keptSince }) => keptSince === null);
  if (same.length + isNew.length > 0) await store.compared(workspaceId, { same, kept: isNew }, clock.now());
  if (isNew.length > 0)
    deps.log.warn('edits made in the CRM are kept', { workspace: workspaceId, count: isNew.length });
  await offer(deps, workspaceId, [...missing, ...different, ...(kept.length > 0 ? [] : edited)]);
  return {
    checked: seen.checked + Object.values(found).reduce((sum, { length }) => sum + length, 0),
    missing: seen.missing + missing.length,
    different: seen.different + different.length,
    edited: seen.edited + edited.length,
    kept: seen.kept + kept.length,
  };
}

async function offer(
  { store, clock, log, wake }: RecordsSweepDeps,
  workspaceId: string,
  states: StoredState[],
): Promise<void> {
  if (states.length === 0) return;
  log.warn('records did not say what was written to them', { workspace: workspaceId, count: states.length });
  await store.offerAgain(
    workspaceId,
    states.map(({ key }) => key),
    clock.now(),
  );
  wake();
}

/** Tells which of what differs is still what was compared. */
async function stillIn(
  store: Store,
  workspaceId: string,
  after: string,
  { missing, different, edited }: Found,
): Promise<(state: StoredState) => boolean> {
  if (missing.length + different.length + edited.length === 0) return () => false;
  // What came in between may have moved the end of the page.
  const page = await store.desiredAfter(workspaceId, after, PAGE * 2);
  const now = new Map(page.flatMap(({ key, generation, settled }) => (settled ? [[key, generation]] : [])));
  return ({ key, generation }) => now.get(key) === generation;
}
