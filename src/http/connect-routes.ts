// Connecting Stripe: the form, its check, the progress of the first sync, and what to do next.
import { Router, urlencoded, type Request, type Response } from 'express';
import { z } from 'zod';
import { ConnectorError } from '../errors.ts';
import type { ConnectResult } from '../workspaces/accounts.ts';
import type { GatewayAccount } from '../workspaces/workspace.ts';
import type { AdminLinks } from './admin-link.ts';
import { html, page, type Html } from './html.ts';

export type ConnectDoors = {
  links: AdminLinks;
  /** Only an admin may connect. */
  isAdmin: (workspaceId: string, userId: string) => Promise<boolean>;
  accountOf: (workspaceId: string) => Promise<GatewayAccount | undefined>;
  connect: (
    workspaceId: string,
    keys: { secretKey: string; publishableKey: string },
  ) => Promise<ConnectResult>;
};

const formShape = z.object({
  link: z.string(),
  secretKey: z.string().trim().max(300),
  publishableKey: z.string().trim().max(300),
});

export function connectRoutes(doors: ConnectDoors): Router {
  const router = Router();
  router.get('/connect/stripe', async (req, res) => {
    const link = typeof req.query['link'] === 'string' ? req.query['link'] : undefined;
    const admin = await adminOf(doors, link);
    if (!admin) return refuse(res);
    const account = await doors.accountOf(admin.workspaceId);
    if (account && req.query['again'] === undefined) return void res.send(connected(account, link ?? ''));
    res.send(form(link ?? '', []));
  });
  router.post('/connect/stripe', urlencoded({ extended: false, limit: '16kb' }), (req, res) =>
    connect(doors, req, res),
  );
  return router;
}

async function adminOf(
  doors: ConnectDoors,
  link: string | undefined,
): Promise<{ workspaceId: string } | null> {
  const claims = doors.links.read(link);
  if (!claims || !(await doors.isAdmin(claims.workspaceId, claims.userId))) return null;
  return { workspaceId: claims.workspaceId };
}

async function connect(doors: ConnectDoors, req: Request, res: Response): Promise<void> {
  const wish = formShape.safeParse(req.body);
  const admin = wish.success ? await adminOf(doors, wish.data.link) : null;
  if (!admin || !wish.success) return refuse(res);
  try {
    const result = await doors.connect(admin.workspaceId, wish.data);
    if (result.ok) return res.redirect(303, `/connect/stripe?link=${encodeURIComponent(wish.data.link)}`);
    res.status(422).send(form(wish.data.link, result.problems));
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    res.status(error.status).send(form(wish.data.link, [error.publicMessage]));
  }
}

function refuse(res: Response): void {
  const body = html`<h1>This link is over</h1>
    <p>
      Open Payside’s settings inside HubSpot and choose “Connect Stripe” to get a new one. Only an admin can
      do this.
    </p>`;
  res.status(403).send(page({ title: 'This link is over', body }));
}

function form(link: string, problems: string[]): string {
  const list = problems.map((problem) => html`<li>${problem}</li>`);
  const alert =
    problems.length > 0
      ? html`<div class="problem" role="alert">
          <ul>
            ${list}
          </ul>
        </div>`
      : html``;
  const body = html`<h1>Connect Stripe</h1>
    <p>
      Payside works with two keys of your Stripe account. They are checked before anything is kept, and stored
      encrypted.
    </p>
    ${alert}
    <form method="post" action="/connect/stripe" autocomplete="off">
      <input type="hidden" name="link" value="${link}" />
      <label for="secret">Restricted key</label>
      <input
        id="secret"
        name="secretKey"
        type="password"
        required
        aria-describedby="secret-note"
        autocomplete="off"
      />
      <small id="secret-note"
        >Begins with rk_. Needs write access to customers, invoices, payment intents, refunds and webhook
        endpoints, and read access to tax rates and disputes.</small
      >
      <label for="publishable">Publishable key</label>
      <input
        id="publishable"
        name="publishableKey"
        required
        aria-describedby="publishable-note"
        autocomplete="off"
      />
      <small id="publishable-note"
        >Begins with pk_. The pay page uses it to show Stripe’s own card fields.</small
      >
      <button type="submit">Check and connect</button>
    </form>`;
  return page({ title: 'Connect Stripe', body });
}

function connected(account: GatewayAccount, link: string): string {
  const importing = account.state === 'importing';
  const mode = account.livemode
    ? html``
    : html`<p class="muted">These are test keys: money on this account is not real.</p>`;
  const body = html`<h1>${importing ? 'Stripe is connected' : 'All set'}</h1>
    <p><strong>${account.name}</strong> is connected to Payside.</p>
    ${mode} ${importing ? progress(account) : nextSteps()}
    <p><a href="/connect/stripe?link=${encodeURIComponent(link)}&again">Connect other keys</a></p>`;
  return page({ title: 'Stripe is connected', body, ...(importing ? { refreshSeconds: 2 } : {}) });
}

const progress = (account: GatewayAccount): Html =>
  html`<p role="status">
      Reading customers, invoices and payments: ${account.importing?.done ?? 0} so far. You can close this
      page; it goes on.
    </p>
    <progress aria-label="First sync"></progress>`;

const nextSteps = (): Html =>
  html`<p>What to do next:</p>
    <ol>
      <li>In HubSpot, open a contact, choose Customize, and add the Payside card to the record view.</li>
      <li>In Payside’s settings, say who may collect and who may only look.</li>
      <li>Open a contact with an e-mail address that Stripe knows: what they owe is already there.</li>
    </ol>`;
