// The doors of the install: to the CRM's consent page and back, with a page for every way it can end.
import { Router, type Request, type Response } from 'express';
import type { Begun } from '../workspaces/authorize.ts';
import type { InstallOutcome, InstallReturn } from '../workspaces/install.ts';
import type { AdminLinks } from './admin-link.ts';
import { html, page } from './html.ts';

export type InstallDoors = {
  begin: () => Promise<Begun>;
  finish: (returned: InstallReturn) => Promise<InstallOutcome>;
  links: AdminLinks;
  /** Cookies are marked secure wherever the public address is https. */
  secure: boolean;
};

const COOKIE = 'payside_install';

const TEXTS: Record<Exclude<InstallOutcome, { ok: true }>['reason'], { title: string; text: string }> = {
  denied: {
    title: 'Nothing was installed',
    text: 'HubSpot says that access was not granted. You can start again whenever you like.',
  },
  unknown: {
    title: 'This link was used before',
    text: 'An install can be finished only once. Start it again to get a new link.',
  },
  expired: {
    title: 'This took too long',
    text: 'An install must be finished within ten minutes. Start it again.',
  },
  other_browser: {
    title: 'Another browser began this',
    text: 'Finish the install in the browser in which you started it, or start again here.',
  },
  scopes: {
    title: 'Some permissions are missing',
    text: 'Payside cannot work without these permissions. Nothing was installed.',
  },
};

export function installRoutes(doors: InstallDoors): Router {
  const router = Router();
  router.get('/install/hubspot', async (_req, res) => {
    const begun = await doors.begin();
    res.cookie(COOKIE, begun.browser, {
      httpOnly: true,
      sameSite: 'lax',
      secure: doors.secure,
      maxAge: begun.maxAgeMs,
      path: '/oauth',
    });
    res.redirect(303, begun.url);
  });
  router.get('/oauth/hubspot/callback', (req, res) => finish(doors, req, res));
  return router;
}

async function finish(doors: InstallDoors, req: Request, res: Response): Promise<void> {
  const outcome = await doors.finish({
    code: single(req.query['code']),
    state: single(req.query['state']),
    error: single(req.query['error']),
    browser: cookie(req, COOKIE),
  });
  res.clearCookie(COOKIE, { path: '/oauth' });
  if (outcome.ok) {
    const link = doors.links.sign(outcome.workspace.id, outcome.userId);
    return res.redirect(303, `/connect/stripe?link=${encodeURIComponent(link)}`);
  }
  const { title, text } = TEXTS[outcome.reason];
  const missing = (outcome.missing ?? []).map((scope) => html`<li><code>${scope}</code></li>`);
  const body = html`<h1>${title}</h1>
    <p>${text}</p>
    ${
      missing.length > 0
        ? html`<ul>
            ${missing}
          </ul>`
        : html``
    }
    <a class="button" href="/install/hubspot">Start again</a>`;
  res.status(400).send(page({ title, body }));
}

const single = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export function cookie(req: Request, name: string): string | undefined {
  for (const part of (req.headers.cookie ?? '').split(';')) {
    const [key, value] = part.trim().split(/=(.*)/s);
    if (key === name) return value;
  }
  return undefined;
}
