// One audit row for each mutation: who, what, and how it stood before and after.
import { recordKey } from '../ledger/facts.ts';
import { ledgerOf, type Ledger } from '../ledger/ledger.ts';
import type { AuditRow, OperationRow } from '../store/store.ts';
import type { BillingDeps, Ending } from './operation.ts';
import { invoiceIn } from './subject.ts';

type Snapshot = Record<string, unknown>;

/** What a mutation of an invoice can change, in minor units of its currency; null for one that is not known. */
export function factsOfInvoice(ledger: Ledger, invoiceId: string): Snapshot | null {
  const invoice = invoiceIn(ledger, invoiceId);
  if (!invoice) return null;
  const { status, remainingMinor, currency } = invoice.body;
  return { status, remainingMinor, currency };
}

/** What a mutation of a customer can change: which records have it, why, and which a person took it off. */
export async function factsOfCustomer(
  { store }: Pick<BillingDeps, 'store'>,
  workspaceId: string,
  customerId: string,
): Promise<Snapshot> {
  const { rows } = await store.loadCluster(workspaceId, { owners: [customerId], ids: [], records: [] });
  const links = ledgerOf(rows).link.flatMap(({ account, body: { record, customerId: of, ...stands } }) =>
    of === customerId ? [{ account, record: recordKey(record), ...stands }] : [],
  );
  return { customerId, links };
}

export async function auditOf(deps: BillingDeps, row: OperationRow, ending: Ending): Promise<AuditRow> {
  const { code = null, invoiceId = null } = ending.result;
  const { customerId } = row.request;
  const rows = invoiceId ? await deps.store.findRows(row.workspaceId, 'invoice', [invoiceId]) : [];
  return {
    workspaceId: row.workspaceId,
    at: deps.clock.now().toISOString(),
    actor: row.userId,
    action: row.kind,
    operationId: row.id,
    record: row.record,
    before: (row.steps['start']?.['before'] as Snapshot | null | undefined) ?? null,
    after: {
      state: ending.state,
      code,
      invoiceId,
      ...(invoiceId ? factsOfInvoice(ledgerOf(rows), invoiceId) : {}),
      ...(typeof customerId === 'string' ? await factsOfCustomer(deps, row.workspaceId, customerId) : {}),
    },
  };
}
