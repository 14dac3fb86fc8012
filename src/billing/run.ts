// Runs operations: steps and their results are kept, an unknown outcome is looked up instead of sent again.
import { asConnectorError, reauthRequired, type ConnectorError } from '../errors.ts';
import { parseRecordKey } from '../ledger/facts.ts';
import { ledgerOf } from '../ledger/ledger.ts';
import { retryAt } from '../retry.ts';
import type { OperationRow } from '../store/store.ts';
import type { OperationKind, Outcome } from '../views/card-schema.ts';
import type { OperationRequests } from '../views/operation-requests.ts';
import { auditOf } from './audit.ts';
import { handlerOf } from './handlers.ts';
import { hold, letGo } from './hold.ts';
import type { Bench, BillingDeps, Ending } from './operation.ts';

/** A running operation is given this long before someone else may resume it. */
export const OWN_MS = 60_000;

/** What is known of an operation, in the words of the card. */
export function outcomeOf(row: OperationRow): Outcome {
  const base = { operationId: row.id, kind: row.kind as OperationKind };
  const ending = row.outcome as Ending | null;
  if (ending) return { ...base, state: ending.state, result: ending.result };
  return {
    ...base,
    state: 'checking',
    result: { message: 'Payside is finding out how this ended. Nothing is done twice.' },
  };
}

/** Runs or resumes; always leaves the row in a state that somebody will look at again, or ended. */
export async function run(deps: BillingDeps, row: OperationRow): Promise<Outcome> {
  try {
    const handler = handlerOf(row.kind as OperationKind);
    const request = row.request as OperationRequests[OperationKind];
    const busy = handler.alsoHolds ? await hold(deps, row, handler.alsoHolds(request)) : null;
    return await end(deps, row, busy ?? (await handler.run(request, await benchFor(deps, row))));
  } catch (error) {
    const known = asConnectorError(error);
    deps.log.error('an operation did not end', error, {
      operation: row.id,
      kind: row.kind,
      attempts: row.attempts,
    });
    if (isDefinite(known, row))
      return end(deps, row, { state: 'refused', result: { message: known.publicMessage, code: known.code } });
    const nextAt = retryAt(deps.clock.now(), deps.retryBaseMs, row.attempts + 1, known);
    await deps.store.postponeOperation(row.workspaceId, row.id, nextAt, 'checking');
    return outcomeOf({ ...row, outcome: null });
  }
}

/** Credentials that ended say nothing about a call whose answer was lost before: that is looked up once they are back. */
const isDefinite = (error: ConnectorError, row: OperationRow): boolean =>
  error.retry === 'never' || (error.retry === 'after-reauth' && row.attempts === 0);

/** What it held goes first: whoever is cut off in between resumes and ends it again. */
async function end(deps: BillingDeps, row: OperationRow, ending: Ending): Promise<Outcome> {
  if (handlerOf(row.kind as OperationKind).alsoHolds) await letGo(deps, row);
  const trail = await auditOf(deps, row, ending);
  await deps.store.endOperation(row.workspaceId, row.id, { state: ending.state, outcome: ending }, trail);
  return outcomeOf({ ...row, outcome: ending });
}

async function benchFor(deps: BillingDeps, row: OperationRow): Promise<Bench> {
  const account = String(row.steps['start']?.['account'] ?? '');
  const record = parseRecordKey(row.record);
  if (!record) throw reauthRequired({ context: { workspace: row.workspaceId } });
  const { settings } = await deps.workspace(row.workspaceId);
  const connection = await deps.accountConnection(account);
  const steps = { ...row.steps };
  return {
    ...deps,
    account,
    connection,
    record,
    operation: row,
    workspaceId: row.workspaceId,
    zone: settings.timeZone,
    resumed: row.attempts > 0,
    async step(name, act) {
      const kept = steps[name];
      if (kept) return kept as Awaited<ReturnType<typeof act>>;
      const result = await act(`${row.id}:${name}`);
      await deps.store.saveStep(row.workspaceId, row.id, name, result);
      steps[name] = result;
      return result;
    },
    async refresh(entity, id) {
      const number = await deps.store.drawNumber();
      const facts = await deps.gateway.fetch(connection, { entity, id }, number);
      await deps.post(row.workspaceId, facts);
      return facts;
    },
    async linkTo(invoiceId) {
      const rows = await deps.store.findRows(row.workspaceId, 'invoice', [invoiceId]);
      return deps.payUrl(account, invoiceId, ledgerOf(rows).invoice[0]?.body.linkVersion);
    },
  };
}

/** Resumes what was cut off. @returns how many operations were looked at */
export async function resumeOperations(deps: BillingDeps): Promise<number> {
  const rows = await deps.store.claimOperations(deps.clock.now(), 20, OWN_MS);
  await Promise.all(rows.map((row) => run(deps, row)));
  return rows.length;
}
