// Runs operations: each id once, its steps kept, an unknown outcome looked up instead of sent again.
import { createHash } from 'node:crypto';
import { asConnectorError, reauthRequired } from '../errors.ts';
import type { RecordRef } from '../ledger/entities.ts';
import { parseRecordKey, recordKey } from '../ledger/facts.ts';
import { canonical } from '../canonical-json.ts';
import { retryAt } from '../retry.ts';
import type { OperationRow } from '../store/store.ts';
import type { OperationKind, Outcome } from '../views/card-schema.ts';
import type { OperationRequests } from '../views/operation-requests.ts';
import { handlers } from './handlers.ts';
import type { Actor, Bench, BillingDeps, Ending, Handler, Refusal } from './operation.ts';
import { mayStart } from './permissions.ts';

export type Call = {
  kind: OperationKind;
  record: RecordRef;
  actor: Actor;
  request: OperationRequests[OperationKind];
};

export type OperateOutcome = { ok: true; outcome: Outcome } | { ok: false; refusal: Refusal };

/** A running operation is given this long before someone else may resume it. */
const OWN_MS = 60_000;

const anyHandler = (kind: OperationKind): Handler<OperationKind> => handlers[kind] as Handler<OperationKind>;

export const createOperate =
  (deps: BillingDeps) =>
  async (call: Call): Promise<OperateOutcome> => {
    const { actor, kind, record, request } = call;
    if (!mayStart(actor.role, kind))
      return no('not_allowed', 'Your role does not allow this. Ask an admin to change it in the settings.');
    const row = newRow(deps, call);
    const known = await deps.store.findOperation(actor.workspace.id, row.id);
    if (!known) {
      const ledger = await deps.ledgerOf(actor.workspace.id, record);
      const about = { ledger, zone: actor.workspace.settings.timeZone, now: deps.clock.now() };
      const refusal = anyHandler(kind).check(request, about);
      if (refusal) return { ok: false, refusal };
    }
    return begin(deps, row);
  };

const no = (code: string, message: string): OperateOutcome => ({ ok: false, refusal: { code, message } });

function newRow(deps: BillingDeps, { kind, record, actor, request }: Call): OperationRow {
  const now = deps.clock.now();
  const hashed = canonical({ request, record });
  return {
    id: request.operationId,
    workspaceId: actor.workspace.id,
    userId: `${actor.installation.crm}:${actor.userId}`,
    kind,
    bodyHash: createHash('sha256').update(hashed).digest('base64url'),
    record: recordKey(record),
    subject: anyHandler(kind).subject(request),
    state: 'running',
    request,
    steps: {},
    outcome: null,
    startedAt: now.toISOString(),
    nextAt: new Date(now.getTime() + OWN_MS).toISOString(),
    attempts: 0,
  };
}

async function begin(deps: BillingDeps, row: OperationRow): Promise<OperateOutcome> {
  const begun = await deps.store.beginOperation(row);
  if (begun.begun === 'conflict')
    return no(
      'operation_conflict',
      'This request was used for something else. Close the form and start again.',
    );
  if (begun.begun === 'busy') {
    return no(
      'operation_in_progress',
      'Someone else is working on this right now. Wait until it has ended; the card shows its state.',
    );
  }
  if (begun.begun === 'new') return { ok: true, outcome: await run(deps, begun.operation) };
  return { ok: true, outcome: outcomeOf(begun.operation) };
}

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
    const bench = await benchFor(deps, row);
    const ending = await anyHandler(row.kind as OperationKind).run(
      row.request as OperationRequests[OperationKind],
      bench,
    );
    return await end(deps, row, ending);
  } catch (error) {
    const known = asConnectorError(error);
    deps.log.error('an operation did not end', error, {
      operation: row.id,
      kind: row.kind,
      attempts: row.attempts,
    });
    if (known.retry !== 'later')
      return end(deps, row, { state: 'refused', result: { message: known.publicMessage, code: known.code } });
    await deps.store.postponeOperation(
      row.id,
      retryAt(deps.clock.now(), deps.retryBaseMs, row.attempts + 1, known),
      'checking',
    );
    return outcomeOf({ ...row, outcome: null });
  }
}

async function end(deps: BillingDeps, row: OperationRow, ending: Ending): Promise<Outcome> {
  await deps.store.setOperation(row.id, { state: ending.state, outcome: ending });
  await deps.store.audit({
    workspaceId: row.workspaceId,
    at: deps.clock.now().toISOString(),
    actor: row.userId,
    action: row.kind,
    operationId: row.id,
    record: row.record,
    before: null,
    after: {
      state: ending.state,
      code: ending.result.code ?? null,
      invoiceId: ending.result.invoiceId ?? null,
    },
  });
  return outcomeOf({ ...row, outcome: ending });
}

async function benchFor(deps: BillingDeps, row: OperationRow): Promise<Bench> {
  const account = await deps.currentAccount(row.workspaceId);
  const record = parseRecordKey(row.record);
  if (!account || !record) throw reauthRequired({ context: { workspace: row.workspaceId } });
  const workspace = await deps.workspace(row.workspaceId);
  const steps = { ...row.steps };
  return {
    ...deps,
    operation: row,
    workspaceId: row.workspaceId,
    record,
    zone: workspace.settings.timeZone,
    account,
    connection: await deps.accountConnection(account.id),
    resumed: row.attempts > 0,
    async step(name, act) {
      const kept = steps[name];
      if (kept) return kept as Awaited<ReturnType<typeof act>>;
      const result = await act(`${row.id}:${name}`);
      await deps.store.saveStep(row.id, name, result);
      steps[name] = result;
      return result;
    },
  };
}

/** Resumes what was cut off. @returns how many operations were looked at */
export async function resumeOperations(deps: BillingDeps): Promise<number> {
  const rows = await deps.store.claimOperations(deps.clock.now(), 20, OWN_MS);
  for (const row of rows) await run(deps, row);
  return rows.length;
}
