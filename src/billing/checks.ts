// The checks every request goes through before anything is kept: amounts, text, dates.
import { limitsOf, toGatewayMinor } from '../money/gateway-amounts.ts';
import { MoneyError, multiply, sumByCurrency, type Money } from '../money/money.ts';
import { isCurrency } from '../money/currency.ts';
import { parseAmount } from '../money/parse-amount.ts';
import { formatAmount } from '../money/format-amount.ts';
import { dayOf } from '../ledger/calendar.ts';
import type { Refusal } from './operation.ts';
import { holdsCardNumber } from './text-guard.ts';

const REASONS: Record<string, string> = {
  empty: 'Enter an amount, for example 120.00.',
  format: 'Write the amount with digits and a point only, for example 1200.50.',
  sign: 'The amount must be above zero.',
  zero: 'The amount must be above zero.',
  precision: 'The amount has more decimal places than this currency.',
};

export type TypedAmount = { ok: true; money: Money } | { ok: false; refusal: Refusal };

/** Reads an amount a person typed and holds it, times its quantity, against the gateway's limits. */
export function readAmount(text: string, currency: string, quantity = 1): TypedAmount {
  if (!isCurrency(currency)) return no('amount_invalid', `${currency} is not a currency Payside knows.`);
  const parsed = parseAmount(text, currency);
  if (!parsed.ok && parsed.reason === 'too_large')
    return no('amount_too_large', 'The amount is larger than the gateway takes.');
  if (!parsed.ok) return no('amount_invalid', REASONS[parsed.reason] ?? 'The amount was not understood.');
  return withinLimits(parsed.money, quantity);
}

function withinLimits(unit: Money, quantity: number): TypedAmount {
  const refusal = judged(() => overMaximum(multiply(unit, quantity)));
  return refusal ? { ok: false, refusal } : { ok: true, money: unit };
}

const TOO_LARGE: Refusal = {
  code: 'amount_too_large',
  message: 'The amount is larger than the gateway takes.',
};

/** Amounts nobody can represent are answered like amounts that nobody takes. */
function judged(judge: () => Refusal | null): Refusal | null {
  try {
    return judge();
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
    if (error.code === 'amount_unsafe') return TOO_LARGE;
    return {
      code: 'amount_invalid',
      message: 'The gateway cannot collect this exact amount; round it to a whole step of the currency.',
    };
  }
}

function overMaximum(amount: Money): Refusal | null {
  if (toGatewayMinor('stripe', amount) <= limitsOf('stripe', amount.currency).max) return null;
  return { ...TOO_LARGE, message: `${formatAmount(amount)} is more than the gateway takes at once.` };
}

/** Holds the sum of an invoice against what the gateway collects at once; each line alone may be small. */
export function totalRefusal(lines: readonly { quantity: number; unit: Money }[]): Refusal | null {
  return judged(() => {
    const [total] = sumByCurrency(lines.map(({ unit, quantity }) => multiply(unit, quantity)));
    if (!total) return null;
    const { min = 0 } = limitsOf('stripe', total.currency);
    if (toGatewayMinor('stripe', total) >= min) return overMaximum(total);
    const message = `${formatAmount(total)} is less than the gateway collects. Ask for more, or add it to another invoice.`;
    return { code: 'amount_invalid', message };
  });
}

const no = (code: string, message: string): TypedAmount => ({ ok: false, refusal: { code, message } });

/** The first refusal among amounts, or null. */
export const amountRefusal = (amounts: TypedAmount[]): Refusal | null => {
  const bad = amounts.find((one) => !one.ok);
  return bad && !bad.ok ? bad.refusal : null;
};

export function textRefusal(texts: (string | undefined)[]): Refusal | null {
  if (!texts.some((text) => text !== undefined && holdsCardNumber(text))) return null;
  return {
    code: 'card_number_refused',
    message:
      'This looks like a card number. Never type card numbers here: send a payment link, and the customer enters it with the gateway.',
  };
}

export const dateRefusal = (day: string, zone: string, now: Date): Refusal | null =>
  day < dayOf(now, zone)
    ? { code: 'due_date_invalid', message: 'The due date is in the past. Choose today or later.' }
    : null;
