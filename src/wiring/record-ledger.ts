// Reads parts of the ledger for those who show or act on them: what a record shows, and what an invoice hangs on.
import type { RecordRef } from '../ledger/entities.ts';
import { recordKey } from '../ledger/facts.ts';
import { ledgerOf, type Ledger } from '../ledger/ledger.ts';
import type { RecordLedger } from '../ledger/record-ledger.ts';
import { recordRows } from '../records/summary.ts';
import type { Store } from '../store/store.ts';
import type { Directory } from '../workspaces/directory.ts';
import type { GatewayAccount } from '../workspaces/workspace.ts';

type Deps = { store: Store; directory: Directory };

/** Reads the part of the ledger a record shows: of the accounts whose mode is the current one. With it, the scopes it was read from. */
export const createReadRecord =
  ({ store, directory }: Deps) =>
  async (workspaceId: string, record: RecordRef): Promise<{ ledger: RecordLedger; scopes: string[] }> => {
    const key = recordKey(record);
    const [{ rows, versions }, accounts, current] = await Promise.all([
      store.loadCluster(workspaceId, { owners: [], ids: [], records: [key] }),
      directory.accountsOf(workspaceId),
      directory.currentAccount(workspaceId),
    ]);
    const same = new Set(
      accounts.filter((account) => account.livemode === current?.livemode).map(({ id }) => id),
    );
    const counted = rows.filter((row) => same.has(row.account));
    const { own, payers } = recordRows(key, counted);
    const ledger = ledgerOf(own);
    return {
      ledger: { ...ledger, payers: payers === own ? ledger : ledgerOf(payers) },
      scopes: Object.keys(versions),
    };
  };

export function createLedgerOfRecord(deps: Deps) {
  const read = createReadRecord(deps);
  return async (workspaceId: string, record: RecordRef): Promise<RecordLedger> =>
    (await read(workspaceId, record)).ledger;
}

/** Everything of the payer of an invoice. */
export const createLedgerOfInvoice =
  (store: Store) =>
  async (account: GatewayAccount, invoiceId: string): Promise<Ledger> => {
    const { rows } = await store.loadCluster(account.workspaceId, {
      owners: [],
      ids: [invoiceId],
      records: [],
    });
    return ledgerOf(rows.filter((row) => row.account === account.id));
  };
