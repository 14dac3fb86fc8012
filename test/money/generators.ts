// What the money tests share: arbitrary amounts, and a way to see which code an operation was refused with.
import * as fc from 'fast-check';
import { currencyCodes } from '../../src/money/currency.ts';
import { MoneyError } from '../../src/money/money.ts';
import type { Money } from '../../src/money/money.ts';

export const anyCurrency = fc.constantFrom(...currencyCodes);

export const anyMoney: fc.Arbitrary<Money> = fc.record({
  amountMinor: fc.maxSafeInteger(),
  currency: anyCurrency,
});

/** Small enough that a thousand of them still add up to a safe integer. */
export const payable = fc.integer({ min: 0, max: 999_999_999_999 });

export function refusalOf(operation: () => unknown): string {
  try {
    operation();
  } catch (error) {
    if (error instanceof MoneyError) return error.code;
    throw error;
  }
  return 'accepted';
}
