// Reads from the gateway what an event could not decide, or history left out: one fetch at a time per object, numbered before it starts.
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { asConnectorError } from '../errors.ts';
import type { EntityKind } from '../ledger/entities.ts';
import type { Gateway, GatewayConnection } from '../gateways/gateway.ts';
import type { Log } from '../log.ts';
import type { Post } from '../posting/post.ts';
import { isFinal, retryAt } from '../retry.ts';
import type { ClaimedWork, Store } from '../store/store.ts';

export type RefetchDeps = {
  store: Store;
  clock: Clock;
  log: Log;
  post: Post;
  fetch: Gateway['fetch'];
  /** Throws `reauth_required` for an account that is no longer connected. */
  accountConnection: (account: string) => Promise<GatewayConnection>;
  retryBaseMs: number;
  leaseMs: number;
};

const BATCH = 8;
const payloadShape = z.object({ account: z.string(), entity: z.string(), id: z.string() });

/** @param kind `methods`: what payers of a history have saved. @returns how many objects were read */
export async function refetch(deps: RefetchDeps, kind: 'fetch' | 'methods' = 'fetch'): Promise<number> {
  const items = await deps.store.claimWork([kind], deps.clock.now(), BATCH, deps.leaseMs);
  await Promise.all(items.map((item) => readOne(deps, item)));
  return items.length;
}

async function readOne(deps: RefetchDeps, item: ClaimedWork): Promise<void> {
  try {
    const { account, entity, id } = payloadShape.parse(item.payload);
    const connection = await deps.accountConnection(account);
    const number = await deps.store.drawNumber();
    const facts = await deps.fetch(connection, { entity: entity as EntityKind, id }, number);
    await deps.post(item.workspaceId, facts, { work: [item.id] });
  } catch (error) {
    const known = asConnectorError(error);
    const now = deps.clock.now();
    deps.log.error('an object could not be read', error, { entity: item.key, attempts: item.attempts });
    if (isFinal(known, item.attempts)) return deps.store.buryWork(item.id, known.code, now);
    await deps.store.postponeWork(item.id, retryAt(now, deps.retryBaseMs, item.attempts, known), known.code);
  }
}
