// Exact whole-number arithmetic: between safe integers and bigint, and the one rounding rule of the product.
import { MoneyError } from './money-error.ts';

export function toExact(amount: number): bigint {
  if (!Number.isSafeInteger(amount)) throw new MoneyError('amount_unsafe', String(amount));
  return BigInt(amount);
}

export function toSafeNumber(amount: bigint): number {
  const result = Number(amount);
  if (!Number.isSafeInteger(result)) throw new MoneyError('amount_unsafe', 'result beyond 2^53 - 1');
  return result;
}

export function powerOfTen(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}

/** Rounds half away from zero, so that a line and its reversal always cancel; the divisor is positive. */
export function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  const size = dividend < 0n ? -dividend : dividend;
  const rounded = (2n * size + divisor) / (2n * divisor);
  return dividend < 0n ? -rounded : rounded;
}
