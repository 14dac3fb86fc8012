// What the adapter makes of movements of a Stripe balance: of payments, refunds and disputes, exchanged ones, and keys without the right.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RIGHTS } from '../../../src/gateways/stripe/connect.ts';
import { balanceFacts } from '../../../src/gateways/stripe/normalise/balance.ts';
import { gapsOf } from '../../../src/ledger/proof.ts';
import type { Made } from '../../../sandbox/stripe/start.ts';
import {
  ACCOUNT,
  factsListed,
  folded,
  ledgerOfInvoice,
  newCustomer,
  newInvoice,
} from '../../contract/gateway-rig.ts';
import { stripeRig, type StripeRig } from '../../contract/stripe-rig.ts';

let rig: StripeRig;
beforeEach(async () => {
  rig = await stripeRig();
});
afterEach(() => rig.close());

/** A payment of 62.50 USD. */
async function paid(kind: 'instant' | 'bank' = 'instant'): Promise<{ charge: Made; payment: string }> {
  const customerId = await newCustomer(rig);
  const { invoiceId } = await newInvoice(rig, { customerId });
  rig.at.act('invoices', invoiceId, 'pay', { payment_method: await rig.method(kind, customerId) });
  const charge = rig.at.all('charges').findLast((one) => one.customer === customerId)!;
  return { charge, payment: String(charge['payment_intent']) };
}

const movements = async () => {
  const { facts } = await rig.gateway.list(rig.connection, 'balanceTransactions', null, 1);
  return folded(facts).balanceTransaction.map(({ body }) => body);
};

describe('a movement', () => {
  test('of a payment, a refund and a dispute names them, with amount, fee and currency', async () => {
    const { charge, payment } = await paid();
    rig.at.create('refunds', { charge: charge.id, amount: 1_000 });
    const other = await paid();
    rig.at.dispute(other.charge.id);
    const found = (await movements()).map((body) => [body.source, body.paymentId, body.presentedMinor]);
    expect(found).toHaveLength(4);
    expect(found).toEqual(
      expect.arrayContaining([
        ['payment', payment, 6_250],
        ['refund', payment, -1_000],
        ['payment', other.payment, 6_250],
        ['dispute', other.payment, -6_250],
      ]),
    );
    const [refund] = rig.at.all('refunds');
    expect(await movements()).toContainEqual(
      expect.objectContaining({ source: 'refund', sourceId: refund!.id, feeMinor: 0, currency: 'USD' }),
    );
  });

  test('proves all of history: what went well, came back, was disputed, won and taken back by the bank', async () => {
    const first = await paid();
    rig.at.create('refunds', { charge: first.charge.id, amount: 1_000 });
    const back = rig.at.create('refunds', { charge: first.charge.id, amount: 500 });
    rig.at.failRefund(back.id);
    const won = rig.at.dispute((await paid()).charge.id);
    rig.at.closeDispute(won.id, 'won');
    const lost = rig.at.dispute((await paid()).charge.id);
    rig.at.closeDispute(lost.id, 'lost');
    const debit = await paid('bank');
    rig.settle(debit.payment);
    const late = await paid('bank');
    rig.settle(late.payment);
    rig.failLate(late.payment);
    const ledger = folded(await factsListed(rig));
    expect(ledger.balanceTransaction).toHaveLength(12);
    expect(gapsOf(ledger)).toEqual([]);
  });

  test('tells of a payment that settled without a word', async () => {
    const { payment } = await paid('bank');
    const [invoice] = rig.at.all('invoices');
    const before = await ledgerOfInvoice(rig, invoice!.id);
    rig.settle(payment);
    const { facts } = await rig.gateway.list(rig.connection, 'balanceTransactions', null, 1);
    const gaps = gapsOf({ ...before, balanceTransaction: folded(facts).balanceTransaction });
    expect(gaps).toMatchObject([{ entity: 'payment', id: payment, ledgerMinor: 0, gatewayMinor: 6_250 }]);
  });
});

const RAW = {
  id: 'txn_1',
  amount: 1_084,
  currency: 'usd',
  fee: 60,
  exchange_rate: 1.084,
  reporting_category: 'charge',
  created: 1_790_000_000,
  source: { id: 'ch_1', object: 'charge', amount: 1_200, amount_captured: 1_000, currency: 'eur' },
};
const bodyOf = (raw: object) =>
  folded(balanceFacts(raw, { account: ACCOUNT, number: 1 })).balanceTransaction[0]?.body;

test('what was exchanged keeps both amounts and the rate, and what was captured, not asked for', () => {
  expect(bodyOf(RAW)).toMatchObject({
    presentedMinor: 1_000,
    presentedCurrency: 'EUR',
    rate: '1.084',
    amountMinor: 1_084,
    currency: 'USD',
    feeMinor: 60,
    paymentId: 'ch_1',
  });
  const source = { id: 're_1', object: 'refund', amount: 400, currency: 'eur', payment_intent: 'pi_1' };
  const given = { ...RAW, reporting_category: 'refund', amount: -430, source };
  expect(bodyOf(given)).toMatchObject({ presentedMinor: -400, amountMinor: -430, sourceId: 're_1' });
});

test.each([
  ['a payout', { reporting_category: 'payout', source: { id: 'po_1', object: 'payout' } }],
  ['a fee of Stripe’s own', { reporting_category: 'fee', source: null }],
  ['a category of next year', { reporting_category: 'constructor' }],
  ['a source that was not shown', { source: 'ch_1' }],
])('%s is no movement of a payer’s money', (_what, change) => {
  expect(bodyOf({ ...RAW, ...change })).toBeUndefined();
});

test('a key without the right reads none of them, and everything else', async () => {
  await rig.close();
  const rights = RIGHTS.map(({ code }) => code).filter((code) => !code.includes('balance'));
  rig = await stripeRig({ rights });
  await paid();
  expect(await movements()).toEqual([]);
  expect(folded(await factsListed(rig)).payment).toHaveLength(1);
});
