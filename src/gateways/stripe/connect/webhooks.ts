// Our webhook endpoints at a Stripe account.
import type { Stripe } from 'stripe';
import type { GatewayConnection, WebhookEndpoint } from '../../gateway.ts';
import { API_VERSION, type ClientFor } from '../client.ts';
import { calling, isMissing, toConnectorError } from '../errors.ts';
import { usedEvents } from '../normalise.ts';

const subscribed = () => [...usedEvents] as Stripe.WebhookEndpointCreateParams.EnabledEvent[];

/** Of an endpoint that is to tell of next to nothing yet: Stripe wants one. */
const QUIET: Stripe.WebhookEndpointCreateParams.EnabledEvent[] = ['payout.canceled'];

const PAGE = 100;
const MOST = 1_000;

export const createWebhooks = (clientFor: ClientFor) => ({
  apiVersion: API_VERSION,
  async webhooks(connection: GatewayConnection): Promise<WebhookEndpoint[]> {
    const found = await calling(() =>
      clientFor(connection).webhookEndpoints.list({ limit: PAGE }).autoPagingToArray({ limit: MOST }),
    );
    return found.map(({ id, url, api_version: version, status, enabled_events: events }) => ({
      id,
      url,
      version,
      enabled: status === 'enabled',
      events,
    }));
  },
  async time(connection: GatewayConnection): Promise<Date | null> {
    const { lastResponse } = await calling(() => clientFor(connection).webhookEndpoints.list({ limit: 1 }));
    const told = new Date(lastResponse.headers['date'] ?? '');
    return Number.isNaN(told.getTime()) ? null : told;
  },
  async registerWebhook(
    connection: GatewayConnection,
    url: string,
    how?: 'quiet',
  ): Promise<{ endpointId: string; secret: string }> {
    const endpoint = await calling(() =>
      clientFor(connection).webhookEndpoints.create({
        url,
        api_version: API_VERSION as Stripe.WebhookEndpointCreateParams.ApiVersion,
        enabled_events: how === 'quiet' ? QUIET : subscribed(),
        description: 'Payside',
      }),
    );
    return { endpointId: endpoint.id, secret: endpoint.secret ?? '' };
  },
  async renewWebhook(connection: GatewayConnection, endpointId: string): Promise<void> {
    await calling(() =>
      clientFor(connection).webhookEndpoints.update(endpointId, { enabled_events: subscribed() }),
    );
  },
  async removeWebhook(connection: GatewayConnection, endpointId: string): Promise<void> {
    await calling(() => clientFor(connection).webhookEndpoints.del(endpointId)).catch((error: unknown) => {
      if (!isMissing(toConnectorError(error))) throw error;
    });
  },
});
