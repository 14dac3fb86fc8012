// An invoice as it is being typed, and the request it becomes; amounts stay text.

/** @typedef {import('payside/view').Composer} Composer */
/** @typedef {import('payside/view').InvoiceView} InvoiceView */
/** @typedef {{ key: number, description: string, quantity: string, amount: string }} DraftLine */
/**
 * @typedef {object} InvoiceDraft
 * @property {'typed' | 'record'} source
 * @property {DraftLine[]} lines
 * @property {string} currency
 * @property {string} dueDate
 * @property {string} memo
 * @property {string} taxRateId '' for no tax
 * @property {boolean} send
 */

/** As many as the connector takes on one invoice. */
export const MAX_LINES = 50;

/**
 * @param {number} key
 * @returns {DraftLine}
 */
export const emptyLine = (key) => ({ key, description: '', quantity: '1', amount: '' });

/**
 * Money that was withdrawn of an invoice is asked for again of its own payer, in its own currency.
 * @param {Composer} composer
 * @param {InvoiceView | null} replaces
 * @returns {Composer}
 */
export function composerFor(composer, replaces) {
  if (replaces === null) return composer;
  const { currency } = replaces.total;
  return { ...composer, payer: replaces.payer, currency, currencies: [currency] };
}

/**
 * @param {Composer} composer
 * @param {'typed' | 'record'} source
 * @param {InvoiceView['again']} again
 * @returns {InvoiceDraft}
 */
export const newDraft = (composer, source, again) => ({
  source,
  lines: [{ ...emptyLine(0), ...(again && { description: again.description, amount: again.amount }) }],
  currency: composer.currency,
  dueDate: composer.dueDate,
  memo: '',
  taxRateId: '',
  send: Boolean(composer.payer?.email),
});

/**
 * What is wrong with a line, by field; '' where nothing is.
 * @param {DraftLine} line
 */
export const lineProblems = ({ description, quantity, amount }) => ({
  description: description.trim() === '' ? 'Say what it is.' : '',
  quantity: /^[1-9]\d{0,4}$/.test(quantity.trim()) ? '' : 'A whole number.',
  amount: amount.trim() === '' ? 'Type the amount.' : '',
});

/** @param {DraftLine} line */
const isComplete = (line) => Object.values(lineProblems(line)).every((problem) => problem === '');

/**
 * The request's body; null while something is missing.
 * @param {InvoiceDraft} draft
 * @param {string | null} replaces
 * @returns {Omit<import('payside/view').OperationRequests['create-invoice'], 'operationId'> | null}
 */
export function bodyOf(draft, replaces) {
  const { source, lines, currency, dueDate, memo, taxRateId, send } = draft;
  if (dueDate === '' || (source === 'typed' && !lines.every(isComplete))) return null;
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
    ...(replaces !== null && { replaces }),
  };
}
