// Makes an invoice from typed lines or from the deal's own, opens it, and sends it where asked.
import { asConnectorError } from '../errors.ts';
import type { NewInvoiceLine } from '../gateways/gateway.ts';
import { isOfKind } from '../ledger/record-types.ts';
import type { OperationRequests } from '../views/operation-requests.ts';
import { amountRefusal, dateRefusal, readAmount, textRefusal, totalRefusal } from './checks.ts';
import { openInvoice, type OpenedInvoice } from './invoice-steps.ts';
import {
  done,
  refusedAs,
  type About,
  type Bench,
  type Ending,
  type Handler,
  type Refusal,
} from './operation.ts';
import { invoiceIn, UNKNOWN_INVOICE } from './subject.ts';

type Request = OperationRequests['create-invoice'];

const NO_LINES: Refusal = {
  code: 'no_lines',
  message: 'This record has no line items in this currency. Type the lines in, or add products to the deal.',
};

export const createInvoice: Handler<'create-invoice'> = {
  subject: (request) => (request.replaces ? `invoice:${request.replaces}` : null),
  check(request, about) {
    const typed = request.lines === 'record' ? [] : request.lines;
    return (
      textRefusal([request.memo, ...typed.map(({ description }) => description)]) ??
      amountRefusal(typed.map((line) => readAmount(line.amount, request.currency, line.quantity))) ??
      totalRefusal(linesTyped(request)) ??
      dateRefusal(request.dueDate, about.zone, about.now) ??
      replacesRefusal(request, about) ??
      (request.lines === 'record' && !isOfKind(about.record, 'deal') ? NO_LINES : null)
    );
  },
  async run(request, bench) {
    const { lines, refusal } = await bench.step('lines', () => linesOf(request, bench));
    if (refusal) return refusedAs(refusal);
    const opened = await openInvoice(bench, {
      currency: request.currency,
      lines,
      memo: request.memo ?? null,
      dueDate: request.dueDate,
      replacesId: request.replaces ?? null,
      needsEmail: request.send,
    });
    if ('state' in opened) return opened;
    return request.send ? send(bench, opened) : ending(bench, opened, `Invoice ${opened.number} is open.`);
  },
};

/** What an invoice replaces is one of this record's, in the same currency: nothing is converted. */
function replacesRefusal(request: Request, { ledger }: About): Refusal | null {
  if (!request.replaces) return null;
  const replaced = invoiceIn(ledger, request.replaces);
  return replaced?.body.currency === request.currency ? null : UNKNOWN_INVOICE;
}

const ending = async (bench: Bench, opened: OpenedInvoice, message: string): Promise<Ending> =>
  done({ message, ...opened, payUrl: await bench.linkTo(opened.invoiceId) });

/** The invoice exists by now: that it could not be mailed is said beside it, never instead of it. */
async function send(bench: Bench, opened: OpenedInvoice): Promise<Ending> {
  const { problem } = await bench.step('send', async (key) => {
    try {
      const sent = await bench.gateway.sendInvoice(bench.connection, opened.invoiceId, key);
      await bench.post(bench.workspaceId, sent.facts);
      return { problem: '' };
    } catch (error) {
      const known = asConnectorError(error);
      if (known.code !== 'gateway_rejected') throw known;
      return { problem: known.publicMessage };
    }
  });
  if (problem === '') return ending(bench, opened, `Invoice ${opened.number} was sent.`);
  return ending(
    bench,
    opened,
    `Invoice ${opened.number} is open, but was not sent. ${problem} Pass its link on instead.`,
  );
}

function linesTyped(request: Request): NewInvoiceLine[] {
  const lines = request.lines === 'record' ? [] : request.lines;
  return lines.flatMap(({ description, quantity, amount }) => {
    const read = readAmount(amount, request.currency, quantity);
    return read.ok ? [{ description, quantity, unit: read.money, taxRateId: request.taxRateId }] : [];
  });
}

/** A type alias, as what a step keeps has to be plain JSON. */
type Lines = { lines: NewInvoiceLine[]; refusal: Refusal | null };

const none = (refusal: Refusal): Lines => ({ lines: [], refusal });

async function linesOf(request: Request, bench: Bench): Promise<Lines> {
  if (request.lines !== 'record') return { lines: linesTyped(request), refusal: null };
  const connection = await bench.crmConnection(bench.record.installationId);
  const products = await bench.crm.dealLines(connection, bench.record.recordId, request.currency);
  if (products.length === 0) return none(NO_LINES);
  if (products.some(({ unit }) => unit.currency !== request.currency))
    return none({
      code: 'lines_other_currency',
      message: 'The deal has line items in another currency. An invoice has one currency; type the lines in.',
    });
  const refusal = textRefusal(products.map(({ description }) => description)) ?? totalRefusal(products);
  if (refusal) return none(refusal);
  const lines = products.map(({ description, quantity, unit }) => ({
    description: description || 'Item',
    quantity,
    unit,
    taxRateId: request.taxRateId,
  }));
  return { lines, refusal: null };
}
