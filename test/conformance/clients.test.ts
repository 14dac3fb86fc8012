// The contract against the vendors' own clients: what they send must conform, or the derivation is wrong.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from '@hubspot/api-client';
import { AssociationSpecAssociationCategoryEnum } from '@hubspot/api-client/lib/codegen/crm/associations/v4/index.js';
import {
  PropertyCreateFieldTypeEnum,
  PropertyCreateTypeEnum,
} from '@hubspot/api-client/lib/codegen/crm/properties/index.js';
import { Stripe } from 'stripe';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createHubspotChecker } from './check-hubspot.ts';
import { createStripeChecker } from './check-stripe.ts';
import type { CheckedExchange, Checker } from './contract.ts';
import { violationTexts } from './self-test.ts';

const ERROR = {
  error: { type: 'invalid_request_error', message: 'only recorded' },
  category: 'RECORDED',
  message: 'only recorded',
  correlationId: '6f1c0b1e-2d3a-4f5b-8c7d-9e0f1a2b3c4d',
};

let server: Server;
let port: number;
let recorded: CheckedExchange[] = [];

beforeAll(async () => {
  server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const isStripe = req.url?.startsWith('/v1/') ?? false;
      const { error, ...rest } = ERROR;
      const response = JSON.stringify(isStripe ? { error } : rest);
      recorded.push({
        method: req.method ?? '',
        path: req.url ?? '',
        requestHeaders: req.headers,
        body,
        status: 400,
        response,
      });
      res.writeHead(400, { 'content-type': 'application/json' }).end(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});

beforeEach(() => {
  recorded = [];
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function violations(checker: Checker): string[] {
  return recorded.flatMap((exchange) => violationTexts(checker.check(exchange)));
}

test('requests of the stripe client conform to the contract derived from it', async () => {
  const options = {
    host: '127.0.0.1',
    port,
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: 0,
  } as const;
  const stripe = new Stripe('sk_test_recorded', options);
  const calls: PromiseLike<unknown>[] = [
    stripe.invoices.create({
      customer: 'cus_1',
      collection_method: 'send_invoice',
      days_until_due: 30,
      metadata: { payside_op: 'op-1' },
      custom_fields: [{ name: 'PO', value: '7' }],
    }),
    stripe.invoices.attachPayment('in_1', { payment_intent: 'pi_1' }),
    stripe.invoices.pay('in_1', { paid_out_of_band: true }),
    stripe.paymentIntents.create({
      amount: 2000,
      currency: 'eur',
      confirm: true,
      off_session: true,
      payment_method: 'pm_1',
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    }),
    stripe.customers.list({ limit: 3, created: { gte: 1_790_000_000 }, expand: ['data.tax_ids'] }),
    stripe.customers.update('cus_1', { email: '', metadata: null }),
    stripe.refunds.create({ payment_intent: 'pi_1', amount: 500, reason: 'requested_by_customer' }),
    stripe.webhookEndpoints.create({
      url: 'https://payside.example.com/webhooks/stripe',
      enabled_events: ['invoice.paid'],
    }),
    stripe.events.list({ delivery_success: false, types: ['invoice.paid', 'charge.refunded'] }),
    stripe.accounts.retrieveCurrent(),
  ];
  const outcomes = await Promise.allSettled(calls);
  expect(outcomes.every((outcome) => outcome.status === 'rejected')).toBe(true);
  expect(recorded).toHaveLength(calls.length);
  expect(violations(await createStripeChecker())).toEqual([]);
});

test('requests of the HubSpot client conform to the contract derived from it', async () => {
  const { crm, oauth } = new Client({ accessToken: 'recorded', basePath: `http://127.0.0.1:${port}` });
  const upsert = {
    inputs: [{ idProperty: 'email', id: 'ada@example.com', properties: { email: 'ada@example.com' } }],
  };
  const types = [
    { associationCategory: AssociationSpecAssociationCategoryEnum.HubspotDefined, associationTypeId: 177 },
  ];
  const calls: Promise<unknown>[] = [
    crm.contacts.batchApi.upsert(upsert),
    crm.objects.batchApi.upsert('commerce_payments', upsert),
    crm.objects.basicApi.getById('invoices', '1', ['hs_due_date'], undefined, ['contacts']),
    crm.objects.basicApi.archive('deals', '1'),
    crm.objects.searchApi.doSearch('deals', {
      filterGroups: [],
      sorts: [],
      properties: [],
      limit: 5,
      after: '0',
    }),
    crm.associations.v4.batchApi.create('invoices', 'contacts', {
      inputs: [{ _from: { id: '1' }, to: { id: '51' }, types }],
    }),
    crm.properties.coreApi.create('contacts', {
      name: 'payside_owed_text',
      label: 'Owed',
      type: PropertyCreateTypeEnum.String,
      fieldType: PropertyCreateFieldTypeEnum.Text,
      groupName: 'payside',
    }),
    crm.owners.ownersApi.getPage('rep@example.com', undefined, 5),
    oauth.tokensApi.create('refresh_token', undefined, undefined, 'client', 'secret', 'refresh'),
  ];
  const outcomes = await Promise.allSettled(calls);
  expect(outcomes.every((outcome) => outcome.status === 'rejected')).toBe(true);
  expect(recorded).toHaveLength(calls.length);
  expect(violations(await createHubspotChecker())).toEqual([]);
});
