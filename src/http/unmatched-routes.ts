// The door to the list of customers that belong to no record yet, for whoever may assign them.
import { Router } from 'express';
import type { Actor } from '../billing/operation.ts';
import type { UnmatchedAnswer } from '../views/unmatched-schema.ts';
import { cardRequest } from './signed-call.ts';
import type { UnmatchedList } from './unmatched-reader.ts';

export type UnmatchedDoors = {
  mayAssign: (role: Actor['role']) => boolean;
  list: (actor: Actor) => Promise<UnmatchedList>;
};

const NOT_ALLOWED: UnmatchedAnswer = {
  ok: false,
  code: 'not_allowed',
  message: 'Only finance and admins of Payside may see and assign customers without a record.',
  retry: 'never',
};

/** Stands behind the cards' router, which says who calls. */
export function unmatchedRoutes({ mayAssign, list }: UnmatchedDoors): Router {
  const router = Router();
  router.get('/api/v1/unmatched', async (req, res) => {
    const { actor } = cardRequest(req);
    const answer: UnmatchedAnswer = mayAssign(actor.role)
      ? { ok: true, ...(await list(actor)) }
      : NOT_ALLOWED;
    res.json(answer);
  });
  return router;
}
