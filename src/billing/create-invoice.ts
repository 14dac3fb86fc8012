// Makes an invoice from typed lines or from the deal's own, opens it, and sends it where asked.
import type { NewInvoiceLine } from '../gateways/gateway.ts';
import type { OperationRequests } from '../views/operation-requests.ts';
import { amountRefusal, dateRefusal, readAmount, textRefusal } from './checks.ts';
import { openInvoice } from './invoice-steps.ts';
import { done, refused, type Bench, type Handler } from './operation.ts';

type Request = OperationRequests['create-invoice'];

export const createInvoice: Handler<'create-invoice'> = {
  subject: () => null,
  check(request, { zone, now }) {
    const lines = request.lines === 'record' ? [] : request.lines;
    return (
      textRefusal([request.memo, ...lines.map(({ description }) => description)]) ??
      amountRefusal(lines.map((line) => readAmount(line.amount, request.currency, line.quantity))) ??
      dateRefusal(request.dueDate, zone, now)
    );
  },
  async run(request, bench) {
    const { lines } = await bench.step('lines', async () => ({ lines: await linesOf(request, bench) }));
    if (lines.length === 0) {
      return refused(
        'no_lines',
        'This record has no line items in this currency. Type the lines in, or add products to the deal.',
      );
    }
    const opened = await openInvoice(bench, {
      currency: request.currency,
      lines,
      memo: request.memo ?? null,
      dueDate: request.dueDate,
      replacesId: request.replaces ?? null,
    });
    if ('state' in opened) return opened;
    if (request.send) {
      await bench.step('send', async (key) => {
        const sent = await bench.gateway.sendInvoice(bench.connection, opened.invoiceId, key);
        await bench.post(bench.workspaceId, sent.facts);
        return {};
      });
    }
    const message = request.send ? `Invoice ${opened.number} was sent.` : `Invoice ${opened.number} is open.`;
    return done({ message, ...opened, payUrl: bench.payUrl(bench.account.id, opened.invoiceId) });
  },
};

async function linesOf(request: Request, bench: Bench): Promise<NewInvoiceLine[]> {
  const taxRateId = request.taxRateId;
  if (request.lines !== 'record') {
    return request.lines.flatMap((line) => {
      const read = readAmount(line.amount, request.currency, line.quantity);
      return read.ok
        ? [{ description: line.description, quantity: line.quantity, unit: read.money, taxRateId }]
        : [];
    });
  }
  const connection = await bench.crmConnection(bench.record.installationId);
  const products = await bench.crm.dealLines(connection, bench.record.recordId, request.currency);
  return products
    .filter(({ unit }) => unit.currency === request.currency)
    .map(({ description, quantity, unit }) => ({
      description: description || 'Item',
      quantity,
      unit,
      taxRateId,
    }));
}
