// One whole small world on loopback: stand-ins of HubSpot, Salesforce and Stripe, and the connector between them.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import scopes from '../../manifests/scopes.json' with { type: 'json' };
import events from '../../manifests/webhook-events.json' with { type: 'json' };
import type { App } from '../../src/app.ts';
import { createSandboxClock, type SandboxClock } from '../clock.ts';
import { startConnector } from '../connector.ts';
import { startHubspot, type CardSpec, type HubspotStandIn, type PortalSeed } from '../hubspot/start.ts';
import type { OrgSeed, SalesforceStandIn } from '../salesforce/start.ts';
import {
  startStripe,
  type AccountDefinition,
  type AppDefinition,
  type StripeStandIn,
} from '../stripe/start.ts';
import { freePort } from './free-port.ts';
import { appKeys, encryptionKeys, stripeAppKeys } from './keys.ts';
import { startSalesforceWorld } from './salesforce.ts';

export type WorldOptions = {
  /** Where the connector keeps its data and its log; what an earlier world left there goes. */
  folder: string;
  portals: readonly PortalSeed[];
  /** Salesforce orgs; default none. */
  orgs?: readonly OrgSeed[];
  accounts: readonly AccountDefinition[];
  cards?: readonly CardSpec[];
  /** 0 = any free port. */
  port?: number;
  env?: Record<string, string>;
  recordTo?: (vendor: string) => string | undefined;
  webhookRetryMs?: number;
  /** Stripe takes no more requests a second than it says; left out: any number. */
  stripeLimits?: boolean;
  /** Merchants may connect by consent as well, as where an operator has an app at Stripe. */
  stripeApp?: boolean | Pick<AppDefinition, 'rights'>;
};

export type World = {
  clock: SandboxClock;
  hubspot: HubspotStandIn;
  salesforce: SalesforceStandIn;
  stripe: StripeStandIn;
  /** Public address of the connector. */
  url: string;
  portals: readonly PortalSeed[];
  orgs: readonly OrgSeed[];
  accounts: readonly AccountDefinition[];
  env: Record<string, string>;
  envFile: string;
  logFile: string;
  stopConnector(): Promise<void>;
  startConnector(): Promise<void>;
  close(): Promise<void>;
};

export async function startWorld(options: WorldOptions): Promise<World> {
  const clock = createSandboxClock();
  const keys = appKeys();
  const port = options.port || (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const { recordTo = () => undefined } = options;
  const hubspot = await startHubspot({
    port: 0,
    clock,
    portals: options.portals,
    app: {
      ...keys,
      name: 'Payside',
      requiredScopes: scopes.hubspot.required,
      optionalScopes: scopes.hubspot.optional,
      redirectUrls: [`${url}/oauth/hubspot/callback`],
      permittedFetch: [url],
    },
    webhookTarget: `${url}/webhooks/hubspot`,
    webhookSubscriptions: Object.keys(events.hubspot).map((subscriptionType) => ({ subscriptionType })),
    cards: options.cards ?? [],
    variables: { CONNECTOR_URL: url },
    recordTo: recordTo('hubspot'),
  });
  const { portals, orgs = [], accounts, folder } = options;
  const { salesforce, env: ofSalesforce } = await startSalesforceWorld({
    clock,
    orgs,
    url,
    recordTo: recordTo('salesforce'),
  });
  const app = options.stripeApp
    ? stripeApp(url, options.stripeApp === true ? {} : options.stripeApp)
    : undefined;
  const stripe = await startStripe({
    port: 0,
    clock,
    accounts: options.accounts,
    app: app?.definition,
    recordTo: recordTo('stripe'),
    webhookRetryMs: options.webhookRetryMs,
    limits: options.stripeLimits,
  });
  const env = environment({
    url,
    port,
    folder: options.folder,
    hubspot,
    stripe,
    keys,
    extra: {
      ...ofSalesforce,
      ...app?.env,
      ...(app ? { STRIPE_CONNECT_BASE: stripe.url } : {}),
      ...options.env,
    },
  });
  return assemble({ clock, hubspot, salesforce, stripe, url, env, portals, orgs, accounts, folder });
}

/** An app at Stripe, as its publisher sets it up, and what the connector has to know of it. */
function stripeApp(
  url: string,
  { rights }: Pick<AppDefinition, 'rights'>,
): { definition: AppDefinition; env: Record<string, string> } {
  const { clientId, secretKey, publishableKey, webhookSecret } = stripeAppKeys();
  return {
    definition: {
      clientId,
      secretKey,
      redirectUris: [`${url}/oauth/stripe/callback`],
      webhook: { url: `${url}/webhooks/stripe`, secret: webhookSecret },
      rights,
    },
    env: {
      STRIPE_CLIENT_ID: clientId,
      STRIPE_SECRET_KEY: secretKey,
      STRIPE_PUBLISHABLE_KEY: publishableKey,
      STRIPE_WEBHOOK_SECRET: webhookSecret,
    },
  };
}

type Parts = {
  url: string;
  port: number;
  folder: string;
  hubspot: HubspotStandIn;
  stripe: StripeStandIn;
  keys: ReturnType<typeof appKeys>;
  extra: Record<string, string>;
};

function environment({ url, port, folder, hubspot, stripe, keys, extra }: Parts): Record<string, string> {
  return {
    PUBLIC_BASE_URL: url,
    PORT: String(port),
    ENCRYPTION_KEYS: encryptionKeys(),
    STORE_URL: `embedded:${join(folder, 'data')}`,
    HUBSPOT_CLIENT_ID: keys.clientId,
    HUBSPOT_CLIENT_SECRET: keys.clientSecret,
    HUBSPOT_API_BASE: hubspot.url,
    HUBSPOT_APP_BASE: hubspot.url,
    STRIPE_API_BASE: stripe.url,
    STRIPE_JS_BASE: stripe.url,
    RETRY_BASE_MS: '200',
    ...extra,
  };
}

type Assembled = Omit<World, 'envFile' | 'logFile' | 'stopConnector' | 'startConnector' | 'close'> & {
  folder: string;
};

async function assemble({ folder, ...world }: Assembled): Promise<World> {
  for (const old of ['data', 'connector.log']) rmSync(join(folder, old), { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const envFile = join(folder, 'env');
  const logFile = join(folder, 'connector.log');
  writeFileSync(
    envFile,
    Object.entries(world.env)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
    { mode: 0o600 },
  );
  const running: { app?: App | undefined } = {};
  const start = async (): Promise<void> => {
    running.app = await startConnector({ env: world.env, clock: world.clock, logFile });
  };
  const stop = async (): Promise<void> => {
    await running.app?.close();
    running.app = undefined;
  };
  await start();
  return {
    ...world,
    envFile,
    logFile,
    startConnector: start,
    stopConnector: stop,
    async close() {
      await stop();
      await Promise.all([world.hubspot, world.salesforce, world.stripe].map((standIn) => standIn.close()));
    },
  };
}
