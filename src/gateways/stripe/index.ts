// Stripe as a gateway.
import type { Clock } from '../../clock.ts';
import type { Gateway } from '../gateway.ts';
import { stripeCapabilities, stripeLimits } from './capabilities.ts';
import { createClientFor, type StripeSettings } from './client.ts';
import { createConnect } from './connect.ts';
import { createOAuth } from './connect/oauth.ts';
import { createWebhooks } from './connect/webhooks.ts';
import { createFetch } from './fetch.ts';
import { createInvoices } from './invoices.ts';
import { createList, history, historyRoots } from './list.ts';
import { createEvents } from './list/events.ts';
import { envelope, normalise } from './normalise.ts';
import { createPayments } from './payments.ts';
import { verify } from './verify.ts';

export function createStripeGateway(settings: StripeSettings, clock: Clock): Gateway {
  const clientFor = createClientFor(settings);
  return {
    name: 'stripe',
    capabilities: stripeCapabilities,
    connect: createConnect(clientFor),
    oauth: settings.app ? createOAuth(clientFor, settings.app, clock.now) : null,
    ...createWebhooks(clientFor),
    verify,
    envelope,
    normalise,
    fetch: createFetch(clientFor),
    limits: stripeLimits,
    history,
    historyRoots,
    list: createList(clientFor),
    events: createEvents(clientFor),
    ...createInvoices(clientFor),
    ...createPayments(clientFor),
  };
}
