// An invoice as it is being typed, and the request it becomes; amounts stay text.
import type { OperationBody } from './connector.ts';
import type { Composer, InvoiceView } from './view-types.ts';

export type DraftLine = { key: number; description: string; quantity: string; amount: string };

export type InvoiceDraft = {
  source: 'typed' | 'record';
  lines: DraftLine[];
  currency: string;
  dueDate: string;
  memo: string;
  /** '' for no tax. */
  taxRateId: string;
  send: boolean;
};

/** As many as the connector takes on one invoice. */
export const MAX_LINES = 50;

export const emptyLine = (key: number): DraftLine => ({ key, description: '', quantity: '1', amount: '' });

/** Money that was withdrawn of an invoice is asked for again of its own payer, in its own currency. */
export const composerFor = (composer: Composer, replaces: InvoiceView | undefined): Composer =>
  replaces === undefined
    ? composer
    : {
        ...composer,
        payer: replaces.payer,
        currency: replaces.total.currency,
        currencies: [replaces.total.currency],
      };

export const newDraft = (
  composer: Composer,
  source: InvoiceDraft['source'],
  again: InvoiceView['again'] = null,
): InvoiceDraft => ({
  source,
  lines: [{ ...emptyLine(0), ...(again && { description: again.description, amount: again.amount }) }],
  currency: composer.currency,
  dueDate: composer.dueDate,
  memo: '',
  taxRateId: '',
  send: Boolean(composer.payer?.email),
});

export type LineProblems = { description?: string; quantity?: string; amount?: string };

export const lineProblems = ({ description, quantity, amount }: DraftLine): LineProblems => ({
  ...(description.trim() === '' && { description: 'Say what it is.' }),
  ...(!/^[1-9]\d{0,4}$/.test(quantity.trim()) && { quantity: 'A whole number.' }),
  ...(amount.trim() === '' && { amount: 'Type the amount.' }),
});

/** The request's body; null while something is missing. */
export function bodyOf(draft: InvoiceDraft, replaces?: string): OperationBody<'create-invoice'> | null {
  const { source, lines, currency, dueDate, memo, taxRateId, send } = draft;
  if (source === 'typed' && lines.some((line) => Object.keys(lineProblems(line)).length > 0)) return null;
  const typed = lines.map(({ description, quantity, amount }) => ({
    description: description.trim(),
    quantity: Number(quantity.trim()),
    amount: amount.trim(),
  }));
  return {
    currency,
    lines: source === 'record' ? 'record' : typed,
    dueDate,
    send,
    ...(memo.trim() !== '' && { memo: memo.trim() }),
    ...(taxRateId !== '' && { taxRateId }),
    ...(replaces !== undefined && { replaces }),
  };
}
