// Furnishes the house: the store, the keys, the adapters by name, and what hands out connections.
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Crm } from '../crms/crm.ts';
import { limitsOf, type GatewayConnection } from '../gateways/gateway.ts';
import { createResealing } from '../forgetting/reseal.ts';
import { withPersonsSealed, type StoredPerson } from '../forgetting/sealed-persons.ts';
import { createGatewayPace } from '../outbox/gateway-pace.ts';
import { createAdminLinks } from '../http/admin-link.ts';
import { createLog, type Log } from '../log.ts';
import { createKeyRing } from '../secrets/key-ring/index.ts';
import type { Store } from '../store/store.ts';
import { createAccountAccess } from '../workspaces/account-access.ts';
import { createDirectory } from '../workspaces/directory.ts';
import { createPayLinks } from '../billing/pay-link.ts';
import { createPresence } from '../billing/presence.ts';
import { renewingCrm, renewingGateway } from '../workspaces/renewal.ts';
import { createTokens } from '../workspaces/tokens.ts';
import { createCrms } from './crms.ts';

export type HouseOptions = {
  config: Config;
  clock: Clock;
  log?: Log;
  /** For those who come after the connector: refuses where it never kept anything. */
  mustExist?: boolean;
};

const EMBEDDED = 'embedded:';

/** null for a database. */
export const storeFolder = ({ STORE_URL }: Config): string | null =>
  STORE_URL.startsWith(EMBEDDED) ? STORE_URL.slice(EMBEDDED.length) : null;

/** What the loops and the doors are built from. */
export type House = Awaited<ReturnType<typeof furnish>>;

/** Opens the store and makes every adapter. @throws store_unavailable when the store cannot be opened */
export async function furnish(options: HouseOptions) {
  const { config, clock, log = createLog(config.LOG_LEVEL), mustExist = false } = options;
  const secrets = createKeyRing(config.ENCRYPTION_KEYS);
  // What takes long to load is loaded while the thread of the store begins.
  const [sealed, crmAdapters, { createStripeGateway }] = await Promise.all([
    openStore(config, log, mustExist),
    crmsOf(config, clock, log),
    import('../gateways/stripe/index.ts'),
  ]);
  const store = withPersonsSealed(sealed, secrets);
  const persons = createResealing(sealed, secrets);
  const directory = createDirectory(store);
  const stripe = createStripeGateway({ apiBase: config.STRIPE_API_BASE, app: stripeApp(config) }, clock);
  const accounts = createAccountAccess({ store, clock, log, secrets, directory, oauth: stripe.oauth });
  const gateway = renewingGateway(stripe, accounts);
  const gatewayPace = createGatewayPace();
  const adapters = createCrms(crmAdapters);
  const tokens = createTokens({ store, clock, log, secrets, directory, crmOf: adapters.of });
  const { connectionFor } = tokens;
  const crms = createCrms(adapters.all.map((crm) => renewingCrm(crm, tokens.renewed)));
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
    persons,
    directory,
    gateway,
    crms,
    accounts,
    gatewayPace,
    accountConnection: async (id: string): Promise<GatewayConnection> => {
      const connection = await accounts.connectionFor(id);
      return { ...connection, pace: () => gatewayPace.spend(id, limitsOf(gateway, connection)) };
    },
    connectionFor,
    links,
    payLinks,
    payUrl,
    presence,
  };
}

/** A folder of this machine, or a database that several connectors may share. */
async function openStore(config: Config, log: Log, mustExist: boolean): Promise<Store<StoredPerson>> {
  const folder = storeFolder(config);
  if (folder === null) {
    const { openPostgresStore } = await import('../store/postgres/index.ts');
    return openPostgresStore(config.STORE_URL, log, { mustExist });
  }
  const { openEmbeddedStore } = await import('../store/embedded/index.ts');
  return openEmbeddedStore(folder, { mustExist });
}

/** The CRMs for which this connector has an app; the vendor's package of another one is not even loaded. */
export async function crmsOf(config: Config, clock: Clock, log: Log): Promise<Crm[]> {
  const found = await Promise.all([hubspotOf(config, clock), salesforceOf(config, clock, log)]);
  return found.filter((crm) => crm !== null);
}

async function hubspotOf(config: Config, clock: Clock): Promise<Crm | null> {
  const { HUBSPOT_CLIENT_ID: clientId, HUBSPOT_CLIENT_SECRET: clientSecret, PUBLIC_BASE_URL } = config;
  if (!clientId || !clientSecret) return null;
  const { createHubspotCrm } = await import('../crms/hubspot/index.ts');
  return createHubspotCrm(
    {
      apiBase: config.HUBSPOT_API_BASE,
      appBase: config.HUBSPOT_APP_BASE,
      clientId,
      clientSecret,
      redirectUri: `${PUBLIC_BASE_URL}/oauth/hubspot/callback`,
      publicBaseUrl: PUBLIC_BASE_URL,
    },
    clock,
  );
}

async function salesforceOf(config: Config, clock: Clock, log: Log): Promise<Crm | null> {
  const { SALESFORCE_CLIENT_ID: clientId, SALESFORCE_CLIENT_SECRET: clientSecret } = config;
  if (!clientId || !clientSecret) return null;
  const { createSalesforceCrm } = await import('../crms/salesforce/index.ts');
  return createSalesforceCrm(
    {
      loginBase: config.SALESFORCE_LOGIN_BASE,
      clientId,
      clientSecret,
      redirectUri: `${config.PUBLIC_BASE_URL}/oauth/salesforce/callback`,
    },
    clock,
    log,
  );
}

/** Our app at Stripe, with which merchants connect by consent; most operators have none. */
function stripeApp(config: Config) {
  const { STRIPE_CLIENT_ID: clientId, STRIPE_SECRET_KEY: secretKey } = config;
  if (!clientId || !secretKey) return undefined;
  const redirectUri = `${config.PUBLIC_BASE_URL}/oauth/stripe/callback`;
  return { connectBase: config.STRIPE_CONNECT_BASE, clientId, secretKey, redirectUri };
}
