// Backfill: reads an account's history page by page into the same path as events, and goes on where it stopped.
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { asConnectorError } from '../errors.ts';
import type { Gateway, GatewayConnection } from '../gateways/gateway.ts';
import type { Log } from '../log.ts';
import type { Post } from '../posting/post.ts';
import { retryAt } from '../retry.ts';
import type { ClaimedWork, Store, WorkItem } from '../store/store.ts';
import { sweepWork } from './sweep.ts';

export type BackfillDeps = {
  store: Store;
  clock: Clock;
  log: Log;
  post: Post;
  history: readonly string[];
  list: Gateway['list'];
  accountConnection: (account: string) => Promise<GatewayConnection>;
  /** Tells the account's page and its cards how far it is; `finished` ends the import. */
  progress: (account: string, done: number, finished: boolean) => Promise<void>;
  intervalMs: number;
  retryBaseMs: number;
  leaseMs: number;
};

const stateShape = z.object({
  account: z.string(),
  /** Place in `history`. */
  kind: z.int().default(0),
  cursor: z.string().nullable().default(null),
  done: z.int().default(0),
  /** When it began: sweeps go on from there. */
  since: z.string().optional(),
});

type State = z.infer<typeof stateShape>;

/** One page of one account. @returns how many objects were read */
export async function backfill(deps: BackfillDeps): Promise<number> {
  const [item] = await deps.store.claimWork(['backfill'], deps.clock.now(), 1, deps.leaseMs);
  if (!item) return 0;
  try {
    return await readPage(deps, item, stateShape.parse(item.payload));
  } catch (error) {
    const known = asConnectorError(error);
    deps.log.error('history could not be read', error, { account: item.key, attempts: item.attempts });
    const nextAt = retryAt(deps.clock.now(), deps.retryBaseMs, item.attempts, known);
    await deps.store.postponeWork(item.id, nextAt, known.code);
    return 0;
  }
}

/** What happens while history is read is told as well; were it not, the sweep finds it. */
function firstSweep(
  { clock, intervalMs }: BackfillDeps,
  { workspaceId }: ClaimedWork,
  id: string,
  since: Date,
): WorkItem[] {
  return sweepWork({ id, workspaceId }, new Date(clock.now().getTime() + intervalMs), since);
}

async function readPage(deps: BackfillDeps, item: ClaimedWork, state: State): Promise<number> {
  const kind = deps.history[state.kind];
  const now = deps.clock.now();
  const since = state.since ?? now.toISOString();
  if (!kind) {
    await deps.progress(state.account, state.done, true);
    await deps.store.addWork(firstSweep(deps, item, state.account, new Date(since)));
    await deps.store.finishWork(item.id);
    return 0;
  }
  const connection = await deps.accountConnection(state.account);
  const number = await deps.store.drawNumber();
  const page = await deps.list(connection, kind, state.cursor, number);
  if (page.skipped > 0)
    deps.log.warn('objects could not be read', { account: state.account, kind, count: page.skipped });
  await deps.post(item.workspaceId, page.facts, { history: true });
  const next: State = {
    ...state,
    kind: page.next ? state.kind : state.kind + 1,
    cursor: page.next,
    done: state.done + page.objects,
    since,
  };
  await deps.store.postponeWork(item.id, now, 'next page', next);
  await deps.progress(state.account, next.done, false);
  return Math.max(1, page.objects);
}
