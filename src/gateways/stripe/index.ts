// Stripe as a gateway.
import type { Gateway } from '../gateway.ts';
import { stripeCapabilities } from './capabilities.ts';
import { createClientFor, type StripeSettings } from './client.ts';
import { createConnect, createWebhooks } from './connect.ts';
import { createFetch } from './fetch.ts';
import { createInvoices } from './invoices.ts';
import { createList, history } from './list.ts';
import { envelope, normalise } from './normalise.ts';
import { createPayments } from './payments.ts';
import { verify } from './verify.ts';

export function createStripeGateway(settings: StripeSettings): Gateway {
  const clientFor = createClientFor(settings);
  return {
    name: 'stripe',
    capabilities: stripeCapabilities,
    connect: createConnect(clientFor),
    ...createWebhooks(clientFor),
    verify,
    envelope,
    normalise,
    fetch: createFetch(clientFor),
    history,
    list: createList(clientFor),
    ...createInvoices(clientFor),
    ...createPayments(clientFor),
  };
}
