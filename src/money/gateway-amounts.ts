// Where a gateway's minor units differ from ISO 4217, and which amounts it takes; only gateway adapters and checks before a charge need it.
import { exponentOf } from './currency.ts';
import { powerOfTen, toExact, toSafeNumber } from './exact.ts';
import { money, MoneyError } from './money.ts';
import type { Money } from './money.ts';

export type GatewayName = 'stripe';

/** Everything here is in the gateway's own minor units. */
type AmountRules = {
  /** Decimals of the amounts in the API, where they differ from ISO. */
  exponents: Record<string, number>;
  /** What a sent amount must be divisible by, where it is not 1. */
  steps: Record<string, number>;
  minimums: Record<string, number>;
  maximums: Record<string, number>;
  defaultMaximum: number;
};

const STRIPE: AmountRules = {
  exponents: { ISK: 2, UGX: 2, MGA: 0 },
  steps: { BHD: 10, IQD: 10, JOD: 10, KWD: 10, LYD: 10, OMR: 10, TND: 10 },
  // Published for charges that settle in the same currency; a converted charge is judged by Stripe alone.
  minimums: {
    AED: 200,
    AUD: 50,
    BRL: 50,
    CAD: 50,
    CHF: 50,
    CZK: 1_500,
    DKK: 250,
    EUR: 50,
    GBP: 30,
    HKD: 400,
    HUF: 17_500,
    INR: 50,
    JPY: 50,
    MXN: 1_000,
    MYR: 200,
    NOK: 300,
    NZD: 50,
    PLN: 200,
    RON: 200,
    SEK: 300,
    SGD: 50,
    THB: 1_000,
    USD: 50,
  },
  // Stripe states these by number of digits; COP, HUF, JPY and LBP hold for cards, other methods may take less.
  maximums: {
    COP: 9_999_999_999,
    HUF: 9_999_999_999,
    IDR: 999_999_999_999,
    INR: 999_999_999,
    JPY: 9_999_999_999,
    LBP: 99_999_999_999,
  },
  defaultMaximum: 99_999_999,
};

const RULES: Record<GatewayName, AmountRules> = { stripe: STRIPE };

/** The integer the gateway's API expects; throws `amount_remainder` when it cannot charge exactly this amount. */
export function toGatewayMinor(gateway: GatewayName, amount: Money): number {
  const rules = RULES[gateway];
  const sent = shiftDecimals(toExact(amount.amountMinor), decimalsAdded(rules, amount.currency));
  if (sent % BigInt(rules.steps[amount.currency] ?? 1) !== 0n) throw remainder(sent, amount.currency);
  return toSafeNumber(sent);
}

/**
 * Money from an integer of the gateway's API, currency code in any case. What the gateway says it moved is taken
 * as it is: only an amount that has no exact form in ISO minor units is refused (`amount_remainder`).
 */
export function fromGatewayMinor(gateway: GatewayName, amount: number, currency: string): Money {
  const code = currency.toUpperCase();
  const minor = shiftDecimals(toExact(amount), -decimalsAdded(RULES[gateway], code));
  return money(toSafeNumber(minor), code);
}

/** Smallest and largest charge in the gateway's minor units; without `min` the gateway publishes none. */
export function limitsOf(gateway: GatewayName, currency: string): { min?: number; max: number } {
  const rules = RULES[gateway];
  const code = currency.toUpperCase();
  exponentOf(code);
  const min = rules.minimums[code];
  const max = rules.maximums[code] ?? rules.defaultMaximum;
  return min === undefined ? { max } : { min, max };
}

function decimalsAdded(rules: AmountRules, currency: string): number {
  const iso = exponentOf(currency);
  return (rules.exponents[currency] ?? iso) - iso;
}

function shiftDecimals(amount: bigint, decimals: number): bigint {
  if (decimals === 0) return amount;
  if (decimals > 0) return amount * powerOfTen(decimals);
  const divisor = powerOfTen(-decimals);
  if (amount % divisor !== 0n) throw remainder(amount, `not divisible by ${divisor}`);
  return amount / divisor;
}

function remainder(amount: bigint, detail: string): MoneyError {
  return new MoneyError('amount_remainder', `${amount} ${detail}`);
}
