// The world that faults are done to: strict stand-ins, a proxy on every leg, and the connector as a process among them.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import scopes from '../../manifests/scopes.json' with { type: 'json' };
import { createSandboxClock } from '../../sandbox/clock.ts';
import { startHubspot } from '../../sandbox/hubspot/start.ts';
import { startStripe, type AccountHandle } from '../../sandbox/stripe/start.ts';
import { install, installOrg } from '../../sandbox/world/admin.ts';
import { freePort } from '../../sandbox/world/free-port.ts';
import { appKeys, encryptionKeys } from '../../sandbox/world/keys.ts';
import { startSalesforceWorld } from '../../sandbox/world/salesforce.ts';
import { waitFor } from '../../sandbox/world/wait.ts';
import type { World } from '../../sandbox/world/world.ts';
import { startConnectorProcess, type Connector } from './connector.ts';
import { deskOf, insist, PATIENCE_MS, type Desk } from './desk.ts';
import { createGate, type Gate, type Leg } from './gate.ts';
import { startProxy, type Proxy } from './proxy.ts';
import { storeFor, type StoreName } from './stores.ts';
import type { Merchant } from './tenants.ts';

/** What people asked for, by the e-mail of whom it concerns: the measure of “doubled”. */
export type Asked = { recordId: string; invoices: number; charges: number; refunds: number; voids: number };

export type Tenant = {
  merchant: Merchant;
  /** Of the portal or org. */
  id: string;
  account: AccountHandle;
  desk: Desk;
  asked: Map<string, Asked>;
  /** Whether its admin has links stand on records. */
  linkOnRecord: boolean;
  /** Signed link of its connect page; empty until the app is installed. */
  link: string;
  isConnected: boolean;
};

export type Ground = World & {
  gate: Gate;
  connector: Connector;
  tenants: Tenant[];
  metricsPort: number;
  folder: string;
  /** Calls that wrote to a CRM while the world was set up. */
  setUpWrites: number;
};

export type GroundOptions = {
  merchants: readonly Merchant[];
  store: StoreName;
  /** Left out: every merchant is installed and has its account connected. */
  isSetUp?: boolean;
  env?: Record<string, string>;
};

const WEBHOOK_RETRY_MS = 20;

export async function startGround(options: GroundOptions): Promise<Ground> {
  const folder = mkdtempSync(join(tmpdir(), 'payside-faults-'));
  const clock = createSandboxClock();
  const [port, metricsPort] = [await freePort(), await freePort()];
  const hands: { connector?: Connector } = {};
  const gate = createGate(async () => hands.connector?.kill());
  const front = await startProxy({
    gate,
    target: port,
    legOf: frontLeg,
    ready: async () => hands.connector?.up().catch(() => undefined),
  });
  const { keys, portals, orgs, accounts, ...standIns } = await startStandIns(options, clock, front.url);
  const behind = async (leg: Leg, url: string): Promise<Proxy> =>
    startProxy({ gate, target: Number(new URL(url).port), legOf: () => leg });
  const legs = await Promise.all([
    behind('stripe', standIns.stripe.url),
    behind('hubspot', standIns.hubspot.url),
    behind('salesforce', standIns.salesforce.url),
  ]);
  const [stripeLeg, hubspotLeg, salesforceLeg] = legs.map(({ url }) => url);
  const store = await storeFor(options.store, folder);
  const env = {
    PUBLIC_BASE_URL: front.url,
    PORT: String(port),
    METRICS_PORT: String(metricsPort),
    ENCRYPTION_KEYS: encryptionKeys(),
    STORE_URL: store.url,
    TRUST_PROXY: '1',
    HUBSPOT_CLIENT_ID: keys.clientId,
    HUBSPOT_CLIENT_SECRET: keys.clientSecret,
    HUBSPOT_API_BASE: hubspotLeg ?? '',
    HUBSPOT_APP_BASE: standIns.hubspot.url,
    STRIPE_API_BASE: stripeLeg ?? '',
    STRIPE_JS_BASE: standIns.stripe.url,
    RETRY_BASE_MS: '50',
    ...standIns.env,
    SALESFORCE_LOGIN_BASE: salesforceLeg ?? '',
    ...options.env,
  };
  const envFile = join(folder, 'env');
  const logFile = join(folder, 'connector.log');
  writeFileSync(envFile, linesOf(env), { mode: 0o600 });
  writeFileSync(logFile, '');
  const connector = await startConnectorProcess({ envFile, logFile }, clock);
  hands.connector = connector;
  const world: World = {
    clock,
    env,
    envFile,
    logFile,
    portals,
    orgs,
    accounts,
    url: front.url,
    hubspot: standIns.hubspot,
    salesforce: standIns.salesforce,
    stripe: standIns.stripe,
    startConnector: () => connector.up(),
    stopConnector: () => connector.stop(),
    async close() {
      await connector.stop();
      await Promise.all([front, ...legs].map((proxy) => proxy.close()));
      await Promise.all(
        [standIns.hubspot, standIns.salesforce, standIns.stripe].map((standIn) => standIn.close()),
      );
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  const tenants = options.merchants.map((merchant) => tenantOf(world, merchant));
  const ground: Ground = { ...world, gate, connector, tenants, metricsPort, folder, setUpWrites: 0 };
  if (options.isSetUp ?? true) await Promise.all(tenants.map((tenant) => setUp(ground, tenant)));
  ground.setUpWrites = crmWrites(ground);
  return ground;
}

const frontLeg = (path: string): Leg => (path.startsWith('/webhooks/') ? 'webhook' : 'card');

const linesOf = (env: Record<string, string>): string =>
  Object.entries(env)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

async function startStandIns(options: GroundOptions, clock: World['clock'], url: string) {
  const keys = appKeys();
  const { merchants } = options;
  const portals = merchants.flatMap((one) => (one.crm === 'hubspot' ? [one.portal] : []));
  const orgs = merchants.flatMap((one) => (one.crm === 'salesforce' ? [one.org] : []));
  const accounts = merchants.map(({ account }) => account);
  const hubspot = await startHubspot({
    port: 0,
    clock,
    portals,
    app: {
      ...keys,
      requiredScopes: scopes.hubspot.required,
      optionalScopes: scopes.hubspot.optional,
      redirectUrls: [`${url}/oauth/hubspot/callback`],
      permittedFetch: [url],
    },
  });
  const { salesforce, env } = await startSalesforceWorld({ clock, orgs, url });
  const stripe = await startStripe({ port: 0, clock, accounts, webhookRetryMs: WEBHOOK_RETRY_MS });
  return { keys, portals, orgs, accounts, hubspot, salesforce, stripe, env };
}

const tenantOf = (world: World, merchant: Merchant): Tenant => ({
  merchant,
  id: merchant.crm === 'hubspot' ? String(merchant.portal.id) : merchant.org.id,
  account: world.stripe.account(merchant.account.id),
  desk: deskOf(world, merchant),
  asked: new Map(),
  linkOnRecord: false,
  link: '',
  isConnected: false,
});

export async function installTenant(world: World, tenant: Tenant): Promise<void> {
  const { merchant } = tenant;
  tenant.link =
    merchant.crm === 'hubspot'
      ? await install(world, merchant.portal.id, merchant.portal.users[0]?.id ?? 0)
      : await installOrg(world, merchant.org.id, merchant.org.users[0]?.id ?? '');
}

async function setUp(world: World, tenant: Tenant): Promise<void> {
  await installTenant(world, tenant);
  await connectTenant(world, tenant);
}

/** Enters the keys until the page says that all of the history is there. */
export async function connectTenant(world: World, tenant: Tenant): Promise<void> {
  const { merchant } = tenant;
  const { restrictedKey: secretKey, publishableKey } = merchant.account;
  const last = { shown: '' };
  const waiting = waitFor(
    'the history to be there',
    async () => {
      const { link } = tenant;
      const page = `${world.url}/connect/stripe?link=${encodeURIComponent(link)}`;
      const shown = await (await fetch(page).catch(() => null))?.text().catch(() => '');
      last.shown = shown ?? 'no answer';
      if (shown?.includes('All set')) return true;
      if (shown?.includes('This link is over')) tenant.link = await newLink(tenant);
      // The form stands there as long as nothing was connected.
      if (shown?.includes('name="secretKey"'))
        await fetch(`${world.url}/connect/stripe`, {
          method: 'POST',
          redirect: 'manual',
          body: new URLSearchParams({ link, secretKey, publishableKey, ours: 'yes' }),
        }).catch(() => null);
      return undefined;
    },
    PATIENCE_MS,
  );
  await waiting.catch((error: unknown) => {
    throw new Error(`${String(error)}; the page says: ${wordsOf(last.shown)}`);
  });
  tenant.isConnected = true;
}

/** A link works for an hour, and time goes on with each kill; an admin finds another one among the settings. */
async function newLink({ desk, link }: Tenant): Promise<string> {
  const answer = await insist(desk, '/api/v1/settings');
  const { connectUrl } = answer['view'] as { connectUrl: string };
  return new URL(connectUrl).searchParams.get('link') ?? link;
}

const wordsOf = (html: string): string =>
  html
    .replaceAll(/<(style|script)[^]*?<\/\1>|<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .slice(0, 400);

/** Somebody new at a merchant, of whom nothing is asked yet. */
export function newPerson(tenant: Tenant, email: string): Asked {
  const asked = { recordId: tenant.desk.newPerson(email), invoices: 0, charges: 0, refunds: 0, voids: 0 };
  tenant.asked.set(email, asked);
  return asked;
}

const WRITES = /\/batch\/(update|upsert|create|associate|archive)|\/composite/;

/** Calls that wrote to a CRM since the start. */
export const crmWrites = ({ hubspot, salesforce }: World): number =>
  [...hubspot.calls, ...salesforce.calls].filter(({ method, path }) => method === 'POST' && WRITES.test(path))
    .length;

export const logOf = ({ logFile }: Ground): string => readFileSync(logFile, 'utf8');
