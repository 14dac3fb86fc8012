// Credit given back: out once, whatever becomes of the customer or of our rights on the way.
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  endOf,
  newPerson,
  openInvoice,
  outcomeOf,
  payByLink,
  quiet,
  refusalOf,
  VISA,
  type Place,
} from '../billing/scene.ts';
import { RIGHTS } from '../../src/gateways/stripe/connect.ts';
import { gatewayAccount, startRig, viewWhen, waitFor, type Rig } from './rig.ts';

let rig: Rig;
let at: Place;
let customer: string;

beforeAll(async () => {
  rig = await startRig({ accounts: [gatewayAccount(), gatewayAccount()] });
  await rig.setUp();
});
afterAll(() => rig.close());
afterEach(() => rig.stripe.faults.clear());

const TOLD = { silent: false };
const WISH = { currency: 'EUR', amount: '20.00' };

/** A customer who paid 120.00 and holds a credit of 20.00. */
beforeEach(async () => {
  at = newPerson(rig);
  const { invoiceId, payUrl } = await openInvoice(rig, at);
  await payByLink(rig, payUrl, { number: VISA });
  await viewWhen(rig, at, ({ invoices }) => invoices.some(({ state }) => state === 'paid'));
  customer = String(rig.account.all('invoices').find(({ id }) => id === invoiceId)?.customer);
  const entries = `/v1/customers/${customer}/balance_transactions`;
  rig.account.request('POST', entries, { amount: -2_000, currency: 'eur' }, TOLD);
  await viewWhen(rig, at, ({ credit }) => credit.some(({ amountMinor }) => amountMinor === 2_000));
  await quiet(rig);
});

const giveBack = (operationId: string = randomUUID()) =>
  rig.operate('return-credit', at, { operationId, ...WISH });
const remove = (silent: boolean) =>
  rig.account.request('DELETE', `/v1/customers/${customer}`, {}, { silent });
const refunds = () => rig.account.all('refunds').filter((refund) => refund.customer === customer);

/** Starts giving back, and does something once the refund is out and the credit is not used up yet. */
async function meanwhile(operationId: string, act: () => void) {
  rig.stripe.faults.arm('delay', 1, 600, '/balance_transactions');
  const asked = giveBack(operationId);
  await waitFor('the refund', () => (refunds().length > 0 ? true : undefined));
  act();
  return outcomeOf(await asked);
}

describe('a customer who was deleted', () => {
  it('is offered no credit back', async () => {
    remove(false);
    const view = await viewWhen(rig, at, ({ credit }) => credit.length === 0);
    expect(view.actions).not.toContain('return-credit');
    expect(view.warnings.map(({ code }) => code)).not.toContain('overpaid');
    expect(refusalOf(await giveBack())).toBe('credit_too_small');
  });

  it('is refunded nothing, also where we have not heard of it', async () => {
    remove(true);
    expect(outcomeOf(await giveBack())).toMatchObject({
      state: 'refused',
      result: { code: 'credit_too_small' },
    });
    expect(refunds()).toEqual([]);
  });

  it('after the refund went out is done, says so, and is refunded once', async () => {
    const outcome = await meanwhile(randomUUID(), () => remove(true));
    expect(outcome).toMatchObject({
      state: 'done',
      result: {
        code: 'credit_not_used_up',
        message: expect.stringMatching(/€20.00 is on its way back .* \(resource_missing\)\. Take it off/),
      },
    });
    expect(refusalOf(await giveBack())).toBe('credit_too_small');
    expect(refunds().map(({ amount }) => amount)).toEqual([2_000]);
  });
});

it('waits where our rights end after the refund went out, and goes on once they are back', async () => {
  const operationId = randomUUID();
  const { definition } = rig.account;
  const rights = RIGHTS.map(({ code }) => code.replace('customer_write', 'customer_read'));
  const outcome = await meanwhile(operationId, () => void Object.assign(definition, { rights }));
  expect(outcome.state).toBe('checking');
  expect(refusalOf(await giveBack())).toBe('operation_in_progress');
  Object.assign(definition, { rights: undefined });
  expect(await endOf(rig, operationId)).toMatchObject({ state: 'done' });
  expect(refunds().map(({ amount }) => amount)).toEqual([2_000]);
  expect(rig.account.all('customers').find(({ id }) => id === customer)?.balance).toBe(0);
  await viewWhen(rig, at, ({ credit }) => credit.length === 0);
});

it('goes back at the account it is on, also after another one was connected', async () => {
  const [, second] = rig.accounts;
  await rig.connect(await rig.install(), second);
  expect(outcomeOf(await giveBack()).state).toBe('done');
  expect(refunds().map(({ amount }) => amount)).toEqual([2_000]);
  expect(rig.account.all('customers').find(({ id }) => id === customer)?.balance).toBe(0);
  await viewWhen(rig, at, ({ credit }) => credit.length === 0);
});
