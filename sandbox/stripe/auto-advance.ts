// What time does by itself: subscriptions go on, drafts become final, and charged invoices are tried again.
import type { Context } from './context.ts';
import { Refusal } from './errors.ts';
import { apply } from './events.ts';
import { finalize, pay } from './invoice-state.ts';
import type { Invoice } from './shapes.ts';
import { advanceSubscriptions } from './subscribing.ts';

const RETRY_SECONDS = 3 * 86_400;
const MAX_ATTEMPTS = 4;

/** Does whatever is due by now. */
export function advance(ctx: Context): void {
  advanceSubscriptions(ctx);
  advanceInvoices(ctx);
}

function advanceInvoices(ctx: Context): void {
  for (const invoice of ctx.account.tables.invoices.values()) {
    if (invoice.status === 'draft' && isDue(invoice.automatically_finalizes_at, ctx))
      quietly(() => finalize(ctx, invoice));
    if (invoice.status === 'open' && isDue(invoice.next_payment_attempt, ctx)) collect(ctx, invoice);
  }
}

function isDue(moment: number | null, ctx: Context): boolean {
  return moment !== null && moment <= ctx.now;
}

function collect(ctx: Context, invoice: Invoice): void {
  const attempts = invoice.attempt_count + 1;
  apply(invoice, {
    attempted: true,
    attempt_count: attempts,
    next_payment_attempt: attempts < MAX_ATTEMPTS ? ctx.now + RETRY_SECONDS : null,
  });
  quietly(() => pay(ctx, invoice, {}));
}

/** A refusal here has nobody to answer to; the events tell it. */
function quietly(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}
