// Sends payers to the gateway's own page where an admin chose that: the link stays ours, so it can still be revoked.
import type { RequestHandler } from 'express';
import type { PayView } from '../../views/pay-schema.ts';
import { tokenOf } from './guards.ts';

/** Stands before the page, which answers whatever is not sent on. @param load the view of a link to be sent on; null for any other */
export function sendOn(load: (token: string) => Promise<PayView | null>): RequestHandler {
  return async (request, response, next) => {
    const token = tokenOf(request);
    const view = token ? await load(token) : null;
    const target = view?.state === 'ready' ? pageOf(view.hostedUrl) : null;
    if (target === null) return next();
    response.redirect(303, target);
  };
}

/** The gateway's page is on https, and in the sandbox on this machine. */
function pageOf(hostedUrl: string | null): string | null {
  const url = hostedUrl === null ? null : URL.parse(hostedUrl);
  const isOwnMachine = url?.protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(url.hostname);
  return url && (url.protocol === 'https:' || isOwnMachine) ? url.href : null;
}
