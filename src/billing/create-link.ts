// A payment link for an amount: an invoice of one line, as there is one kind of thing to pay.
import { addDays, dayOf } from '../ledger/calendar.ts';
import { amountRefusal, readAmount, textRefusal } from './checks.ts';
import { openInvoice } from './invoice-steps.ts';
import { done, refused, type Handler } from './operation.ts';

const DUE_IN_DAYS = 14;

export const createLink: Handler<'create-link'> = {
  subject: () => null,
  check: (request) =>
    textRefusal([request.description, request.memo]) ??
    amountRefusal([readAmount(request.amount, request.currency)]),
  async run(request, bench) {
    const read = readAmount(request.amount, request.currency);
    if (!read.ok) return refused(read.refusal.code, read.refusal.message);
    const opened = await openInvoice(bench, {
      currency: request.currency,
      lines: [{ description: request.description, quantity: 1, unit: read.money }],
      memo: request.memo ?? null,
      dueDate: addDays(dayOf(bench.operation.startedAt, bench.zone), DUE_IN_DAYS),
      replacesId: null,
    });
    if ('state' in opened) return opened;
    return done({
      message: 'The link is ready to be passed on.',
      ...opened,
      payUrl: bench.payUrl(bench.account.id, opened.invoiceId),
    });
  },
};
