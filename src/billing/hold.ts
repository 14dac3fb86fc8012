// Holds a second thing for an operation: a row has one subject, and a charge is about an invoice and a saved method.
import type { OperationRow } from '../store/store.ts';
import { refused, type BillingDeps, type Ending } from './operation.ts';

/** Nobody resumes a hold: it ends with the operation it belongs to, which is resumed until it has ended. */
const NEVER = '9999-12-31T00:00:00.000Z';

const holdId = (row: OperationRow): string => `${row.id}:hold`;

/** @returns how the operation ends where somebody else holds the thing; null once it is held */
export async function hold(deps: BillingDeps, row: OperationRow, subject: string): Promise<Ending | null> {
  const wanted: OperationRow = {
    ...row,
    id: holdId(row),
    subject,
    record: '',
    request: {},
    steps: {},
    state: 'running',
    outcome: null,
    nextAt: NEVER,
    attempts: 0,
  };
  const begun = await deps.store.beginOperation(wanted);
  if (begun.begun !== 'busy') return null;
  const state = begun.operation.state === 'checking' ? 'being checked with the gateway' : 'under way';
  return refused(
    'operation_in_progress',
    `Another charge of this saved method is ${state}. Wait until it has ended.`,
  );
}

export const letGo = (deps: BillingDeps, row: OperationRow): Promise<void> =>
  deps.store.endOperation(row.workspaceId, holdId(row), { state: 'done', outcome: null }, null);
