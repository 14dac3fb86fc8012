// Computes what records say that many payers share: once for all that happened to them meanwhile, and not once for each.
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { asConnectorError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Post } from '../posting/post.ts';
import { isFinal, retryAt } from '../retry.ts';
import type { ClaimedWork, Store } from '../store/store.ts';

export type TotalDeps = {
  store: Pick<Store, 'claimWork' | 'postponeWork' | 'buryWork'>;
  clock: Clock;
  log: Log;
  post: Post;
  retryBaseMs: number;
  leaseMs: number;
};

const payloadShape = z.object({ record: z.string() });

/** One record. @returns whether there was one */
export async function computeTotal(deps: TotalDeps): Promise<number> {
  const [item] = await deps.store.claimWork(['total'], deps.clock.now(), 1, deps.leaseMs);
  if (!item) return 0;
  try {
    const { record } = payloadShape.parse(item.payload);
    await deps.post(item.workspaceId, [], { records: [record], work: [item.id] });
  } catch (error) {
    await failed(deps, item, error);
  }
  return 1;
}

async function failed(deps: TotalDeps, item: ClaimedWork, error: unknown): Promise<void> {
  const known = asConnectorError(error);
  const now = deps.clock.now();
  const { workspaceId: workspace, attempts } = item;
  deps.log.error('a record could not be computed', error, { workspace, attempts });
  if (isFinal(known, attempts)) return deps.store.buryWork(item.id, known.code, now);
  await deps.store.postponeWork(item.id, retryAt(now, deps.retryBaseMs, attempts, known), known.code);
}
