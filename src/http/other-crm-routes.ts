// The door by which another CRM joins: admins alone, each for their own side, and few tries a minute.
import { Router, type Request, type Response } from 'express';
import type { Actor } from '../billing/operation.ts';
import { rateLimited, requestInvalid } from '../errors.ts';
import { JOIN_REFUSALS } from '../views/other-crm-view.ts';
import { otherCrmRequestSchema, type OtherCrmRequest } from '../views/other-crm-schema.ts';
import type { OtherCrmAnswer, SettingsView } from '../views/settings-schema.ts';
import type { JoinCode } from '../workspaces/join-codes.ts';
import type { JoinRefusal } from '../workspaces/join.ts';
import { cardRequest } from './signed-call.ts';

export type OtherCrmOutcome = { ok: true; code?: JoinCode } | { ok: false; reason: JoinRefusal };

export type OtherCrmDoors = {
  act: (actor: Actor, request: OtherCrmRequest) => Promise<OtherCrmOutcome>;
  /** The caller as they are after a change. */
  actorAgain: (actor: Actor) => Promise<Actor>;
  view: (actor: Actor) => Promise<SettingsView>;
  /** Counts a try; false means too many. */
  limit: (key: string) => Promise<boolean>;
};

const MESSAGES: Record<OtherCrmRequest['step'], string> = {
  'make-code': 'The code was made.',
  ask: 'Asked. An admin on the other side has to confirm.',
  'take-back': 'The request was taken back.',
  confirm: 'Confirmed. Its records are being filled.',
  decline: 'The request was declined.',
};

const NOT_ALLOWED: OtherCrmAnswer = {
  ok: false,
  code: 'not_allowed',
  message: 'Only an admin of Payside may let another CRM join.',
  retry: 'never',
};

/** Stands behind the cards' router, which says who calls. */
export function otherCrmRoutes(doors: OtherCrmDoors): Router {
  const router = Router();
  router.post('/api/v1/settings/other-crm', (req, res) => act(doors, req, res));
  return router;
}

async function act(doors: OtherCrmDoors, req: Request, res: Response): Promise<void> {
  const { actor, body } = cardRequest(req);
  const request = otherCrmRequestSchema.safeParse(body);
  if (!request.success) throw requestInvalid();
  if (actor.role !== 'admin') return void res.json(NOT_ALLOWED);
  const { step } = request.data;
  if (!(await doors.limit(`${step} ${actor.installation.id}`))) {
    res.set('retry-after', '60');
    throw rateLimited();
  }
  res.json(await answerTo(doors, actor, request.data));
}

async function answerTo(
  doors: OtherCrmDoors,
  actor: Actor,
  request: OtherCrmRequest,
): Promise<OtherCrmAnswer> {
  const outcome = await doors.act(actor, request);
  if (!outcome.ok) {
    const { reason } = outcome;
    return { ok: false, code: `join_${reason}`, message: JOIN_REFUSALS[reason], retry: 'never' };
  }
  const { code } = outcome;
  return {
    ok: true,
    view: await doors.view(await doors.actorAgain(actor)),
    message: MESSAGES[request.step],
    code: code
      ? { text: code.text, note: `For one use within ${code.minutes} minutes. It is not shown again.` }
      : null,
  };
}
