// What the adapter makes of Stripe's subscriptions: several items, prices by use, pauses, ends, and keys that may not read them.
import * as fc from 'fast-check';
import nock from 'nock';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { createStripeGateway } from '../../../src/gateways/stripe/index.ts';
import { RIGHTS } from '../../../src/gateways/stripe/connect.ts';
import { subscriptionFacts } from '../../../src/gateways/stripe/normalise/subscriptions.ts';
import type { Subscription } from '../../../src/ledger/entities.ts';
import type { Fact } from '../../../src/ledger/facts.ts';
import type { Made } from '../../../sandbox/stripe/start.ts';
import { ACCOUNT, folded, newCustomer, newInvoice, read } from '../../contract/gateway-rig.ts';
import { stripeRig, type StripeRig } from '../../contract/stripe-rig.ts';

let rig: StripeRig;
beforeEach(async () => {
  rig = await stripeRig();
});
afterEach(async () => {
  nock.cleanAll();
  await rig.close();
});

const CARE = { name: 'Care', amount: 1_250 };

const said = async (id: string): Promise<Subscription | undefined> =>
  folded(await read(rig, { entity: 'subscription', id })).subscription[0]?.body;

const bodyOf = (raw: unknown): Subscription | undefined =>
  folded(subscriptionFacts(raw, { account: ACCOUNT, number: 1 })).subscription[0]?.body;

async function subscription(items = [CARE]): Promise<Made> {
  return rig.at.subscribe(await newCustomer(rig), { items, daysUntilDue: 14 });
}

/** As the API shows it, with something in it changed. */
async function shown(change: object, ofItem: object = {}, ofPrice: object = {}): Promise<unknown> {
  const { id } = await subscription();
  const made = rig.at.request('GET', `/v1/subscriptions/${id}`);
  const items = made['items'] as { data: Record<string, unknown>[] };
  const data = items.data.map((item) => ({
    ...item,
    ...ofItem,
    price: { ...(item['price'] as object), ...ofPrice },
  }));
  return { ...made, items: { ...items, data }, ...change };
}

describe('the amount of a period', () => {
  test('adds up all items, also of more than a page', async () => {
    const items = Array.from({ length: 13 }, (_, nth) => ({ name: `Part ${nth}`, amount: 100 + nth }));
    const { id } = await subscription(items);
    expect(await said(id)).toMatchObject({ amountMinor: 13 * 100 + 78, period: { unit: 'month', count: 1 } });
    const listed = await rig.gateway.list(rig.connection, 'subscriptions', null, 1);
    expect(folded(listed.facts).subscription[0]?.body.amountMinor).toBe(1_378);
  });

  test('is left open where items are charged at other times, and the earliest end is the next', async () => {
    const year = { ...CARE, unit: 'year' as const };
    const { id } = await subscription([year, CARE]);
    const monthly = await said((await subscription()).id);
    expect(await said(id)).toMatchObject({ amountMinor: null, period: null });
    expect((await said(id))?.periodEndsAt?.slice(0, 10)).toBe(monthly?.periodEndsAt?.slice(0, 10));
  });

  test.each([
    ['metered', {}, { unit_amount: null }],
    ['without a quantity', { quantity: undefined }, {}],
    ['sold in packs', {}, { transform_quantity: { divide_by: 5, round: 'up' } }],
  ])('is left open where a price is %s', async (_what, ofItem, ofPrice) => {
    const raw = await shown({}, ofItem, ofPrice);
    expect(bodyOf(raw)).toMatchObject({ amountMinor: null, period: { unit: 'month', count: 1 } });
  });

  test.each([
    ['jpy', 500, 'JPY', 500],
    ['kwd', 12_340, 'KWD', 12_340],
    ['isk', 120_000, 'ISK', 1_200],
  ])('is in our minor units for %s', async (currency, unit_amount, code, amountMinor) => {
    const raw = await shown({ currency }, {}, { unit_amount });
    expect(bodyOf(raw)).toMatchObject({ currency: code, amountMinor });
  });
});

describe('the state', () => {
  test('is paused while nothing is collected, and what it was before afterwards', async () => {
    const { id } = await subscription();
    rig.at.steer(id, 'pause');
    expect(await said(id)).toMatchObject({ status: 'paused', endedAt: null });
    rig.at.steer(id, 'resume');
    expect(await said(id)).toMatchObject({ status: 'active' });
  });

  test.each([
    ['trialing', 'trialing'],
    ['past_due', 'past_due'],
    ['unpaid', 'unpaid'],
    ['incomplete', 'incomplete'],
    ['paused', 'paused'],
    ['a state of next year', 'incomplete'],
  ])('%s at Stripe is %s', async (status, ours) => {
    expect(bodyOf(await shown({ status }))).toMatchObject({ status: ours, endedAt: null });
  });

  test('of one that was never paid for has ended like any other', async () => {
    const raw = await shown({ status: 'incomplete_expired', ended_at: null, canceled_at: 1_790_000_000 });
    const endedAt = new Date(1_790_000_000_000).toISOString();
    expect(bodyOf(raw)).toMatchObject({ status: 'canceled', endedAt, periodEndsAt: null });
  });

  test('says beforehand when it ends by itself', async () => {
    const { id } = await subscription();
    rig.at.steer(id, 'end later');
    const before = await said(id);
    expect(before).toMatchObject({ status: 'active', cancelAt: before?.periodEndsAt, endedAt: null });
    rig.clock.advance(32 * 86_400_000);
    expect(await said(id)).toMatchObject({ status: 'canceled', cancelAt: null, endedAt: before?.cancelAt });
  });

  test('of a customer who was deleted has ended', async () => {
    const { id, customer } = await subscription();
    rig.at.request('DELETE', `/v1/customers/${String(customer)}`);
    expect(await said(id)).toMatchObject({ status: 'canceled', customerId: customer });
  });
});

test('readings that come in any order, and again, end in what the last one read says', async () => {
  const { id } = await subscription();
  const facts: Fact[] = [];
  for (const step of ['double', 'pause', 'resume', 'end later', 'end'] as const) {
    facts.push(...(await read(rig, { entity: 'subscription', id })));
    rig.at.steer(id, step);
  }
  facts.push(...(await read(rig, { entity: 'subscription', id })));
  const last = folded(facts).subscription;
  expect(last).toMatchObject([{ body: { status: 'canceled', amountMinor: 2_500 } }]);
  const orders = fc.array(fc.constantFrom(...facts), { maxLength: 8 });
  fc.assert(
    fc.property(orders, orders, (before, after) => {
      const all = [...before, ...facts.toReversed(), ...after];
      expect(folded(all).subscription).toEqual(last);
    }),
  );
});

test('each of its invoices names it, also when its period has moved on', async () => {
  const { id } = await subscription();
  rig.at.steer(id, 'renew');
  const listed = folded((await rig.gateway.list(rig.connection, 'invoices', null, 1)).facts);
  expect(listed.invoice.map(({ body }) => [body.subscriptionId, body.totalMinor])).toEqual([
    [id, 1_250],
    [id, 1_250],
  ]);
});

describe('a key that was connected before subscriptions were read', () => {
  const codes = RIGHTS.map(({ code }) => code).filter((code) => code !== 'rak_subscription_read');

  beforeEach(async () => {
    await rig.close();
    rig = await stripeRig({ rights: codes });
  });

  test('leaves them out of history and of readings, and everything else is read', async () => {
    await newInvoice(rig);
    const { id } = await subscription();
    expect(await read(rig, { entity: 'subscription', id })).toEqual([]);
    const page = await rig.gateway.list(rig.connection, 'subscriptions', null, 1);
    expect(page).toEqual({ facts: [], next: null, objects: 0, skipped: 0 });
    const { objects } = await rig.gateway.list(rig.connection, 'invoices', null, 1);
    expect(objects).toBe(2);
  });

  test('is refused when it is connected anew, and told what is missing', async () => {
    const { restrictedKey, publishableKey } = rig.definition;
    expect(await rig.gateway.connect(restrictedKey, publishableKey)).toEqual({
      ok: false,
      problems: [expect.stringContaining('Subscriptions: read')],
    });
  });
});

test('one that nobody can represent is left out of its page and counted', async () => {
  const BASE = 'https://stripe.example.test';
  const served = createStripeGateway({ apiBase: BASE }, systemClock);
  const odd = await shown({ currency: 'zzz' });
  const good = await shown({});
  const page = { object: 'list', data: [odd, good], has_more: false, url: '/v1/subscriptions' };
  nock(BASE).get('/v1/subscriptions').query({ limit: 100, status: 'all' }).reply(200, page);
  expect(await served.list(rig.connection, 'subscriptions', null, 1)).toMatchObject({
    objects: 2,
    skipped: 1,
  });
});
