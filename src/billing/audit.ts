// One audit row for each mutation: who, what, and how it stood before and after.
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

export async function auditOf(deps: BillingDeps, row: OperationRow, ending: Ending): Promise<AuditRow> {
  const { code = null, invoiceId = null } = ending.result;
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
    },
  };
}
