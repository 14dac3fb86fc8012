// Polls each CRM for what changed since the last time: finds what no notice told, or what a notice that was lost would have.
import { z } from 'zod';
import { isWithin, type Clock, type Span } from '../clock.ts';
import { asConnectorError } from '../errors.ts';
import type { ChangesPage, CrmConnection } from '../crms/crm.ts';
import type { Log } from '../log.ts';
import { retryAt } from '../retry.ts';
import type { ClaimedWork, Store } from '../store/store.ts';
import type { ApplyChanges } from './changes.ts';

/** An installation that can be asked, and since when there is something to know. */
export type Polled = { id: string; workspaceId: string; installedAt: string };

export type PollDeps = {
  store: Store;
  clock: Clock;
  log: Log;
  apply: ApplyChanges;
  /** All that are installed and can be asked. */
  polled: () => Promise<Polled[]>;
  connectionFor: (installationId: string) => Promise<CrmConnection>;
  changedSince: (connection: CrmConnection, since: string, cursor: string | null) => Promise<ChangesPage>;
  retryBaseMs: number;
  leaseMs: number;
};

/** Three calls each time where nothing happens: 288 a day, of at least 15,000 an org has. */
const EVERY_MS = 15 * 60_000;
/** What was saved before a poll may be seen only after it, while a long transaction runs; and two clocks differ a little. */
const OVERLAP_MS = 10 * 60_000;
/** How soon a new installation is asked for the first time. */
const LOOK_EVERY_MS = 60_000;
const AT_A_TIME = 8;

const stateShape = z.object({
  installationId: z.string(),
  /** When the last whole poll began; null before the first. */
  since: z.string().nullable().default(null),
  /** When this one began, and how far it is; null between two. */
  began: z.string().nullable().default(null),
  cursor: z.string().nullable().default(null),
});

/** A loop's work. @returns how many pages were read */
export function createPoll(deps: PollDeps): () => Promise<number> {
  const begun = new Set<string>();
  let looked: Span | undefined;
  return async () => {
    const now = deps.clock.now();
    const from = now.getTime();
    if (!isWithin(looked, from)) {
      looked = { from, until: from + LOOK_EVERY_MS };
      await begin(deps, begun, now);
    }
    const items = await deps.store.claimWork(['poll'], now, AT_A_TIME, deps.leaseMs);
    await Promise.all(
      items.map((item) => turnPage(deps, item).catch((error: unknown) => failed(deps, item, error))),
    );
    return items.length;
  };
}

/** Every installation is asked at once after the start or an install; a row that is there already goes on where it was. */
async function begin({ store, polled }: PollDeps, begun: Set<string>, now: Date): Promise<void> {
  const nameOf = ({ id, installedAt }: Polled): string => `${id}|${installedAt}`;
  const fresh = (await polled()).filter((one) => !begun.has(nameOf(one)));
  const nextAt = now.toISOString();
  await store.addWork(
    fresh.map(({ id, workspaceId }) => ({
      workspaceId,
      kind: 'poll',
      key: id,
      payload: { installationId: id },
      nextAt,
    })),
  );
  for (const one of fresh) begun.add(nameOf(one));
}

/** One page. How far it got is kept only once everything on it is done, or left to be done. */
async function turnPage(deps: PollDeps, item: ClaimedWork): Promise<void> {
  const { store, clock } = deps;
  const state = stateShape.parse(item.payload);
  const { installationId } = state;
  const polled = (await deps.polled()).find(({ id }) => id === installationId);
  if (!polled) return store.finishWork(item.id);
  const now = clock.now();
  const began = state.began ?? now.toISOString();
  const since = new Date(Date.parse(state.since ?? polled.installedAt) - OVERLAP_MS).toISOString();
  const connection = await deps.connectionFor(installationId);
  const number = await store.drawNumber();
  const { changes, next } = await deps.changedSince(connection, since, state.cursor);
  await deps.apply(item.workspaceId, changes, number);
  if (next !== null) return store.postponeWork(item.id, now, 'next page', { ...state, began, cursor: next });
  const done = { installationId, since: began, began: null, cursor: null };
  await store.postponeWork(item.id, new Date(now.getTime() + EVERY_MS), 'next poll', done);
}

async function failed(deps: PollDeps, item: ClaimedWork, error: unknown): Promise<void> {
  const { key: installation, attempts } = item;
  deps.log.error('a CRM could not be polled', error, { installation, attempts });
  const known = asConnectorError(error);
  const nextAt = retryAt(deps.clock.now(), deps.retryBaseMs, attempts, known);
  await deps.store.postponeWork(item.id, nextAt, known.code);
}
