// A Stripe stand-in with one account, a client of it and a receiver of its webhooks, for tests.
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Stripe } from 'stripe';
import { createSandboxClock, type SandboxClock } from '../../sandbox/clock.ts';
import { startStripe, type AccountDefinition, type StripeStandIn } from '../../sandbox/stripe/start.ts';

export type Received = { body: string; signature: string; event: Stripe.Event };

export type Ground = {
  standIn: StripeStandIn;
  clock: SandboxClock;
  definition: AccountDefinition;
  stripe: Stripe;
  clientFor(key: string): Stripe;
  close(): Promise<void>;
};

export function accountDefinition(id: string, extra: Partial<AccountDefinition> = {}): AccountDefinition {
  const part = () => randomBytes(16).toString('hex');
  return {
    id,
    name: 'Northwind Test Supplies',
    country: 'US',
    currency: 'usd',
    livemode: false,
    secretKey: `sk_test_${part()}`,
    restrictedKey: `rk_test_${part()}`,
    publishableKey: `pk_test_${part()}`,
    ...extra,
  };
}

export async function startGround(
  options: { limits?: boolean; definition?: AccountDefinition; others?: AccountDefinition[] } = {},
): Promise<Ground> {
  const definition = options.definition ?? accountDefinition('acct_1Northwind');
  const clock = createSandboxClock();
  const standIn = await startStripe({
    port: 0,
    clock,
    accounts: [definition, ...(options.others ?? [])],
    webhookRetryMs: 10,
    limits: options.limits,
    recordTo: process.env['STRIPE_RECORD_TO'],
  });
  const port = Number(new URL(standIn.url).port);
  const clientFor = (key: string) =>
    new Stripe(key, { host: '127.0.0.1', port, protocol: 'http', telemetry: false, maxNetworkRetries: 0 });
  const stripe = clientFor(definition.secretKey);
  return { standIn, clock, definition, stripe, clientFor, close: () => standIn.close() };
}

/** Calls one of the stand-in's own doors. */
export async function openDoor(ground: Ground, path: string, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${ground.standIn.url}/_sandbox/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  return (await response.json()) as Record<string, unknown>;
}

/** An open invoice of one line over `amount` minor units. */
export async function openInvoice(stripe: Stripe, customer: string, amount: number): Promise<Stripe.Invoice> {
  const draft = await stripe.invoices.create({
    customer,
    collection_method: 'send_invoice',
    days_until_due: 30,
    currency: 'usd',
  });
  await stripe.invoices.addLines(draft.id, { lines: [{ amount, description: 'Delivery' }] });
  return stripe.invoices.finalizeInvoice(draft.id);
}

export type Mailbox = {
  url: string;
  received: Received[];
  answerWith(status: number): void;
  close(): Promise<void>;
};

/** Receives webhooks; answers 200 unless told otherwise. */
export async function openMailbox(): Promise<Mailbox> {
  const received: Received[] = [];
  let status = 200;
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const signature = String(request.headers['stripe-signature']);
      received.push({ body, signature, event: JSON.parse(body) as Stripe.Event });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answerWith(next) {
      status = next;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
