// Gives an overpayment back to the payment it came from, and takes it off the credit the customer holds.
import type { Ledger } from '../ledger/ledger.ts';
import { paymentTotals } from '../ledger/invoice-figures.ts';
import { formatAmount } from '../money/format-amount.ts';
import { compare, type Money } from '../money/money.ts';
import { readAmount } from './checks.ts';
import { done, refusedAs, type Bench, type Handler, type Refusal } from './operation.ts';

const TOO_SMALL: Refusal = {
  code: 'credit_too_small',
  message: 'The customer does not hold that much credit in this currency.',
};

const NO_PAYMENT: Refusal = {
  code: 'no_payment_to_refund',
  message: 'No single payment is large enough to give this back to. Try a smaller amount.',
};

type Way = { customerId: string; paymentId: string; refusal: Refusal | null };

export const returnCredit: Handler<'return-credit'> = {
  subject(request, ledger) {
    const read = readAmount(request.amount, request.currency);
    return `credit:${(read.ok && holderOf(ledger.payers, read.money)) || request.currency}`;
  },
  check(request, { ledger }) {
    const read = readAmount(request.amount, request.currency);
    return read.ok ? wayBack(ledger.payers, read.money).refusal : read.refusal;
  },
  async run(request, bench) {
    const read = readAmount(request.amount, request.currency);
    if (!read.ok) return refusedAs(read.refusal);
    const way = await bench.step('choose', () => choose(bench, read.money));
    if (way.refusal) return refusedAs(way.refusal);
    const { customerId, paymentId } = way;
    await bench.step('return', async (key) => {
      const wish = { customerId, paymentId, amount: read.money, operationId: bench.operation.id };
      const returned = await bench.gateway.returnCredit(bench.connection, wish, key);
      await bench.post(bench.workspaceId, returned.facts);
      await bench.refresh('customer', customerId);
      return {};
    });
    return done({ message: `${formatAmount(read.money)} is on its way back to the customer.` });
  },
};

/** The gateway may have used the credit since we last heard of it, and news of what was overpaid may still be on its way. */
async function choose(bench: Bench, amount: Money): Promise<Way> {
  const read = async (): Promise<Ledger> => (await bench.ledgerOf(bench.workspaceId, bench.record)).payers;
  const ledger = await read();
  const holder = holderOf(ledger, amount);
  if (holder) await bench.refresh('customer', holder);
  const overpaid = ledger.invoice.filter(({ owner, body }) => owner === holder && body.overpaidMinor > 0);
  for (const { id } of overpaid) await bench.refresh('invoice', id);
  return wayBack(await read(), amount);
}

function wayBack(ledger: Ledger, amount: Money): Way {
  const customerId = holderOf(ledger, amount) ?? '';
  const paymentId = customerId === '' ? '' : (paymentFor(ledger, customerId, amount) ?? '');
  const refusal = customerId === '' ? TOO_SMALL : paymentId === '' ? NO_PAYMENT : null;
  return { customerId, paymentId, refusal };
}

function holderOf(ledger: Ledger, amount: Money): string | null {
  const holder = ledger.customer.find(
    ({ body }) =>
      body.currency === amount.currency &&
      compare({ amountMinor: body.creditMinor, currency: amount.currency }, amount) >= 0,
  );
  return holder?.id ?? null;
}

/**
 * The payment that was too much, where it still has this much to give back; else the newest one that has. The first
 * payment of an invoice met what was asked, so that of an overpaid invoice the last one was too much.
 */
function paymentFor(ledger: Ledger, customerId: string, amount: Money): string | null {
  const fitting = ledger.payment.filter((payment) => {
    const { refundedMinor, reversedMinor, atRiskMinor } = paymentTotals(payment, ledger);
    const left = payment.body.capturedMinor - refundedMinor - reversedMinor - atRiskMinor;
    return (
      payment.owner === customerId && payment.body.currency === amount.currency && left >= amount.amountMinor
    );
  });
  const overpaid = new Set(
    ledger.invoice.filter(({ body }) => body.overpaidMinor > 0).map((invoice) => invoice.id),
  );
  const isTooMuch = ({ id }: { id: string }): boolean =>
    ledger.allocation.some(({ body }) => body.paymentId === id && overpaid.has(body.invoiceId));
  const newestFirst = fitting.sort((a, b) => (a.body.createdAt < b.body.createdAt ? 1 : -1));
  return (newestFirst.find(isTooMuch) ?? newestFirst[0])?.id ?? null;
}
