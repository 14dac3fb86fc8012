// A payment link for an amount: an invoice of one line, as there is one kind of thing to pay.
import { addDays, dayOf } from '../ledger/calendar.ts';
import { amountRefusal, readAmount, textRefusal, totalRefusal } from './checks.ts';
import { openInvoice } from './invoice-steps.ts';
import { done, refusedAs, type Handler } from './operation.ts';

const DUE_IN_DAYS = 14;

export const createLink: Handler<'create-link'> = {
  subject: () => null,
  check(request) {
    const read = readAmount(request.amount, request.currency);
    return (
      textRefusal([request.description, request.memo]) ??
      amountRefusal([read]) ??
      (read.ok ? totalRefusal([{ quantity: 1, unit: read.money }]) : null)
    );
  },
  async run(request, bench) {
    const read = readAmount(request.amount, request.currency);
    if (!read.ok) return refusedAs(read.refusal);
    const opened = await openInvoice(bench, {
      currency: request.currency,
      lines: [{ description: request.description, quantity: 1, unit: read.money }],
      memo: request.memo ?? null,
      dueDate: addDays(dayOf(bench.operation.startedAt, bench.zone), DUE_IN_DAYS),
      replacesId: null,
      needsEmail: false,
    });
    if ('state' in opened) return opened;
    const payUrl = await bench.linkTo(opened.invoiceId);
    return done({ message: 'The link is ready to be passed on.', ...opened, payUrl });
  },
};
