// Collects at Stripe: the pay page's session, a charge of a saved method, a credit given back.
import { Stripe } from 'stripe';
import type { Fact } from '../../ledger/facts.ts';
import { fromGatewayMinor, toGatewayMinor } from '../../money/gateway-amounts.ts';
import type {
  ChargeOutcome,
  CreditReturn,
  Gateway,
  GatewayConnection,
  Made,
  PaySession,
} from '../gateway.ts';
import type { ClientFor } from './client.ts';
import { calling, declineReason, toConnectorError } from './errors.ts';
import { invoiceFacts } from './normalise/invoices.ts';
import { intentFacts, refundFacts } from './normalise/payments.ts';

type PaymentCalls = Pick<Gateway, 'paySession' | 'chargeSavedMethod' | 'returnCredit'>;

export function createPayments(clientFor: ClientFor): PaymentCalls {
  return {
    paySession: (connection, invoiceId) => paySession(clientFor(connection), invoiceId),
    chargeSavedMethod: (connection, invoiceId, methodId, key) =>
      chargeSavedMethod(clientFor(connection), connection, { invoiceId, methodId, key }),
    returnCredit: (connection, wish, key) => returnCredit(clientFor(connection), connection, wish, key),
  };
}

/** Stripe makes the invoice's own payment intent when the invoice is opened; it cannot be edited, only confirmed. */
async function paySession(stripe: Stripe, invoiceId: string): Promise<PaySession> {
  const invoice = await calling(() =>
    stripe.invoices.retrieve(invoiceId, { expand: ['confirmation_secret'] }),
  );
  if (invoice.status !== 'open')
    return { ready: false, reason: invoice.status === 'paid' ? 'settled' : 'unavailable' };
  const clientSecret = invoice.confirmation_secret?.client_secret;
  if (!clientSecret) return { ready: false, reason: 'unavailable' };
  const paymentId = clientSecret.split('_secret_')[0] ?? '';
  const intent = await calling(() => stripe.paymentIntents.retrieve(paymentId));
  if (intent.status === 'succeeded') return { ready: false, reason: 'settled' };
  if (intent.status === 'processing') return { ready: false, reason: 'processing' };
  if (intent.status === 'canceled') return { ready: false, reason: 'unavailable' };
  return {
    ready: true,
    paymentId,
    clientSecret,
    amount: fromGatewayMinor('stripe', intent.amount, intent.currency),
  };
}

type Charge = { invoiceId: string; methodId: string; key: string };

async function chargeSavedMethod(
  stripe: Stripe,
  connection: GatewayConnection,
  wish: Charge,
): Promise<ChargeOutcome> {
  const context = { account: connection.account, number: 0 };
  try {
    const invoice = await stripe.invoices.pay(
      wish.invoiceId,
      { payment_method: wish.methodId, off_session: true, expand: ['payments'] },
      { idempotencyKey: wish.key },
    );
    const facts = invoiceFacts(invoice, context);
    return {
      outcome: invoice.status === 'paid' ? 'succeeded' : 'processing',
      paymentId: paymentOf(facts),
      facts,
    };
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeCardError)) throw toConnectorError(error);
    const reason = declineReason(error.code, error.decline_code);
    // The bank wants its customer: this charge is over, the same invoice can be paid on the pay page.
    if (reason === 'authentication_required') {
      const paymentId = error.payment_intent?.id ?? (await openPaymentOf(stripe, wish.invoiceId));
      return { outcome: 'needs_customer', paymentId, facts: [] };
    }
    return { outcome: 'declined', reason, facts: [] };
  }
}

async function openPaymentOf(stripe: Stripe, invoiceId: string): Promise<string> {
  const session = await paySession(stripe, invoiceId);
  return session.ready ? session.paymentId : '';
}

function paymentOf(facts: Fact[]): string {
  for (const fact of facts)
    if (fact.entity === 'allocation' && fact.body.paymentId) return fact.body.paymentId;
  return '';
}

/** The money goes back first; then the credit is used up, so that a crash in between never keeps both from the payer. */
async function returnCredit(
  stripe: Stripe,
  connection: GatewayConnection,
  wish: CreditReturn,
  key: string,
): Promise<Made> {
  const context = { account: connection.account, number: 0 };
  const refund = await calling(() => refundOnce(stripe, wish, key));
  await calling(() => useUpOnce(stripe, wish, key));
  const intent = await calling(() =>
    stripe.paymentIntents.retrieve(wish.paymentId, { expand: ['latest_charge'] }),
  );
  return { id: refund.id, facts: [...refundFacts(refund, context), ...intentFacts(intent, context)] };
}

const PAGE = 100;

/** Looks first: a step repeated after Stripe has forgotten its key must not pay out again. */
async function refundOnce(stripe: Stripe, wish: CreditReturn, key: string): Promise<Stripe.Refund> {
  const made = await stripe.refunds.list({ payment_intent: wish.paymentId, limit: PAGE });
  const own = made.data.find(({ metadata }) => metadata?.['payside_op'] === wish.operationId);
  if (own) return own;
  const amount = toGatewayMinor('stripe', wish.amount);
  return stripe.refunds.create(
    { payment_intent: wish.paymentId, amount, metadata: { payside_op: wish.operationId } },
    { idempotencyKey: `${key}:refund` },
  );
}

async function useUpOnce(stripe: Stripe, wish: CreditReturn, key: string): Promise<void> {
  const entries = stripe.customers.listBalanceTransactions(wish.customerId, { limit: PAGE });
  for await (const { metadata } of entries) if (metadata?.['payside_op'] === wish.operationId) return;
  const amount = toGatewayMinor('stripe', wish.amount);
  await stripe.customers.createBalanceTransaction(
    wish.customerId,
    { amount, currency: wish.amount.currency.toLowerCase(), metadata: { payside_op: wish.operationId } },
    { idempotencyKey: `${key}:balance` },
  );
}
