// Sends payers to the gateway's own page where an admin chose that: the link stays ours, so it can still be revoked.
import { Router, type Request } from 'express';
import type { PayView } from '../views/pay-schema.ts';

export type HostedPayDoors = {
  /** The view of a link whose workspace uses the gateway's page; null for every other link. */
  load: (token: string) => Promise<PayView | null>;
  limit: (key: string) => Promise<boolean>;
};

/** Stands before the pay page's router, which answers whatever is not sent on. */
export function hostedPayRoutes({ load, limit }: HostedPayDoors): Router {
  const router = Router();
  router.get('/pay/:token', async (req, res, next) => {
    const view = (await limit(`hosted:${addressOf(req)}`)) ? await load(req.params.token) : null;
    const target = view?.state === 'ready' ? pageOf(view.hostedUrl) : null;
    if (target === null) return next();
    res.set('referrer-policy', 'no-referrer').redirect(303, target);
  });
  return router;
}

const addressOf = (req: Request): string => req.ip ?? '';

/** The gateway's page is on https, and in the sandbox on this machine. */
function pageOf(hostedUrl: string | null): string | null {
  const url = hostedUrl === null ? null : URL.parse(hostedUrl);
  const isOwnMachine = url?.protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(url.hostname);
  return url && (url.protocol === 'https:' || isOwnMachine) ? url.href : null;
}
