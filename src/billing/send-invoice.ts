// Sends an open invoice to the payer by e-mail.
import { done, type Handler } from './operation.ts';
import { openRefusal } from './subject.ts';

export const sendInvoice: Handler<'send-invoice'> = {
  subject: () => null,
  check: (request, { ledger }) => openRefusal(ledger, request.invoiceId),
  async run(request, bench) {
    await bench.step('send', async (key) => {
      const sent = await bench.gateway.sendInvoice(bench.connection, request.invoiceId, key);
      await bench.post(bench.workspaceId, sent.facts);
      return {};
    });
    const payUrl = await bench.linkTo(request.invoiceId);
    return done({ message: 'The invoice was sent by e-mail.', invoiceId: request.invoiceId, payUrl });
  },
};
