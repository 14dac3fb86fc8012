// Sweeps: every account is looked through again and again, a turn at a time, so that a kill costs one turn at most.
import type { GatewayAccount } from '../workspaces/workspace.ts';
import { asConnectorError } from '../errors.ts';
import { retryAt } from '../retry.ts';
import type { ClaimedWork, WorkItem } from '../store/store.ts';
import {
  accountSweepShape,
  newAccountSweep,
  sweepAccount,
  type AccountSweep,
  type AccountSweepDeps,
} from './sweep-account.ts';

export type SweepDeps = AccountSweepDeps & {
  accounts: () => Promise<Pick<GatewayAccount, 'id' | 'workspaceId'>[]>;
  /** All that had happened by then is known. */
  verified: (account: string, at: string) => Promise<void>;
  retryBaseMs: number;
  leaseMs: number;
};

/** Accounts that have a turn at the same time. */
const AT_ONCE = 8;

export const sweepWork = (
  { id, workspaceId }: Pick<GatewayAccount, 'id' | 'workspaceId'>,
  nextAt: Date,
  since: Date | null = null,
): WorkItem => ({
  workspaceId,
  kind: 'sweep',
  key: id,
  payload: newAccountSweep(id, { since: since?.toISOString() ?? null }),
  nextAt: nextAt.toISOString(),
});

/** @returns a loop's work, which answers how many turns were taken */
export function createSweeps(deps: SweepDeps): () => Promise<number> {
  const state = { begun: false };
  return async () => {
    if (!state.begun) await begin(deps);
    state.begun = true;
    const { store, clock, leaseMs } = deps;
    const items = await store.claimWork(['sweep'], clock.now(), AT_ONCE, leaseMs);
    await Promise.all(
      items.map((item) => turn(deps, item).catch((error: unknown) => failed(deps, item, error))),
    );
    return items.length;
  };
}

/** Accounts that were connected before there were sweeps get theirs. */
async function begin({ store, clock, accounts, intervalMs }: SweepDeps): Promise<void> {
  const nextAt = new Date(clock.now().getTime() + intervalMs);
  await store.addWork((await accounts()).map((account) => sweepWork(account, nextAt)));
}

async function turn(deps: SweepDeps, { id, workspaceId, payload }: ClaimedWork): Promise<void> {
  const { store, clock } = deps;
  const { state, waitMs } = await sweepAccount(deps, workspaceId, accountSweepShape.parse(payload));
  const dueIn = (ms: number): Date => new Date(clock.now().getTime() + ms);
  if (state.pass !== 'done') return store.postponeWork(id, dueIn(waitMs), 'next turn', state);
  const next = await endSweep(deps, state);
  await store.postponeWork(id, dueIn(deps.intervalMs), 'next sweep', next);
}

/** @returns where the next sweep of the account begins */
export async function endSweep(
  { log, verified }: Pick<SweepDeps, 'log' | 'verified'>,
  { account, startedAt, seen, all }: AccountSweep,
): Promise<AccountSweep> {
  const count = seen.missing + seen.different;
  if (count > 0) log.warn('a sweep found what nobody had told', { account, count });
  if (startedAt) await verified(account, startedAt);
  return newAccountSweep(account, { since: startedAt, all });
}

async function failed(deps: SweepDeps, item: ClaimedWork, error: unknown): Promise<void> {
  const known = asConnectorError(error);
  const now = deps.clock.now();
  deps.log.error('an account could not be swept', error, { account: item.key, attempts: item.attempts });
  const later = retryAt(now, deps.retryBaseMs, item.attempts, known);
  // Nothing is given up on: what is refused today is looked at again with the next sweep.
  const next = known.retry === 'later' ? later : new Date(now.getTime() + deps.intervalMs);
  await deps.store.postponeWork(item.id, next, known.code);
}
