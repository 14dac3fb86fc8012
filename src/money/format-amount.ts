// Writes an amount as text: for people in their locale, for plain text fields, and as a bare decimal for CRM number fields.
import { exponentOf } from './currency.ts';
import { toExact } from './exact.ts';
import type { Money } from './money.ts';

/** '€120.00', '¥5,000'; the locale is a valid BCP 47 tag (an invalid one throws RangeError). */
export function formatAmount(amount: Money, locale = 'en-US'): string {
  return write(amount, locale, { style: 'currency', currency: amount.currency });
}

/** 'EUR 120.00', 'JPY 5,000': the same everywhere, with an ordinary space. */
export function plainAmount(amount: Money): string {
  return `${amount.currency} ${write(amount, 'en-US', {})}`;
}

/** '120.00', '5000', '-0.05': every decimal of the currency, no grouping. */
export function majorUnits(amount: Money): `${number}` {
  const exponent = exponentOf(amount.currency);
  const exact = toExact(amount.amountMinor);
  const sign = exact < 0n ? '-' : '';
  const digits = String(exact < 0n ? -exact : exact).padStart(exponent + 1, '0');
  const point = digits.length - exponent;
  const fraction = exponent === 0 ? '' : `.${digits.slice(point)}`;
  return `${sign}${digits.slice(0, point)}${fraction}` as `${number}`;
}

/** The decimals come from our table: Intl drops those of currencies such as HUF or COP. */
function write(amount: Money, locale: string, style: Intl.NumberFormatOptions): string {
  return formatOf(locale, style, exponentOf(amount.currency)).format(majorUnits(amount));
}

/** Making a format costs many times what using it does. A locale may come from outside, so that only so many are kept. */
const formats = new Map<string, Intl.NumberFormat>();
const MOST_FORMATS = 500;

function formatOf(locale: string, style: Intl.NumberFormatOptions, exponent: number): Intl.NumberFormat {
  const key = `${locale}|${style.currency ?? ''}|${exponent}`;
  const decimals = { minimumFractionDigits: exponent, maximumFractionDigits: exponent };
  const format = formats.get(key) ?? new Intl.NumberFormat(locale, { ...style, ...decimals });
  if (formats.size >= MOST_FORMATS) formats.clear();
  formats.set(key, format);
  return format;
}
