// Voids an open invoice nothing has been paid on.
import { done, type Handler } from './operation.ts';
import { idleRefusal, invoiceIn } from './subject.ts';

export const voidInvoice: Handler<'void-invoice'> = {
  subject: (request) => `invoice:${request.invoiceId}`,
  check(request, about) {
    const refusal = idleRefusal(about, request.invoiceId);
    if (refusal) return refusal;
    const isPartlyPaid = (invoiceIn(about.ledger, request.invoiceId)?.body.paidMinor ?? 0) > 0;
    return isPartlyPaid
      ? { code: 'invoice_partly_paid', message: 'Part of this invoice is paid already; it cannot be voided.' }
      : null;
  },
  async run(request, bench) {
    await bench.step('void', async (key) => {
      const voided = await bench.gateway.voidInvoice(bench.connection, request.invoiceId, key);
      await bench.post(bench.workspaceId, voided.facts);
      return {};
    });
    return done({
      message: 'The invoice is void. Nobody can pay it any more.',
      invoiceId: request.invoiceId,
    });
  },
};
