// One invoice as it lives in the stand-in, and what can happen to it at a moment of the past.
import { Refusal, type AccountHandle, type Made } from '../stripe/start.ts';

export type Bill = {
  account: AccountHandle;
  id: string;
  customer: string;
  currency: string;
  /** What pays it: a saved method's id, or the name of a test method. */
  card: string;
  bank: string;
};

/** What happens to a bill at a moment. */
export type Deed = (bill: Bill, at: Date) => void;

const GOOD_CARD = 'pm_card_visa';

export const finalize: Deed = ({ account, id }, at) =>
  void account.act('invoices', id, 'finalize', {}, { at });

export const act =
  (action: 'void' | 'mark_uncollectible' | 'send'): Deed =>
  ({ account, id }, at) =>
    void account.act('invoices', id, action, {}, { at });

export const payByCard: Deed = (bill, at) => payWith(bill, bill.card, at);
export const payByBank: Deed = (bill, at) => payWith(bill, bill.bank, at);

export const payElsewhere: Deed = ({ account, id }, at) =>
  void account.act('invoices', id, 'pay', { paid_out_of_band: true }, { at });

/** A payment the bank refuses; the invoice stays open. */
export const failToPay =
  (method: string): Deed =>
  (bill, at) => {
    try {
      payWith(bill, method, at);
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 402) throw error;
    }
  };

export const settleDebit: Deed = (bill, at) => void bill.account.settle(intentOf(bill), { at });
export const bounceDebit: Deed = (bill, at) => void bill.account.failLate(intentOf(bill), { at });

/** Pays `percent` of the total by a payment of its own; more than 100 overpays. */
export const payPart =
  (percent: number): Deed =>
  ({ account, id, customer, currency }, at) => {
    const { amount_due: due } = read(account, id);
    const intent = account.create(
      'payment_intents',
      { amount: share(Number(due), percent), currency, customer, payment_method: GOOD_CARD, confirm: true },
      { at },
    );
    account.act('invoices', id, 'attach_payment', { payment_intent: intent.id }, { at });
  };

/** Gives back `percent` of what was paid. */
export const refund =
  (percent: number): Deed =>
  (bill, at) => {
    const { amount_paid: paid } = read(bill.account, bill.id);
    const wish = { payment_intent: intentOf(bill), amount: share(Number(paid), percent) };
    bill.account.create('refunds', { ...wish, reason: 'requested_by_customer' }, { at });
  };

export const dispute: Deed = (bill, at) => void bill.account.dispute(chargeOf(bill), undefined, { at });

export const closeDispute =
  (status: 'won' | 'lost'): Deed =>
  (bill, at) => {
    const { data } = bill.account.request('GET', '/v1/disputes', { charge: chargeOf(bill) });
    const [found] = data as Made[];
    if (found) bill.account.closeDispute(found.id, status, { at });
  };

function payWith(bill: Bill, method: string, at: Date): void {
  bill.account.act('invoices', bill.id, 'pay', { payment_method: method }, { at });
}

/** A part in minor units that every currency can charge: amounts of three-decimal ones end in 0. */
const share = (amount: number, percent: number): number =>
  percent === 100 ? amount : Math.floor((amount * percent) / 1000) * 10;

const read = (account: AccountHandle, id: string): Made => account.request('GET', `/v1/invoices/${id}`);

/** The payment intent of the invoice's first payment. */
function intentOf({ account, id }: Bill): string {
  const { data } = account.request('GET', '/v1/invoice_payments', { invoice: id });
  const [payment] = (data as { payment: { payment_intent: string } }[]).toReversed();
  if (!payment) throw new Error(`invoice ${id} has no payment`);
  return payment.payment.payment_intent;
}

function chargeOf(bill: Bill): string {
  const intent = bill.account.request('GET', `/v1/payment_intents/${intentOf(bill)}`);
  return String(intent['latest_charge']);
}
