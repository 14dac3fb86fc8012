// Charges a saved method for the rest of an invoice; where the bank wants its customer, a link takes over by itself.
import type { DeclineReason } from '../gateways/gateway.ts';
import { DECLINES } from './decline-words.ts';
import { done, refused, type Bench, type Ending, type Handler } from './operation.ts';
import { openRefusal } from './subject.ts';

export const chargeSavedMethod: Handler<'charge-saved-method'> = {
  subject: (request) => `invoice:${request.invoiceId}`,
  check(request, { ledger }) {
    const refusal = openRefusal(ledger, request.invoiceId);
    if (refusal) return refusal;
    const agreed = new Set(
      ledger.mandate.filter(({ body }) => body.active).map(({ body }) => body.paymentId),
    );
    const isAgreed = ledger.payment.some(
      ({ id, body }) => agreed.has(id) && body.methodId === request.methodId,
    );
    if (isAgreed) return null;
    return {
      code: 'no_consent',
      message: 'The customer has not agreed to this method being charged. Send a payment link instead.',
    };
  },
  async run(request, bench) {
    const settled = bench.resumed ? await settledMeanwhile(bench, request.invoiceId) : null;
    if (settled) return settled;
    const { outcome, reason } = await bench.step('charge', async (key) => {
      const charged = await bench.gateway.chargeSavedMethod(
        bench.connection,
        request.invoiceId,
        request.methodId,
        key,
      );
      await bench.post(bench.workspaceId, charged.facts);
      return { outcome: charged.outcome, reason: charged.outcome === 'declined' ? charged.reason : '' };
    });
    return endingOf(bench, request.invoiceId, outcome, reason);
  },
};

/** The charge may have gone through although its answer was lost: the invoice says so. */
async function settledMeanwhile(bench: Bench, invoiceId: string): Promise<Ending | null> {
  const number = await bench.store.drawNumber();
  const facts = await bench.gateway.fetch(bench.connection, { entity: 'invoice', id: invoiceId }, number);
  await bench.post(bench.workspaceId, facts);
  const isPaid = facts.some((fact) => fact.entity === 'invoice' && fact.body.status === 'paid');
  return isPaid ? endingOf(bench, invoiceId, 'succeeded', '') : null;
}

function endingOf(bench: Bench, invoiceId: string, outcome: string, reason: string): Ending {
  const payUrl = bench.payUrl(bench.account.id, invoiceId);
  if (outcome === 'succeeded') return done({ message: 'The payment went through.', invoiceId });
  if (outcome === 'processing')
    return done({ message: 'The bank is processing the payment; this can take days.', invoiceId });
  if (outcome === 'needs_customer') {
    return done({
      code: 'authentication_required',
      message: 'The bank wants the customer to confirm. Pass this link on to them.',
      invoiceId,
      payUrl,
    });
  }
  return refused('declined', DECLINES[reason as DeclineReason], { invoiceId, payUrl });
}
