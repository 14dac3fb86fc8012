// Charges a saved method for the rest of an invoice; where the bank wants its customer, a link takes over by itself.
import type { DeclineReason } from '../gateways/gateway.ts';
import type { Invoice } from '../ledger/entities.ts';
import { formatAmount } from '../money/format-amount.ts';
import type { OperationRequests } from '../views/operation-requests.ts';
import { readAmount, type TypedAmount } from './checks.ts';
import { DECLINES } from './decline-words.ts';
import {
  done,
  refused,
  type About,
  type Bench,
  type Ending,
  type Handler,
  type Refusal,
} from './operation.ts';
import { idleRefusal, invoiceIn, statusRefusal, UNKNOWN_INVOICE } from './subject.ts';

/** A charge whose answer was lost is not sent again later than this: nobody expects it any more. */
const SEND_AGAIN_MS = 15 * 60_000;

export const chargeSavedMethod: Handler<'charge-saved-method'> = {
  subject: (request) => `invoice:${request.invoiceId}`,
  alsoHolds: (request) => `method:${request.methodId}`,
  check: (request, about) =>
    idleRefusal(about, request.invoiceId) ??
    amountRefusal(request, invoiceIn(about.ledger, request.invoiceId)?.body) ??
    methodRefusal(about, request),
  async run(request, bench) {
    const found = bench.resumed ? await whatHappened(bench, request.invoiceId) : null;
    if (found) return found;
    const { outcome, reason, refusal } = await bench.step('charge', async (key) => {
      const refusal = await refusalNow(bench, request);
      if (refusal) return { outcome: 'refused', reason: '', refusal };
      const charged = await bench.gateway.chargeSavedMethod(
        bench.connection,
        request.invoiceId,
        request.methodId,
        key,
      );
      await bench.post(bench.workspaceId, charged.facts);
      const reason = charged.outcome === 'declined' ? charged.reason : '';
      return { outcome: charged.outcome, reason, refusal: null };
    });
    if (refusal) return refused(refusal.code, refusal.message, { invoiceId: request.invoiceId });
    return endingOf(bench, request.invoiceId, outcome, reason);
  },
};

type Request = OperationRequests['charge-saved-method'];

/** The gateway takes whatever remains, so it is asked what that is: we may not have heard yet of what changed it. */
async function refusalNow(bench: Bench, request: Request): Promise<Refusal | null> {
  const facts = await bench.refresh('invoice', request.invoiceId);
  const invoice = facts.find((fact) => fact.entity === 'invoice')?.body;
  if (!invoice?.status) return UNKNOWN_INVOICE;
  return statusRefusal(invoice.status) ?? amountRefusal(request, invoice);
}

function amountRefusal(request: Request, invoice: Partial<Invoice> | undefined): Refusal | null {
  const { remainingMinor: amountMinor = 0, currency = '' } = invoice ?? {};
  const expected = expectedAmount(request, currency);
  if (!expected.ok) return expected.refusal;
  if (amountMinor === expected.money.amountMinor) return null;
  return {
    code: 'amount_changed',
    message: `${formatAmount({ amountMinor, currency })} is open on this invoice now, not ${formatAmount(expected.money)}. Nothing was charged: look at the new amount, then charge again.`,
  };
}

const expectedAmount = ({ amountMinor, amount = '' }: Request, currency: string): TypedAmount =>
  amountMinor === undefined ? readAmount(amount, currency) : { ok: true, money: { amountMinor, currency } };

/** Only what the payer of this very invoice has left with us, and agreed to being charged. */
function methodRefusal({ ledger }: About, request: Request): Refusal | null {
  const payer = invoiceIn(ledger, request.invoiceId)?.body.customerId;
  const { method: methods, mandate, payment } = ledger.payers;
  const method = methods.find(({ id }) => id === request.methodId);
  if (!method?.body.attached || method.body.customerId !== payer)
    return { code: 'not_found', message: 'The customer of this invoice has no such saved method.' };
  const agreed = new Set(mandate.filter(({ body }) => body.active).map(({ body }) => body.paymentId));
  const isAgreed = payment.some(
    ({ id, body }) => agreed.has(id) && body.status === 'succeeded' && body.methodId === request.methodId,
  );
  if (isAgreed) return null;
  return {
    code: 'no_consent',
    message: 'The customer has not agreed to this method being charged. Send a payment link instead.',
  };
}

/** The charge may have gone through although its answer was lost: the invoice and its payments say so. */
async function whatHappened(bench: Bench, invoiceId: string): Promise<Ending | null> {
  const facts = await bench.refresh('invoice', invoiceId);
  if (facts.some((fact) => fact.entity === 'invoice' && fact.body.status === 'paid'))
    return endingOf(bench, invoiceId, 'succeeded', '');
  const paymentIds = facts.flatMap((fact) =>
    fact.entity === 'allocation' && fact.body.paymentId ? [fact.body.paymentId] : [],
  );
  const payments = await Promise.all(paymentIds.map((id) => bench.refresh('payment', id)));
  const states = payments.flat().flatMap((fact) => (fact.entity === 'payment' ? [fact.body] : []));
  if (states.some(({ status }) => status === 'processing'))
    return endingOf(bench, invoiceId, 'processing', '');
  const age = bench.clock.now().getTime() - Date.parse(bench.operation.startedAt);
  if (age < SEND_AGAIN_MS) return null;
  const failure = states.find(({ status }) => status === 'failed')?.failure;
  return failure ? endingOf(bench, invoiceId, 'declined', failure) : notCharged(bench, invoiceId);
}

const notCharged = async (bench: Bench, invoiceId: string): Promise<Ending> =>
  refused(
    'not_charged',
    'The gateway did not take the charge; no money has moved. Start again, or send the link.',
    {
      invoiceId,
      payUrl: await bench.linkTo(invoiceId),
    },
  );

async function endingOf(bench: Bench, invoiceId: string, outcome: string, reason: string): Promise<Ending> {
  if (outcome === 'succeeded') return done({ message: 'The payment went through.', invoiceId });
  if (outcome === 'processing')
    return done({ message: 'The bank is processing the payment; this can take days.', invoiceId });
  const payUrl = await bench.linkTo(invoiceId);
  if (outcome === 'needs_customer' || reason === 'authentication_required') {
    return done({
      code: 'authentication_required',
      message: 'The bank wants the customer to confirm. Pass this link on to them.',
      invoiceId,
      payUrl,
    });
  }
  return refused('declined', DECLINES[reason as DeclineReason] ?? DECLINES.generic, { invoiceId, payUrl });
}
