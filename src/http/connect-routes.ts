// Connecting Stripe: shows the form to whoever holds an admin's link, and takes the keys.
import { Router, urlencoded, type Request, type Response } from 'express';
import { z } from 'zod';
import { ConnectorError } from '../errors.ts';
import type { ConnectResult, Keys } from '../workspaces/accounts.ts';
import type { GatewayAccount } from '../workspaces/workspace.ts';
import type { AdminLinks } from './admin-link.ts';
import { connectedPage, formPage, PROGRESS_SCRIPT, refusalPage } from './connect-pages.ts';
import { progressScript } from './progress-script.ts';

export type ConnectDoors = {
  links: AdminLinks;
  /** Only an admin may connect. */
  isAdmin: (workspaceId: string, userId: string) => Promise<boolean>;
  accountOf: (workspaceId: string) => Promise<GatewayAccount | undefined>;
  /** Where the admin goes on in the CRM; null when nothing is installed. */
  crmUrl: (workspaceId: string) => Promise<string | null>;
  connect: (workspaceId: string, keys: Keys) => Promise<ConnectResult>;
};

/** The page of the first sync asks for itself again; every other page of ours runs no script at all. */
const WITH_SCRIPT =
  "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const formShape = z.object({
  link: z.string(),
  secretKey: z.string().trim().max(300),
  publishableKey: z.string().trim().max(300),
});

export function connectRoutes(doors: ConnectDoors): Router {
  const router = Router();
  router.get(PROGRESS_SCRIPT, (_req, res) => void res.type('js').send(progressScript));
  router.get('/connect/stripe', (req, res) => show(doors, req, res));
  router.post('/connect/stripe', urlencoded({ extended: false, limit: '16kb' }), (req, res) =>
    connect(doors, req, res),
  );
  return router;
}

async function show(doors: ConnectDoors, req: Request, res: Response): Promise<void> {
  const link = typeof req.query['link'] === 'string' ? req.query['link'] : '';
  const admin = await adminOf(doors, link);
  if (!admin) return void res.status(403).send(refusalPage());
  const account = await doors.accountOf(admin.workspaceId);
  const isShown = account?.credentials && req.query['again'] === undefined;
  if (!isShown) return void res.send(formPage({ link, problems: [] }));
  if (account.state === 'importing') res.set('content-security-policy', WITH_SCRIPT);
  res.send(connectedPage({ account, link, crmUrl: await doors.crmUrl(admin.workspaceId) }));
}

async function adminOf(doors: ConnectDoors, link: string): Promise<{ workspaceId: string } | null> {
  const claims = doors.links.read(link);
  if (!claims || !(await doors.isAdmin(claims.workspaceId, claims.userId))) return null;
  return { workspaceId: claims.workspaceId };
}

async function connect(doors: ConnectDoors, req: Request, res: Response): Promise<void> {
  const wish = formShape.safeParse(req.body);
  const admin = wish.success ? await adminOf(doors, wish.data.link) : null;
  if (!admin || !wish.success) return void res.status(403).send(refusalPage());
  const { link, publishableKey } = wish.data;
  // A key typed into the wrong field may be a secret one: only what says that it is public goes back.
  const typed = publishableKey.startsWith('pk_') ? { publishableKey } : {};
  try {
    const result = await doors.connect(admin.workspaceId, wish.data);
    if (result.ok) return res.redirect(303, `/connect/stripe?link=${encodeURIComponent(link)}`);
    res.status(422).send(formPage({ link, problems: result.problems, ...typed }));
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    res.status(error.status).send(formPage({ link, problems: [error.publicMessage], ...typed }));
  }
}
