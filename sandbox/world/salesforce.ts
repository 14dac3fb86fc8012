// Salesforce in the small world: the stand-in with our app in it, and what the connector has to know of that app.
import { fileURLToPath } from 'node:url';
import scopes from '../../manifests/scopes.json' with { type: 'json' };
import type { SandboxClock } from '../clock.ts';
import { startSalesforce, type OrgSeed, type SalesforceStandIn } from '../salesforce/start.ts';
import { appKeys } from './keys.ts';

/** The source of the package, as an admin would deploy it. */
const PACKAGE = fileURLToPath(new URL('../../extensions/salesforce/force-app/main/default', import.meta.url));

export type SalesforceOptions = {
  clock: SandboxClock;
  orgs: readonly OrgSeed[];
  /** Public address of the connector. */
  url: string;
  recordTo?: string | undefined;
};

export type SalesforceWorld = { salesforce: SalesforceStandIn; env: Record<string, string> };

export async function startSalesforceWorld({
  clock,
  orgs,
  url,
  recordTo,
}: SalesforceOptions): Promise<SalesforceWorld> {
  const { clientId, clientSecret } = appKeys();
  const salesforce = await startSalesforce({
    port: 0,
    clock,
    orgs,
    packageFolder: PACKAGE,
    app: {
      clientId,
      clientSecret,
      name: 'Payside',
      scopes: [...scopes.salesforce.required, ...scopes.salesforce.optional],
      redirectUrls: [`${url}/oauth/salesforce/callback`],
    },
    connector: url,
    recordTo,
  });
  return {
    salesforce,
    env: {
      SALESFORCE_CLIENT_ID: clientId,
      SALESFORCE_CLIENT_SECRET: clientSecret,
      SALESFORCE_LOGIN_BASE: salesforce.url,
    },
  };
}
