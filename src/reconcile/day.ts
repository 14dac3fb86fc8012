// The day boundary: what became overdue at local midnight is written anew, and what was kept long enough is erased.
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { nextMidnight } from '../ledger/calendar.ts';
import type { Log } from '../log.ts';
import type { Post } from '../posting/post.ts';
import { retryAt } from '../retry.ts';
import type { ClaimedWork, Store } from '../store/store.ts';
import { asConnectorError } from '../errors.ts';

export type DayDeps = {
  store: Store;
  clock: Clock;
  log: Log;
  post: Post;
  /** null for a workspace that was left. */
  zoneOf: (workspaceId: string) => Promise<string | null>;
  retryBaseMs: number;
  leaseMs: number;
};

/** A due time is a moment of its day, so looking back two days misses none whatever the zone. */
const LOOK_BACK_MS = 2 * 86_400_000;
/** Raw bodies of events are evidence for disputes about what was said; facts live on without them. */
const BODIES_MS = 35 * 86_400_000;
/** No gateway sends an event again after so long; one that came all the same would be read again and change nothing. */
const EVENTS_MS = 90 * 86_400_000;
/** Few enough that nobody waits for the store meanwhile. */
const AT_A_TIME = 1_000;

const stateShape = z.object({ from: z.string().optional() });

/** @returns how many workspaces got a new day */
export async function turnDays(deps: DayDeps): Promise<number> {
  const items = await deps.store.claimWork(['day'], deps.clock.now(), 10, deps.leaseMs);
  for (const item of items) await turnDay(deps, item).catch((error: unknown) => failed(deps, item, error));
  return items.length;
}

async function turnDay(deps: DayDeps, item: ClaimedWork): Promise<void> {
  const now = deps.clock.now();
  const zone = await deps.zoneOf(item.workspaceId);
  if (zone === null) return deps.store.finishWork(item.id);
  const since = stateShape.parse(item.payload).from ?? now.toISOString();
  const from = new Date(Date.parse(since) - LOOK_BACK_MS).toISOString();
  const owners = await deps.store.ownersDue(item.workspaceId, from, now.toISOString());
  if (owners.length > 0) await deps.post(item.workspaceId, [], { renew: owners });
  await forgetOld(deps, now);
  await deps.store.postponeWork(item.id, nextMidnight(now, zone), 'next day', { from: now.toISOString() });
}

async function forgetOld({ store }: DayDeps, now: Date): Promise<void> {
  await store.eraseBodies(new Date(now.getTime() - BODIES_MS));
  const before = new Date(now.getTime() - EVENTS_MS);
  while ((await store.forgetEvents(before, AT_A_TIME)) === AT_A_TIME);
}

async function failed(deps: DayDeps, item: ClaimedWork, error: unknown): Promise<void> {
  deps.log.error('a day could not be turned', error, {
    workspace: item.workspaceId,
    attempts: item.attempts,
  });
  const known = asConnectorError(error);
  const nextAt = retryAt(deps.clock.now(), deps.retryBaseMs, item.attempts, known);
  await deps.store.postponeWork(item.id, nextAt, known.code);
}
