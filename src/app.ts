// Wires the rooms: the one place where adapters are named and every room gets what it asked for.
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { createHubspotCrm } from './crms/hubspot/index.ts';
import { createStripeGateway } from './gateways/stripe/index.ts';
import { createAdminLinks } from './http/admin-link.ts';
import { listen } from './http/server.ts';
import { createLog, type Log } from './log.ts';
import { createKeyRing } from './secrets/key-ring/index.ts';
import { openEmbeddedStore } from './store/embedded/index.ts';
import { createAccountConnection } from './workspaces/accounts.ts';
import { createDirectory } from './workspaces/directory.ts';
import { startBackground } from './wiring/background.ts';
import { createPayLinks } from './billing/pay-link.ts';
import { createPresence } from './billing/presence.ts';
import { expressApp, webhookDoor } from './wiring/doors.ts';
import { createConnectionFor } from './workspaces/tokens.ts';

export type App = { port: number; close(): Promise<void> };

export type AppOptions = { config: Config; clock: Clock; log?: Log };

/** Opens the store, starts the loops and listens. */
export async function createApp(options: AppOptions): Promise<App> {
  const house = await furnish(options);
  const background = startBackground(house);
  const server = await listen(
    options.config.PORT,
    webhookDoor(house, background),
    expressApp(house, background),
  );
  house.log.info('listening', { port: server.port });
  return {
    port: server.port,
    async close() {
      await server.close();
      await background.stop();
      await house.store.close();
    },
  };
}

export type House = Awaited<ReturnType<typeof furnish>>;

async function furnish({ config, clock, log = createLog(config.LOG_LEVEL) }: AppOptions) {
  const store = await openEmbeddedStore(config.STORE_URL.replace(/^embedded:/, ''));
  const secrets = createKeyRing(config.ENCRYPTION_KEYS);
  const directory = createDirectory(store);
  const gateway = createStripeGateway({ apiBase: config.STRIPE_API_BASE });
  const crm = createHubspotCrm(
    {
      apiBase: config.HUBSPOT_API_BASE,
      appBase: config.HUBSPOT_APP_BASE,
      clientId: config.HUBSPOT_CLIENT_ID ?? '',
      clientSecret: config.HUBSPOT_CLIENT_SECRET ?? '',
      redirectUri: `${config.PUBLIC_BASE_URL}/oauth/hubspot/callback`,
      publicBaseUrl: config.PUBLIC_BASE_URL,
    },
    clock,
  );
  const accountConnection = createAccountConnection({ directory, secrets });
  const connectionFor = createConnectionFor({ store, clock, log, secrets, directory, crmOf: () => crm });
  const links = createAdminLinks(secrets, clock);
  const payLinks = createPayLinks(secrets);
  const presence = createPresence(clock);
  const payUrl = (account: string, invoiceId: string, version = 1): string =>
    `${config.PUBLIC_BASE_URL}/pay/${payLinks.token({ account, invoiceId, version })}`;
  return {
    config,
    clock,
    log,
    store,
    secrets,
    directory,
    gateway,
    crm,
    accountConnection,
    connectionFor,
    links,
    payLinks,
    payUrl,
    presence,
  };
}
