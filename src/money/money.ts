// An amount of money and the arithmetic allowed on it: whole minor units of one currency, always exact.
import { exponentOf } from './currency.ts';
import { readDecimal, type Decimal } from './decimal.ts';
import { divideHalfUp, powerOfTen, toExact, toSafeNumber } from './exact.ts';
import { MoneyError } from './money-error.ts';

export { MoneyError } from './money-error.ts';

/** Minor units by the ISO 4217 exponent, at most 2^53 - 1 in size; the code is upper case. */
export type Money = { amountMinor: number; currency: string };

/** Throws `currency_unknown` or `amount_unsafe`. */
export function money(amountMinor: number, currency: string): Money {
  exponentOf(currency);
  return fromExact(toExact(amountMinor), currency);
}

export function add(a: Money, b: Money): Money {
  requireSameCurrency(a, b);
  return fromExact(toExact(a.amountMinor) + toExact(b.amountMinor), a.currency);
}

export function subtract(a: Money, b: Money): Money {
  requireSameCurrency(a, b);
  return fromExact(toExact(a.amountMinor) - toExact(b.amountMinor), a.currency);
}

export function isZero(amount: Money): boolean {
  return amount.amountMinor === 0;
}

/** -1 when a is smaller, 1 when it is larger, 0 when both are the same. */
export function compare(a: Money, b: Money): -1 | 0 | 1 {
  requireSameCurrency(a, b);
  if (a.amountMinor === b.amountMinor) return 0;
  return a.amountMinor < b.amountMinor ? -1 : 1;
}

/** One sum per currency, sorted by code; a sum of zero is left out. */
export function sumByCurrency(list: Iterable<Money>): Money[] {
  const sums = new Map<string, bigint>();
  for (const { amountMinor, currency } of list) {
    sums.set(currency, (sums.get(currency) ?? 0n) + toExact(amountMinor));
  }
  return [...sums.keys()]
    .sort()
    .map((currency) => fromExact(sums.get(currency) ?? 0n, currency))
    .filter((sum) => !isZero(sum));
}

/** Price times quantity ('2.5' or a whole number), rounded half up to the minor unit. */
export function multiply(amount: Money, quantity: string | number): Money {
  const { digits, scale } = readFactor(quantity);
  const product = toExact(amount.amountMinor) * digits;
  return fromExact(divideHalfUp(product, powerOfTen(scale)), amount.currency);
}

/** The part of the amount that a percentage such as '8.875' makes, rounded half up to the minor unit. */
export function percentage(amount: Money, percent: string): Money {
  const { digits, scale } = readFactor(percent);
  const product = toExact(amount.amountMinor) * digits;
  return fromExact(divideHalfUp(product, powerOfTen(scale + 2)), amount.currency);
}

function fromExact(amount: bigint, currency: string): Money {
  return { amountMinor: toSafeNumber(amount), currency };
}

function requireSameCurrency(a: Money, b: Money): void {
  if (a.currency !== b.currency) throw new MoneyError('currency_mismatch', `${a.currency} and ${b.currency}`);
}

function readFactor(factor: string | number): Decimal {
  if (typeof factor === 'number') return { digits: toExact(factor), scale: 0 };
  const read = readDecimal(factor);
  if (!read) throw new MoneyError('factor_invalid', factor.slice(0, 40));
  return read;
}
