// Makes an invoice from typed lines or from the deal's own, opens it, and sends it where asked.
import { asConnectorError } from '../errors.ts';
import type { NewInvoiceLine } from '../gateways/gateway.ts';
import { invoiceFigures } from '../ledger/invoice-figures.ts';
import { reversedOwed } from '../ledger/reversed-owed.ts';
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
import { NO_LINES, recordLines, type Lines } from './record-lines.ts';
import { UNKNOWN_INVOICE } from './subject.ts';

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

const NOT_REVERSED: Refusal = {
  code: 'invoice_not_reversed',
  message: 'No payment of this invoice was taken back by the bank, or it was asked for again already.',
};

type Known = Pick<About, 'ledger' | 'now' | 'zone'>;

/** What an invoice replaces is one of this record's, in the same currency: nothing is converted, or asked for twice. */
function replacesRefusal({ replaces, currency }: Request, about: Known): Refusal | null {
  if (!replaces) return null;
  const replaced = invoiceFigures(about.ledger, about.now, about.zone).find(({ id }) => id === replaces);
  if (replaced?.body.currency !== currency) return UNKNOWN_INVOICE;
  return reversedOwed(replaced) > 0 ? null : NOT_REVERSED;
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

async function linesOf(request: Request, bench: Bench): Promise<Lines> {
  const refusal = request.replaces ? await collectedMeanwhile(request, bench) : null;
  if (refusal) return { lines: [], refusal };
  return request.lines === 'record'
    ? recordLines(request, bench)
    : { lines: linesTyped(request), refusal: null };
}

/** Asked once more now that nobody else can begin: somebody may have ended while this click was on its way. */
async function collectedMeanwhile(request: Request, bench: Bench): Promise<Refusal | null> {
  const ledger = await bench.ledgerOf(bench.workspaceId, bench.record);
  return replacesRefusal(request, { ledger, now: bench.clock.now(), zone: bench.zone });
}
