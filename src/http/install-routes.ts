// The doors of the install: to the CRM's consent page and back, with a page for every way it can end.
import { Router, type Request, type Response } from 'express';
import type { Begun } from '../workspaces/authorize.ts';
import type { InstallOutcome, InstallReturn, RefusedInstall } from '../workspaces/install.ts';
import type { AdminLinks } from './admin-link.ts';
import { createFlowCookie, type FlowCookie } from './flow-cookie.ts';
import { html, page } from './html.ts';

export type InstallDoors = {
  crm: { name: string; label: string };
  begin: () => Promise<Begun>;
  finish: (returned: InstallReturn) => Promise<InstallOutcome>;
  links: AdminLinks;
  /** Cookies are marked secure wherever the public address is https. */
  secure: boolean;
  /** Counts a try from an address; false means too many. */
  limit: (address: string) => Promise<boolean>;
};

const cookieOf = ({ secure }: InstallDoors): FlowCookie => createFlowCookie('payside_install', secure);

type Texts = Record<RefusedInstall['reason'], { title: string; text: string }>;

const textsOf = (crm: string): Texts => ({
  denied: {
    title: 'Nothing was installed',
    text: `${crm} says that access was not granted. You can start again whenever you like.`,
  },
  unknown: {
    title: 'This link was used before',
    text: 'An install can be finished only once. Start it again to get a new link.',
  },
  expired: {
    title: 'This took too long',
    text: 'An install must be finished within ten minutes. Nothing was installed; start it again.',
  },
  other_browser: {
    title: 'Another browser began this',
    text: 'Finish the install in the browser in which you started it, or start again here.',
  },
  scopes: {
    title: 'Some permissions are missing',
    text: 'Payside cannot work without these permissions. Nothing was installed.',
  },
  unavailable: {
    title: `${crm} did not answer`,
    text: 'You did nothing wrong, and nothing was installed. Wait a moment, then start again.',
  },
  refused: {
    title: `${crm} did not accept this`,
    text: `The consent was used before, took too long, or your ${crm} user may not install apps. Nothing was installed.`,
  },
  not_ready: {
    title: `${crm} is not ready yet`,
    text: 'Something has to be set up there first. Nothing was installed.',
  },
});

const statusOf = (reason: RefusedInstall['reason']): number => (reason === 'unavailable' ? 503 : 400);

export function installRoutes(doors: InstallDoors): Router {
  const router = Router();
  router.get(startOf(doors), (req, res) => begin(doors, req, res));
  router.get(`/oauth/${doors.crm.name}/callback`, (req, res) => finish(doors, req, res));
  return router;
}

const startOf = ({ crm }: InstallDoors): string => `/install/${crm.name}`;

async function begin(doors: InstallDoors, req: Request, res: Response): Promise<void> {
  if (!(await doors.limit(req.ip ?? ''))) {
    const body = html`<h1>Too many tries</h1>
      <p>Somebody at your address started many installs. Wait a minute, then start again.</p>
      <a class="button" href="${startOf(doors)}">Start again</a>`;
    return void res
      .status(429)
      .set('retry-after', '60')
      .send(page({ title: 'Too many tries', body }));
  }
  const begun = await doors.begin();
  cookieOf(doors).begin(res, begun);
}

async function finish(doors: InstallDoors, req: Request, res: Response): Promise<void> {
  const outcome = await doors.finish(cookieOf(doors).end(req, res));
  if (outcome.ok) {
    const link = doors.links.sign(outcome.workspace.id, outcome.userId);
    return res.redirect(303, `/connect/stripe?link=${encodeURIComponent(link)}`);
  }
  res.status(statusOf(outcome.reason)).send(refusalPage(doors, outcome));
}

function refusalPage(doors: InstallDoors, { reason, message, missing = [] }: RefusedInstall): string {
  const { title, text } = textsOf(doors.crm.label)[reason];
  const things = missing.map((thing) => html`<li><code>${thing}</code></li>`);
  const list =
    things.length > 0
      ? html`<ul>
          ${things}
        </ul>`
      : html``;
  const body = html`<h1>${title}</h1>
    <p>${message ?? text}</p>
    ${list}
    <a class="button" href="${startOf(doors)}">Start again</a>`;
  return page({ title, body });
}
