// A mirrored record as fields of one installation, by canonical name.
import { majorUnits, plainAmount } from '../money/format-amount.ts';
import type { Money } from '../money/money.ts';
import type { InvoiceState, LineState, MirrorState, PaymentState, WholeState } from './desired-state.ts';
import type { RenderFor } from './render.ts';

type Fields = Record<string, string | null>;

/** Fields by canonical name; null clears a field. */
export function renderMirror(state: MirrorState, target: RenderFor): Fields {
  switch (state.kind) {
    case 'invoice':
      return invoiceFields(state, target);
    case 'line':
      return lineFields(state);
    case 'payment':
      return paymentFields(state);
  }
}

/** Every amount three ways: the minor units are the record, the text is for people, the number for the CRM's own sums. */
export function renderWhole({ values }: WholeState, target: RenderFor): Fields {
  const entries = Object.entries(values.fields).flatMap(([field, value]): [string, string | null][] => {
    if (value === null || typeof value === 'string') return [[field, value]];
    return [
      [`${field}_minor`, String(value.amountMinor)],
      [field, value.currency === target.currency ? majorUnits(value) : null],
      [`${field}_text`, plainAmount(value)],
    ];
  });
  return Object.fromEntries(entries);
}

/** Numbers stand only where they are of the CRM's own currency, so that its sums are sums of one currency. */
function invoiceFields({ values }: InvoiceState, target: RenderFor): Fields {
  const inCurrency = (amount: Money): string | null =>
    amount.currency === target.currency ? majorUnits(amount) : null;
  return {
    currency: values.total.currency,
    number: values.number,
    status: values.status,
    total: inCurrency(values.total),
    total_text: plainAmount(values.total),
    due: inCurrency(values.due),
    due_text: plainAmount(values.due),
    due_date: values.dueOn,
  };
}

const WHOLE = /^[1-9]\d{0,8}$/;

/** A CRM multiplies price by quantity, so a price that does not come out whole is given as one piece. */
function lineFields({ values }: LineState): Fields {
  const { amount, description, quantity } = values;
  const pieces = WHOLE.test(quantity) ? Number(quantity) : 1;
  const isExact = String(pieces) === quantity && amount.amountMinor % pieces === 0;
  const price = isExact ? { ...amount, amountMinor: amount.amountMinor / pieces } : amount;
  return {
    currency: amount.currency,
    description: isExact ? description : `${description} (${quantity})`,
    quantity: isExact ? quantity : '1',
    price: majorUnits(price),
  };
}

const paymentFields = ({ values, id }: PaymentState): Fields => ({
  currency: values.amount.currency,
  amount: majorUnits(values.amount),
  refunded: majorUnits(values.refunded),
  status: values.status,
  started_at: values.startedAt,
  reference: id,
});
