// The Stripe client for one account: pinned version, own host, own time-out; the SDK's retries stay off.
import { Stripe } from 'stripe';
import type { GatewayConnection } from '../gateway.ts';
import type { StripeApp } from './connect/oauth.ts';

export type StripeSettings = {
  apiBase: string;
  /** Our app at Stripe, where the operator has one. */
  app?: StripeApp | undefined;
  /** How long one call may take; left out: 6 s. */
  timeoutMs?: number | undefined;
};

export type ClientFor = (connection: GatewayConnection) => Stripe;

/** The version the SDK was generated for: webhook endpoints are pinned to it as well. */
export const API_VERSION = Stripe.API_VERSION;

/** Well under the 15 s after which HubSpot gives up on a card's request. */
const TIMEOUT_MS = 6_000;

export function createClientFor(settings: StripeSettings): ClientFor {
  const base = new URL(settings.apiBase);
  const where = {
    host: base.hostname,
    protocol: base.protocol === 'http:' ? ('http' as const) : ('https' as const),
    ...(base.port ? { port: Number(base.port) } : {}),
  };
  return ({ credentials, pace }) =>
    new Stripe(credentials.kind === 'oauth' ? credentials.accessToken : credentials.secretKey, {
      ...where,
      apiVersion: API_VERSION as NonNullable<ConstructorParameters<typeof Stripe>[1]>['apiVersion'] & string,
      maxNetworkRetries: 0,
      telemetry: false,
      timeout: settings.timeoutMs ?? TIMEOUT_MS,
      ...(pace ? { httpClient: paced(pace) } : {}),
      ...(credentials.kind === 'platform' ? { stripeAccount: credentials.externalId } : {}),
    });
}

/** The time a request waits for its turn is not counted as the gateway's. */
function paced(pace: () => Promise<void>) {
  const client = Stripe.createNodeHttpClient();
  const send = client.makeRequest.bind(client);
  client.makeRequest = async (...request) => {
    await pace();
    return send(...request);
  };
  return client;
}
