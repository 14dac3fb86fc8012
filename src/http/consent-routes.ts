// Connecting Stripe by consent: to Stripe's page and back, with a page for every way it can end.
import { Router, type Request, type Response } from 'express';
import type { Begun } from '../workspaces/authorize.ts';
import type { Admin } from '../workspaces/accounts.ts';
import type { ConsentOutcome, ConsentReturn, RefusedConsent } from '../workspaces/consent.ts';
import type { AdminLinks } from './admin-link.ts';
import type { FlowCookie } from './flow-cookie.ts';
import { html, page, type Html } from './html.ts';

export type Consent = {
  begin: (admin: Admin) => Promise<Begun>;
  finish: (returned: ConsentReturn) => Promise<ConsentOutcome>;
};

export type ConsentDoors = { consent: Consent; cookie: FlowCookie; links: Pick<AdminLinks, 'sign'> };

const TEXTS: Record<RefusedConsent['reason'], { title: string; text: string }> = {
  denied: {
    title: 'Nothing was connected',
    text: 'Stripe says that access was not granted. You can start again whenever you like.',
  },
  unknown: {
    title: 'This link was used before',
    text: 'A consent can be finished only once. Open Payside’s settings inside your CRM to start again.',
  },
  expired: {
    title: 'This took too long',
    text: 'A consent must be finished within ten minutes. Nothing was connected; start it again.',
  },
  other_browser: {
    title: 'Another browser began this',
    text: 'Finish in the browser in which you started, or open Payside’s settings inside your CRM to start again here.',
  },
  rights: {
    title: 'Some permissions are missing',
    text: 'Payside cannot work without them. Nothing was connected.',
  },
  unavailable: {
    title: 'Stripe did not answer',
    text: 'You did nothing wrong, and nothing was connected. Wait a moment, then start again.',
  },
  refused: {
    title: 'Stripe did not accept this',
    text: 'The consent was used before or took too long. Nothing was connected; start again.',
  },
};

const statusOf = (reason: RefusedConsent['reason']): number => (reason === 'unavailable' ? 503 : 400);

export function consentRoutes(doors: ConsentDoors): Router {
  const router = Router();
  router.get('/oauth/stripe/callback', (req, res) => finish(doors, req, res));
  return router;
}

async function finish({ consent, cookie, links }: ConsentDoors, req: Request, res: Response): Promise<void> {
  const outcome = await consent.finish(cookie.end(req, res));
  // The link that led here may be nearly over; whoever finished a consent goes on with a fresh one.
  const link = outcome.admin && links.sign(outcome.admin.workspaceId, outcome.admin.userId);
  const connect = link && `/connect/stripe?link=${encodeURIComponent(link)}`;
  if (outcome.ok && connect) return res.redirect(303, connect);
  if (!outcome.ok) res.status(statusOf(outcome.reason)).send(refusalPage(outcome, connect ?? null));
}

function refusalPage({ reason, problems = [] }: RefusedConsent, connect: string | null): string {
  const { title, text } = TEXTS[reason];
  const items = problems.map((problem) => html`<li>${problem}</li>`);
  const list =
    items.length > 0
      ? html`<ul>
          ${items}
        </ul>`
      : html``;
  const again: Html =
    connect === null ? html`` : html`<a class="button" href="${connect}&again">Start again</a>`;
  return page({
    title,
    body: html`<h1>${title}</h1>
      <p>${text}</p>
      ${list} ${again}`,
  });
}
