// Asks CRMs again and again, page by page: how far it got is kept only once what a page says is done, or left to be done.
import { z } from 'zod';
import { isWithin, type Clock, type Span } from '../clock.ts';
import { asConnectorError } from '../errors.ts';
import type { Instant } from '../ledger/entities.ts';
import type { Log } from '../log.ts';
import { retryAt } from '../retry.ts';
import type { ClaimedWork, Store } from '../store/store.ts';

/** An installation that can be asked, and since when there is something to know. */
export type Polled = { id: string; workspaceId: string; installedAt: string };

export type PollingDeps = {
  store: Store;
  clock: Clock;
  log: Log;
  /** All that are installed and can be asked. */
  polled: () => Promise<Polled[]>;
  retryBaseMs: number;
  leaseMs: number;
};

/** @param since somewhat before the last whole poll began, or before the install */
export type PageAsked = {
  workspaceId: string;
  installationId: string;
  since: Instant;
  cursor: string | null;
};

/** What is asked, and how often. */
export type Question = {
  kind: 'poll' | 'forget';
  everyMs: number;
  /** Asking for the same page once more changes nothing. @returns where the next one begins; null after the last */
  page(asked: PageAsked): Promise<string | null>;
};

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
export function createPolling(deps: PollingDeps, question: Question): () => Promise<number> {
  const begun = new Set<string>();
  let looked: Span | undefined;
  return async () => {
    const now = deps.clock.now();
    const from = now.getTime();
    if (!isWithin(looked, from)) {
      looked = { from, until: from + LOOK_EVERY_MS };
      await begin(deps, question, begun, now);
    }
    const items = await deps.store.claimWork([question.kind], now, AT_A_TIME, deps.leaseMs);
    await Promise.all(
      items.map((item) =>
        turnPage(deps, question, item).catch((error: unknown) => failed(deps, item, error)),
      ),
    );
    return items.length;
  };
}

/** Every installation is asked at once after the start or an install; a row that is there already goes on where it was. */
async function begin(
  { store, polled }: PollingDeps,
  { kind }: Question,
  begun: Set<string>,
  now: Date,
): Promise<void> {
  const nameOf = ({ id, installedAt }: Polled): string => `${id}|${installedAt}`;
  const fresh = (await polled()).filter((one) => !begun.has(nameOf(one)));
  const nextAt = now.toISOString();
  await store.addWork(
    fresh.map(({ id, workspaceId }) => ({
      workspaceId,
      kind,
      key: id,
      payload: { installationId: id },
      nextAt,
    })),
  );
  for (const one of fresh) begun.add(nameOf(one));
}

async function turnPage(deps: PollingDeps, question: Question, item: ClaimedWork): Promise<void> {
  const { store, clock } = deps;
  const state = stateShape.parse(item.payload);
  const { installationId, cursor } = state;
  const polled = (await deps.polled()).find(({ id }) => id === installationId);
  if (!polled) return store.finishWork(item.id);
  const now = clock.now();
  const began = state.began ?? now.toISOString();
  const since = new Date(Date.parse(state.since ?? polled.installedAt) - OVERLAP_MS).toISOString();
  const next = await question.page({ workspaceId: item.workspaceId, installationId, since, cursor });
  if (next !== null) return store.postponeWork(item.id, now, 'next page', { ...state, began, cursor: next });
  const done = { installationId, since: began, began: null, cursor: null };
  await store.postponeWork(item.id, new Date(now.getTime() + question.everyMs), 'next poll', done);
}

async function failed(deps: PollingDeps, item: ClaimedWork, error: unknown): Promise<void> {
  const { kind, key: installation, attempts } = item;
  deps.log.error('a CRM could not be polled', error, { installation, attempts, kind });
  const known = asConnectorError(error);
  const nextAt = retryAt(deps.clock.now(), deps.retryBaseMs, attempts, known);
  await deps.store.postponeWork(item.id, nextAt, known.code);
}
