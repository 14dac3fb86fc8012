// Collects at Stripe: the pay page's session, a charge of a saved method, a credit given back.
import { Stripe } from 'stripe';
import type { Fact } from '../../ledger/facts.ts';
import { fromGatewayMinor, toGatewayMinor } from '../../money/gateway-amounts.ts';
import type {
  ChargeOutcome,
  CreditUse,
  Gateway,
  GatewayConnection,
  PaySession,
  RefundWish,
} from '../gateway.ts';
import type { ClientFor } from './client.ts';
import { calling, declineReason, toConnectorError } from './errors.ts';
import { invoiceFacts } from './normalise/invoices.ts';
import { refundFacts } from './normalise/payments.ts';

type PaymentCalls = Pick<Gateway, 'paySession' | 'chargeSavedMethod' | 'refund' | 'useUpCredit'>;

export function createPayments(clientFor: ClientFor): PaymentCalls {
  return {
    paySession: (connection, invoiceId) => paySession(clientFor(connection), invoiceId),
    chargeSavedMethod: (connection, invoiceId, methodId, key) =>
      chargeSavedMethod(clientFor(connection), connection, { invoiceId, methodId, key }),
    async refund(connection, wish, key) {
      const made = await calling(() => refund(clientFor(connection), wish, key));
      return { id: made.id, facts: refundFacts(made, { account: connection.account, number: 0 }) };
    },
    useUpCredit: (connection, wish, key) => calling(() => useUpCredit(clientFor(connection), wish, key)),
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

const PAGE = 100;

/** Looks first: a step repeated after Stripe has forgotten its key must not pay out again. */
async function refund(stripe: Stripe, wish: RefundWish, key: string): Promise<Stripe.Refund> {
  const made = await stripe.refunds.list({ payment_intent: wish.paymentId, limit: PAGE });
  const own = made.data.find(({ metadata }) => metadata?.['payside_op'] === wish.operationId);
  if (own) return own;
  const amount = toGatewayMinor('stripe', wish.amount);
  return stripe.refunds.create(
    { payment_intent: wish.paymentId, amount, metadata: { payside_op: wish.operationId } },
    { idempotencyKey: key },
  );
}

async function useUpCredit(stripe: Stripe, wish: CreditUse, key: string): Promise<void> {
  const entries = stripe.customers.listBalanceTransactions(wish.customerId, { limit: PAGE });
  for await (const { metadata } of entries) if (metadata?.['payside_op'] === wish.operationId) return;
  const amount = toGatewayMinor('stripe', wish.amount);
  await stripe.customers.createBalanceTransaction(
    wish.customerId,
    { amount, currency: wish.amount.currency.toLowerCase(), metadata: { payside_op: wish.operationId } },
    { idempotencyKey: key },
  );
}
