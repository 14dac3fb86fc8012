// An account's import as people see it: how far it is, and what an admin or an operator wants of it.
import type { Clock } from '../clock.ts';
import { notFound } from '../errors.ts';
import type { HistoryProgress } from '../reconcile/history-plan.ts';
import type { Store } from '../store/store.ts';
import type { Directory } from './directory.ts';
import type { GatewayAccount } from './workspace.ts';

type Deps = { store: Store; clock: Clock; directory: Pick<Directory, 'account'> };

/**
 * Keeps how far an import is, where cards and the connect page read it.
 * @returns whether somebody wants it to pause; null where there is no such account
 */
export const createProgress =
  ({ store, clock, directory }: Deps) =>
  (
    id: string,
    { done, total, secondsLeft, finished }: HistoryProgress,
  ): Promise<{ paused: boolean } | null> =>
    store.lock(`account:${id}`, async () => {
      const account = await directory.account(id);
      if (!account) return null;
      if (account.state === 'disconnected') return { paused: false };
      const known = account.imported === undefined ? null : Math.max(account.imported, done);
      const paused = account.importing?.paused === true;
      const change = finished
        ? {
            state: 'connected' as const,
            importing: null,
            imported: done,
            verifiedAt: clock.now().toISOString(),
          }
        : { importing: { done, total: total ?? known, secondsLeft, ...(paused ? { paused } : {}) } };
      await store.saveAccount({ ...account, ...change });
      return { paused };
    });

/** Keeps that an import could not be gone on with, until it is; of one that is paused nobody needs to know. */
export const createHalted =
  ({ store, directory }: Deps) =>
  (id: string): Promise<void> =>
    store.lock(`account:${id}`, async () => {
      const account = await directory.account(id);
      if (!account?.importing || account.importing.paused || account.importing.halted) return;
      const { done, total } = account.importing;
      await store.saveAccount({ ...account, importing: { done, total, halted: true } });
    });

/** `again`: all of history is read once more, whatever was read before. */
export type ImportWish = 'pause' | 'resume' | 'again';

export type Steering = { account: string; wish: ImportWish; actor: string; operationId: string | null };

/**
 * What is wished for already, or cannot be (there is nothing to pause), changes nothing.
 * @param workspaceId null for an operator, who may reach any
 * @returns the account as it is now; @throws not_found
 */
export async function steerImport(
  deps: Deps,
  workspaceId: string | null,
  steering: Steering,
): Promise<GatewayAccount> {
  const { store, clock, directory } = deps;
  const { account: id, wish } = steering;
  return store.lock(`account:${id}`, async () => {
    const account = await directory.account(id);
    if (!account || (workspaceId !== null && account.workspaceId !== workspaceId))
      throw notFound({ publicMessage: 'No such gateway account.', context: { account: id } });
    const change = changeOf(account, wish);
    if (!change) return account;
    const next = { ...account, ...change };
    const at = clock.now().toISOString();
    await store.saveAccount(next);
    if (wish !== 'pause')
      await store.addWork([
        { workspaceId: account.workspaceId, kind: 'backfill', key: id, payload: { account: id }, nextAt: at },
      ]);
    await store.audit({
      workspaceId: account.workspaceId,
      at,
      actor: steering.actor,
      action: `import-${wish}`,
      operationId: steering.operationId,
      record: null,
      before: { account: id, importing: account.importing },
      after: { account: id, importing: next.importing },
    });
    return next;
  });
}

type Change = Pick<GatewayAccount, 'state' | 'importing'>;

function changeOf({ state, importing, imported }: GatewayAccount, wish: ImportWish): Change | null {
  if (state === 'disconnected') return null;
  if (wish === 'again')
    return importing ? null : { state: 'importing', importing: { done: 0, total: imported ?? null } };
  if (!importing || (importing.paused === true) === (wish === 'pause')) return null;
  const { done, total, secondsLeft = null } = importing;
  return { state, importing: { done, total, secondsLeft, ...(wish === 'pause' ? { paused: true } : {}) } };
}
