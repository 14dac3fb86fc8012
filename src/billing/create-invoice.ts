// Makes an invoice from typed lines or from the deal's own, opens it, and sends it where asked.
import { asConnectorError } from '../errors.ts';
import type { NewInvoiceLine } from '../gateways/gateway.ts';
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
import { NO_LINES, recordLines, type Lines } from './record-lines.ts';
import { invoiceIn, UNKNOWN_INVOICE } from './subject.ts';

type Request = OperationRequests['create-invoice'];

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
      (request.lines === 'record' && about.record.objectType !== 'deals' ? NO_LINES : null)
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

const linesOf = async (request: Request, bench: Bench): Promise<Lines> =>
  request.lines === 'record' ? recordLines(request, bench) : { lines: linesTyped(request), refusal: null };
