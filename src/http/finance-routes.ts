// The door to finance's sums, for finance and admins.
import { Router } from 'express';
import type { Actor } from '../billing/operation.ts';
import type { FinanceAnswer, FinanceView } from '../views/finance-schema.ts';
import { cardRequest } from './signed-call.ts';

export type FinanceDoors = {
  maySee: (role: Actor['role']) => boolean;
  view: (actor: Actor) => Promise<FinanceView>;
};

const NOT_ALLOWED: FinanceAnswer = {
  ok: false,
  code: 'not_allowed',
  message: 'Only finance and admins of Payside see what the whole business is owed.',
  retry: 'never',
};

/** Stands behind the cards' router, which says who calls. */
export function financeRoutes({ maySee, view }: FinanceDoors): Router {
  const router = Router();
  router.get('/api/v1/finance', async (req, res) => {
    const { actor } = cardRequest(req);
    const answer: FinanceAnswer = maySee(actor.role) ? { ok: true, view: await view(actor) } : NOT_ALLOWED;
    res.json(answer);
  });
  return router;
}
