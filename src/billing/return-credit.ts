// Gives an overpayment back to the payment it came from, and takes it off the credit the customer holds.
import type { Ledger } from '../ledger/ledger.ts';
import { paymentTotals } from '../ledger/invoice-figures.ts';
import { formatAmount } from '../money/format-amount.ts';
import { compare, type Money } from '../money/money.ts';
import { amountRefusal, readAmount } from './checks.ts';
import { done, refused, type Handler } from './operation.ts';

export const returnCredit: Handler<'return-credit'> = {
  subject: (request) => `credit:${request.currency}`,
  check(request, { ledger }) {
    const read = readAmount(request.amount, request.currency);
    if (!read.ok) return amountRefusal([read]);
    const holder = holderOf(ledger, read.money);
    if (!holder)
      return {
        code: 'credit_too_small',
        message: 'The customer does not hold that much credit in this currency.',
      };
    if (paymentFor(ledger, holder, read.money)) return null;
    return {
      code: 'no_payment_to_refund',
      message: 'No single payment is large enough to give this back to. Try a smaller amount.',
    };
  },
  async run(request, bench) {
    const read = readAmount(request.amount, request.currency);
    if (!read.ok) return refused(read.refusal.code, read.refusal.message);
    const { customerId, paymentId } = await bench.step('choose', async () => {
      const ledger = await bench.ledgerOf(bench.workspaceId, bench.record);
      const holder = holderOf(ledger, read.money) ?? '';
      return { customerId: holder, paymentId: paymentFor(ledger, holder, read.money) ?? '' };
    });
    if (!customerId || !paymentId) return refused('credit_too_small', 'The credit was used meanwhile.');
    await bench.step('return', async (key) => {
      const wish = { customerId, paymentId, amount: read.money, operationId: bench.operation.id };
      const returned = await bench.gateway.returnCredit(bench.connection, wish, key);
      const number = await bench.store.drawNumber();
      const customer = await bench.gateway.fetch(
        bench.connection,
        { entity: 'customer', id: customerId },
        number,
      );
      await bench.post(bench.workspaceId, [...returned.facts, ...customer]);
      return {};
    });
    return done({ message: `${formatAmount(read.money)} is on its way back to the customer.` });
  },
};

function holderOf(ledger: Ledger, amount: Money): string | null {
  const holder = ledger.customer.find(
    ({ body }) =>
      body.currency === amount.currency &&
      compare({ amountMinor: body.creditMinor, currency: amount.currency }, amount) >= 0,
  );
  return holder?.id ?? null;
}

/** The newest payment of the customer that still has this much to give back. */
function paymentFor(ledger: Ledger, customerId: string, amount: Money): string | null {
  const fitting = ledger.payment.filter((payment) => {
    const { refundedMinor, reversedMinor, atRiskMinor } = paymentTotals(payment, ledger);
    const left = payment.body.capturedMinor - refundedMinor - reversedMinor - atRiskMinor;
    return (
      payment.owner === customerId && payment.body.currency === amount.currency && left >= amount.amountMinor
    );
  });
  return fitting.sort((a, b) => (a.body.createdAt < b.body.createdAt ? 1 : -1))[0]?.id ?? null;
}
