// Gives an overpayment back to the payment it came from, and takes it off the credit the customer holds.
import { asConnectorError, gatewayUnavailable } from '../errors.ts';
import type { CreditUse } from '../gateways/gateway.ts';
import type { Entry } from '../ledger/fold.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { paymentTotals } from '../ledger/invoice-figures.ts';
import { formatAmount } from '../money/format-amount.ts';
import { compare, type Money } from '../money/money.ts';
import type { OperationRequests } from '../views/operation-requests.ts';
import { readAmount } from './checks.ts';
import { done, refusedAs, type Bench, type Ending, type Handler, type Refusal } from './operation.ts';

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
  subject: (request, ledger) => `credit:${holderFor(request, ledger.payers)?.id ?? request.currency}`,
  // A credit stays with the account it is on, also after another one was connected.
  accountOf: (request, ledger) => holderFor(request, ledger.payers)?.account,
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
    const wish = { amount: read.money, operationId: bench.operation.id };
    await bench.step('refund', async (key) => {
      const made = await bench.gateway.refund(bench.connection, { ...wish, paymentId }, key);
      await bench.post(bench.workspaceId, made.facts);
      return { refundId: made.id };
    });
    const { problem } = await bench.step('use-up', (key) => useUp(bench, { ...wish, customerId }, key));
    // What cannot be read now comes by event.
    await Promise.allSettled([bench.refresh('customer', customerId), bench.refresh('payment', paymentId)]);
    return endingOf(formatAmount(read.money), problem);
  },
};

/** The refund is out by now: whatever happens here, the operation goes on or says what is left to do, and is never refused. */
async function useUp(bench: Bench, wish: CreditUse, key: string): Promise<{ problem: string | null }> {
  try {
    await bench.gateway.useUpCredit(bench.connection, wish, key);
    return { problem: null };
  } catch (error) {
    const known = asConnectorError(error);
    if (known.retry === 'never') return { problem: known.publicMessage };
    // Credentials that ended are waited for: refused, the credit would be given back a second time.
    throw known.retry === 'later' ? known : gatewayUnavailable({ cause: error, context: known.context });
  }
}

const endingOf = (amount: string, problem: string | null): Ending =>
  problem === null
    ? done({ message: `${amount} is on its way back to the customer.` })
    : done({
        code: 'credit_not_used_up',
        message: `${amount} is on its way back to the customer, but could not be taken off their credit. ${problem} Take it off at the gateway, so that it is not given back twice.`,
      });

function holderFor(request: OperationRequests['return-credit'], ledger: Ledger): Holder | undefined {
  const read = readAmount(request.amount, request.currency);
  return read.ok ? holderOf(ledger, read.money) : undefined;
}

/** The gateway may have used the credit since we last heard of it, and news of what was overpaid may still be on its way. */
async function choose(bench: Bench, amount: Money): Promise<Way> {
  const read = async (): Promise<Ledger> =>
    onAccount((await bench.ledgerOf(bench.workspaceId, bench.record)).payers, bench.account);
  const ledger = await read();
  const holder = holderOf(ledger, amount);
  if (holder) await bench.refresh('customer', holder.id);
  const overpaid = ledger.invoice.filter(({ owner, body }) => owner === holder?.id && body.overpaidMinor > 0);
  for (const { id } of overpaid) await bench.refresh('invoice', id);
  return wayBack(await read(), amount);
}

/** Who holds a credit is looked for on the account the operation was started on alone. */
const onAccount = (ledger: Ledger, account: string): Ledger => ({
  ...ledger,
  customer: ledger.customer.filter((one) => one.account === account),
});

function wayBack(ledger: Ledger, amount: Money): Way {
  const holder = holderOf(ledger, amount);
  if (!holder) return { customerId: '', paymentId: '', refusal: TOO_SMALL };
  const paymentId = paymentFor(ledger, holder, amount) ?? '';
  return { customerId: holder.id, paymentId, refusal: paymentId === '' ? NO_PAYMENT : null };
}

type Holder = Entry<'customer'>;

const holderOf = (ledger: Ledger, amount: Money): Holder | undefined =>
  ledger.customer.find(
    ({ body }) =>
      !body.deleted &&
      body.currency === amount.currency &&
      compare({ amountMinor: body.creditMinor, currency: amount.currency }, amount) >= 0,
  );

/**
 * The payment that was too much, where it still has this much to give back; else the newest one that has. The first
 * payment of an invoice met what was asked, so that of an overpaid invoice the last one was too much.
 */
function paymentFor(ledger: Ledger, holder: Holder, amount: Money): string | null {
  const fitting = ledger.payment.filter((payment) => {
    const { refundedMinor, reversedMinor, atRiskMinor } = paymentTotals(payment, ledger);
    const left = payment.body.capturedMinor - refundedMinor - reversedMinor - atRiskMinor;
    return (
      payment.account === holder.account &&
      payment.owner === holder.id &&
      payment.body.currency === amount.currency &&
      left >= amount.amountMinor
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
