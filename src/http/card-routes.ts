// The cards' doors: the view of a record, an operation on it, and how an operation ended.
import { Router, type Request, type Response } from 'express';
import { toDataURL } from 'qrcode';
import { z } from 'zod';
import type { Call, OperateOutcome } from '../billing/operate.ts';
import type { Actor } from '../billing/operation.ts';
import type { CrmName } from '../crms/crm.ts';
import { notFound, requestInvalid } from '../errors.ts';
import type { RecordRef } from '../ledger/entities.ts';
import {
  operationKindSchema,
  type CardView,
  type OperationAnswer,
  type OperationKind,
  type Outcome,
} from '../views/card-schema.ts';
import { operationRequests } from '../views/operation-requests.ts';
import { unfinishedView } from '../views/unfinished-view.ts';
import type { OperationRow } from '../store/store.ts';
import { openApi } from './openapi.ts';
import { cardRequest, signedCall, type Doorkeeper } from './signed-call.ts';

export type CardDoors = Doorkeeper & {
  /** Canonical object type of a name or type id of a CRM; null for what we do not serve. */
  objectType: (crm: CrmName, name: string) => string | null;
  isRecordId: (crm: CrmName, text: string) => boolean;
  /** The answer to a card that asks, as it is sent. */
  answer: (actor: Actor, record: RecordRef, offset: number) => Promise<Buffer>;
  view: (actor: Actor, record: RecordRef) => Promise<CardView>;
  operate: (call: Call) => Promise<OperateOutcome>;
  findOutcome: (workspaceId: string, operationId: string) => Promise<Outcome | null>;
};

const cursorShape = z
  .string()
  .regex(/^\d{1,6}$/)
  .transform(Number)
  .default(0);

export function cardRoutes(doors: CardDoors): Router {
  const router = Router();
  router.get('/openapi.json', (_req, res) => void res.json(openApi));
  router.use('/api/v1', signedCall(doors));
  router.get('/api/v1/records/:objectType/:recordId', async (req, res) => {
    const { actor } = cardRequest(req);
    const cursor = cursorShape.safeParse(req.query['cursor']);
    if (!cursor.success) throw requestInvalid();
    const answer = await doors.answer(actor, recordOf(doors, actor, req), cursor.data);
    res.setHeader('content-type', 'application/json; charset=utf-8');
    res.end(answer);
  });
  router.post('/api/v1/records/:objectType/:recordId/operations/:kind', (req, res) =>
    operate(doors, req, res),
  );
  router.get('/api/v1/operations/:operationId', async (req, res) => {
    const { actor } = cardRequest(req);
    const id = z.uuid().safeParse(req.params['operationId']);
    if (!id.success) throw requestInvalid();
    const outcome = await doors.findOutcome(actor.workspace.id, id.data);
    if (!outcome) throw notFound();
    res.json({ ok: true, outcome: await withQr(outcome) });
  });
  return router;
}

async function operate(doors: CardDoors, req: Request, res: Response): Promise<void> {
  const { actor, body } = cardRequest(req);
  const record = recordOf(doors, actor, req);
  const kind = operationKindSchema.safeParse(req.params['kind']);
  if (!kind.success) throw notFound();
  const request = operationRequests[kind.data].safeParse(body);
  if (!request.success) throw requestInvalid();
  const ended = await doors.operate({ kind: kind.data, record, actor, request: request.data });
  const view = await doors.view(actor, record);
  if (ended.ok) {
    const outcome = await withQr(ended.outcome);
    return void res.json({ ok: true, outcome, view } satisfies OperationAnswer);
  }
  const { refusal, busy } = ended;
  const answer = { ok: false, ...refusal, retry: retryOf(refusal.code), view } as const;
  res.json((busy ? { ...answer, ...whileBusy(answer, busy) } : answer) satisfies OperationAnswer);
}

/** Says what has to end first, also where that was started from another record. */
function whileBusy(
  { message, view }: { message: string; view: CardView },
  busy: OperationRow,
): { message: string; view: CardView } {
  const first = unfinishedView(busy.id, busy.kind as OperationKind, busy.state === 'checking');
  const others = view.unfinished.filter(({ operationId }) => operationId !== busy.id);
  return { message: `${first.text} ${message}`, view: { ...view, unfinished: [first, ...others] } };
}

/** A refusal that goes away by itself may be tried again under the same id. */
const retryOf = (code: string): 'never' | 'later' => (code === 'operation_in_progress' ? 'later' : 'never');

function recordOf(doors: CardDoors, actor: Actor, req: Request): RecordRef {
  const { id: installationId, crm } = actor.installation;
  const objectType = doors.objectType(crm, String(req.params['objectType']));
  const recordId = String(req.params['recordId']);
  if (!objectType || !doors.isRecordId(crm, recordId)) throw requestInvalid();
  return { installationId, objectType, recordId };
}

/** The link as a picture, for a customer who stands at the counter. */
async function withQr(outcome: Outcome): Promise<Outcome> {
  if (!outcome.result.payUrl) return outcome;
  const qr = await toDataURL(outcome.result.payUrl, { margin: 1, scale: 4 });
  return { ...outcome, result: { ...outcome.result, qr } };
}
