// The settings page's doors: everybody may look at what concerns them, admins may change it.
import { Router, type Request, type Response } from 'express';
import type { Actor } from '../billing/operation.ts';
import { requestInvalid } from '../errors.ts';
import {
  settingsRequestSchema,
  type SettingsAnswer,
  type SettingsRequest,
  type SettingsView,
} from '../views/settings-schema.ts';
import type { SaveOutcome } from '../workspaces/settings.ts';
import { cardRequest } from './signed-call.ts';

export type SettingsDoors = {
  view: (actor: Actor) => Promise<SettingsView>;
  save: (actor: Actor, request: SettingsRequest) => Promise<SaveOutcome>;
  /** What is done rather than saved: an import paused, resumed or done again, kept edits put right. @throws not_found */
  steer: (actor: Actor, request: SettingsRequest) => Promise<void>;
  /** The caller as they are after a change: an admin may have changed their own role. */
  actorAgain: (actor: Actor) => Promise<Actor>;
};

/** Stands behind the cards' router, which says who calls. */
export function settingsRoutes(doors: SettingsDoors): Router {
  const router = Router();
  router.get('/api/v1/settings', async (req, res) => {
    const { actor } = cardRequest(req);
    res.json({ ok: true, view: await doors.view(actor) } satisfies SettingsAnswer);
  });
  router.post('/api/v1/settings', (req, res) => save(doors, req, res));
  return router;
}

async function save(doors: SettingsDoors, req: Request, res: Response): Promise<void> {
  const { actor, body } = cardRequest(req);
  const request = settingsRequestSchema.safeParse(body);
  if (!request.success) throw requestInvalid();
  res.json(await answerTo(doors, actor, request.data));
}

async function answerTo(
  doors: SettingsDoors,
  actor: Actor,
  request: SettingsRequest,
): Promise<SettingsAnswer> {
  if (actor.role !== 'admin')
    return {
      ok: false,
      code: 'not_allowed',
      message: 'Only an admin of Payside may change the settings.',
      retry: 'never',
    };
  await doors.steer(actor, request);
  const saved = await doors.save(actor, request);
  if (saved.ok) return { ok: true, view: await doors.view(await doors.actorAgain(actor)) };
  const { problems } = saved;
  return {
    ok: false,
    code: 'settings_invalid',
    message: problems.map(({ message }) => message).join(' '),
    retry: 'never',
    problems,
  };
}
