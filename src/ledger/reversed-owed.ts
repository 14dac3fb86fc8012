// What of an invoice may be asked for again: paid once, then withdrawn.
import type { InvoiceFigures } from './invoice-figures.ts';

/** What was reversed and not asked for again, in minor units; what is still open is collected by the invoice itself. */
export const reversedOwed = ({ body, owedMinor }: InvoiceFigures): number =>
  owedMinor - (body.status === 'open' ? body.remainingMinor : 0);
