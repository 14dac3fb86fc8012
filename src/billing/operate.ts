// Takes an operation in: who may, whether it can be done at all, and each id once.
import { createHash } from 'node:crypto';
import { canonical } from '../canonical-json.ts';
import { notFound } from '../errors.ts';
import type { RecordRef } from '../ledger/entities.ts';
import { recordKey } from '../ledger/facts.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { OperationRow, Store } from '../store/store.ts';
import type { OperationKind, Outcome } from '../views/card-schema.ts';
import type { OperationRequests } from '../views/operation-requests.ts';
import { factsOfCustomer, factsOfInvoice } from './audit.ts';
import { handlerOf } from './handlers.ts';
import { namePayer } from './name-payer.ts';
import type { About, Actor, BillingDeps, Refusal } from './operation.ts';
import { mayStart } from './permissions.ts';
import { outcomeOf, OWN_MS, run } from './run.ts';
import { invoiceIn } from './subject.ts';

export { resumeOperations } from './run.ts';

export type Call = {
  kind: OperationKind;
  record: RecordRef;
  actor: Actor;
  request: OperationRequests[OperationKind];
};

/** `busy`: the operation that has to end first. */
export type OperateOutcome =
  { ok: true; outcome: Outcome } | { ok: false; refusal: Refusal; busy?: OperationRow };

/** What is known when an operation starts, kept with it from the beginning. */
type Start = { subject: string | null; steps: OperationRow['steps'] };

const NOTHING: Start = { subject: null, steps: {} };

export function createOperate(deps: BillingDeps): (call: Call) => Promise<OperateOutcome> {
  const running = new Map<string, Promise<Outcome>>();
  return async (call) => {
    const { actor, kind, request } = call;
    if (!mayStart(actor.role, kind))
      return no('not_allowed', 'Your role does not allow this. Ask an admin to change it in the settings.');
    const isKnown = async (): Promise<boolean> =>
      (await deps.store.findOperation(actor.workspace.id, request.operationId)) !== undefined;
    const start = (await isKnown()) ? NOTHING : await prepare(deps, call);
    // The same click may have been sent twice, and its first arrival may have ended while this one was judged.
    if ('code' in start && !(await isKnown())) return refuse(start);
    const begun = await begin(deps, running, newRow(deps, call, 'code' in start ? NOTHING : start));
    return begun.ok
      ? { ...begun, outcome: await namePayer(deps.store, actor.workspace.id, begun.outcome) }
      : begun;
  };
}

/** How an operation stands, as a person is told; null for one this workspace does not know. */
export async function findOutcome(store: Store, workspaceId: string, id: string): Promise<Outcome | null> {
  const row = await store.findOperation(workspaceId, id);
  return row ? namePayer(store, workspaceId, outcomeOf(row)) : null;
}

const refuse = (refusal: Refusal): OperateOutcome => ({ ok: false, refusal });
const no = (code: string, message: string): OperateOutcome => refuse({ code, message });

/** Judges a request nobody has seen yet; a refusal leaves no trace, so that its id stays free. */
async function prepare(deps: BillingDeps, { actor, kind, record, request }: Call): Promise<Start | Refusal> {
  const { workspace } = actor;
  const ledger = await deps.ledgerOf(workspace.id, record);
  const handler = handlerOf(kind);
  const known = handler.accountOf?.(request, ledger) ?? accountOf(ledger, request);
  const account = known ?? (await deps.currentAccount(workspace.id))?.id;
  if (!account)
    return {
      code: 'not_connected',
      message: 'No payment account is connected. Ask an admin to connect one in the Payside settings.',
    };
  const about: About = {
    ledger,
    record,
    zone: workspace.settings.timeZone,
    now: deps.clock.now(),
    knowsCustomer: async (id) => (await deps.store.findRows(workspace.id, 'customer', [id])).length > 0,
  };
  const refusal = await handler.check(request, about);
  if (refusal) return refusal;
  // As late as can be: the only question to the CRM before an operation is kept, and no bad request reaches it.
  if (!(await deps.mayAct(actor, record))) throw notFound({ context: { operation: request.operationId } });
  const before = await beforeOf(deps, workspace.id, ledger, request);
  return { subject: handler.subject(request, ledger), steps: { start: { account, before } } };
}

async function beforeOf(
  deps: BillingDeps,
  workspaceId: string,
  ledger: Ledger,
  request: Call['request'],
): Promise<Record<string, unknown> | null> {
  if ('invoiceId' in request) return factsOfInvoice(ledger, request.invoiceId);
  return 'customerId' in request ? factsOfCustomer(deps, workspaceId, request.customerId) : null;
}

/** An invoice stays with the account it was made on, also after another one was connected; so does one that replaces it. */
function accountOf(ledger: Ledger, request: Call['request']): string | undefined {
  const about = 'invoiceId' in request ? request.invoiceId : 'replaces' in request ? request.replaces : null;
  return about ? invoiceIn(ledger, about)?.account : undefined;
}

function newRow(deps: BillingDeps, { kind, record, actor, request }: Call, start: Start): OperationRow {
  const now = deps.clock.now();
  const hashed = canonical({ request, record });
  return {
    id: request.operationId,
    workspaceId: actor.workspace.id,
    userId: `${actor.installation.crm}:${actor.userId}`,
    kind,
    bodyHash: createHash('sha256').update(hashed).digest('base64url'),
    record: recordKey(record),
    subject: start.subject,
    state: 'running',
    request,
    steps: start.steps,
    outcome: null,
    startedAt: now.toISOString(),
    nextAt: new Date(now.getTime() + OWN_MS).toISOString(),
    attempts: 0,
  };
}

/** Ids are made by callers, so that two workspaces may come up with the same one. */
const nameOf = ({ workspaceId, id }: OperationRow): string => `${workspaceId}|${id}`;

async function begin(
  deps: BillingDeps,
  running: Map<string, Promise<Outcome>>,
  row: OperationRow,
): Promise<OperateOutcome> {
  const begun = await deps.store.beginOperation(row);
  if (begun.begun === 'conflict')
    return no(
      'operation_conflict',
      'This request was used for something else. Close the form and start again.',
    );
  if (begun.begun === 'busy')
    return {
      ok: false,
      busy: begun.operation,
      refusal: {
        code: 'operation_in_progress',
        message: 'Wait until it has ended; the card shows its state.',
      },
    };
  if (begun.begun === 'known')
    return { ok: true, outcome: await (running.get(nameOf(row)) ?? outcomeOf(begun.operation)) };
  const ending = run(deps, begun.operation).finally(() => running.delete(nameOf(row)));
  running.set(nameOf(row), ending);
  return { ok: true, outcome: await ending };
}
