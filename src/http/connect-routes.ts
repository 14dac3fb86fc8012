// Connecting Stripe: shows the ways in to whoever holds an admin's link, and takes the keys.
import { Router, urlencoded, type Request, type Response } from 'express';
import { z } from 'zod';
import { ConnectorError } from '../errors.ts';
import type { Admin, ConnectResult, Keys } from '../workspaces/accounts.ts';
import type { GatewayAccount } from '../workspaces/workspace.ts';
import type { AdminLinks } from './admin-link.ts';
import { connectedPage, formPage, PROGRESS_SCRIPT, refusalPage, type NextPlace } from './connect-pages.ts';
import { consentRoutes, type Consent } from './consent-routes.ts';
import { createFlowCookie, type FlowCookie } from './flow-cookie.ts';
import { progressScript } from './progress-script.ts';

export type ConnectDoors = {
  links: AdminLinks;
  /** Only an admin may connect. */
  isAdmin: (workspaceId: string, userId: string) => Promise<boolean>;
  accountOf: (workspaceId: string) => Promise<GatewayAccount | undefined>;
  /** Where the admin goes on in the CRM; null when nothing is installed. */
  nextPlace: (admin: Admin) => Promise<NextPlace | null>;
  /** CRMs whose workspace this one could join instead of connecting a gateway of its own. */
  joinable: (workspaceId: string) => Promise<string[]>;
  connect: (admin: Admin, keys: Keys) => Promise<ConnectResult>;
  /** What the CRM calls the accounts this will belong to. */
  crmNames: (workspaceId: string) => Promise<string[]>;
  /** null where merchants connect by keys alone. */
  consent: Consent | null;
  /** Cookies are marked secure wherever the public address is https. */
  secure: boolean;
};

/** The page of the first sync asks for itself again; every other page of ours runs no script at all. */
const WITH_SCRIPT =
  "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const formShape = z.object({
  link: z.string(),
  secretKey: z.string().trim().max(300),
  publishableKey: z.string().trim().max(300),
  ours: z.literal('yes').optional(),
});

const WHOSE =
  'Say that this account of your CRM is yours: whoever administers it will be able to collect and refund with these keys.';

export function connectRoutes(doors: ConnectDoors): Router {
  const router = Router();
  router.get(PROGRESS_SCRIPT, (_req, res) => void res.type('js').send(progressScript));
  const { consent, links } = doors;
  const cookie = createFlowCookie('payside_connect', doors.secure);
  if (consent) router.use(consentRoutes({ consent, cookie, links }));
  router.get('/connect/stripe', (req, res) => show(doors, cookie, req, res));
  router.post('/connect/stripe', urlencoded({ extended: false, limit: '16kb' }), (req, res) =>
    connect(doors, req, res),
  );
  return router;
}

async function show(doors: ConnectDoors, cookie: FlowCookie, req: Request, res: Response): Promise<void> {
  const link = typeof req.query['link'] === 'string' ? req.query['link'] : '';
  const admin = await adminOf(doors, link);
  if (!admin) return void res.status(403).send(refusalPage());
  if (doors.consent && req.query['consent'] !== undefined)
    return cookie.begin(res, await doors.consent.begin(admin));
  const account = await doors.accountOf(admin.workspaceId);
  const isShown = account && account.state !== 'disconnected' && req.query['again'] === undefined;
  if (!isShown) return void res.send(formPage({ ...(await formOf(doors, admin, link)), problems: [] }));
  if (account.state === 'importing') res.set('content-security-policy', WITH_SCRIPT);
  res.send(connectedPage({ account, link, next: await doors.nextPlace(admin) }));
}

const formOf = async (
  { consent, crmNames, joinable }: ConnectDoors,
  { workspaceId }: Admin,
  link: string,
) => ({
  link,
  joinable: await joinable(workspaceId),
  byConsent: consent !== null,
  crmNames: await crmNames(workspaceId),
});

async function adminOf(doors: ConnectDoors, link: string): Promise<Admin | null> {
  const claims = doors.links.read(link);
  return claims && (await doors.isAdmin(claims.workspaceId, claims.userId)) ? claims : null;
}

async function connect(doors: ConnectDoors, req: Request, res: Response): Promise<void> {
  const wish = formShape.safeParse(req.body);
  const admin = wish.success ? await adminOf(doors, wish.data.link) : null;
  if (!admin || !wish.success) return void res.status(403).send(refusalPage());
  const { link, publishableKey, ours } = wish.data;
  // A key typed into the wrong field may be a secret one: only what says that it is public goes back.
  const typed = publishableKey.startsWith('pk_') ? { publishableKey } : {};
  const again = async (status: number, problems: string[]): Promise<void> =>
    void res.status(status).send(formPage({ ...(await formOf(doors, admin, link)), problems, ...typed }));
  if (!ours) return again(422, [WHOSE]);
  try {
    const result = await doors.connect(admin, wish.data);
    if (result.ok) return res.redirect(303, `/connect/stripe?link=${encodeURIComponent(link)}`);
    await again(422, result.problems);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    await again(error.status, [error.publicMessage]);
  }
}
