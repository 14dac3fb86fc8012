// Decimal text as another system states it: read exactly, multiplied exactly, rounded only where it is asked for.
import { divideHalfUp, powerOfTen } from './exact.ts';

/** Digits over ten to the power of the scale. */
export type Decimal = { digits: bigint; scale: number };

const DECIMAL = /^(-?\d{1,18})(?:\.(\d{1,18}))?$/;

/** Null for anything but plain decimal text, also for an empty one. */
export function readDecimal(text: string): Decimal | null {
  const match = DECIMAL.exec(text);
  if (!match) return null;
  const [, whole = '', fraction = ''] = match;
  return { digits: BigInt(whole + fraction), scale: fraction.length };
}

export const times = (a: Decimal, b: Decimal): Decimal => ({
  digits: a.digits * b.digits,
  scale: a.scale + b.scale,
});

/** How many units of 10^-exponent it is; null where it is not so many exactly. */
export function unitsIn({ digits, scale }: Decimal, exponent: number): bigint | null {
  const [units, divisor] = [digits * powerOfTen(exponent), powerOfTen(scale)];
  return units % divisor === 0n ? units / divisor : null;
}

/** The same, rounded half away from zero. */
export const roundedIn = ({ digits, scale }: Decimal, exponent: number): bigint =>
  divideHalfUp(digits * powerOfTen(exponent), powerOfTen(scale));
