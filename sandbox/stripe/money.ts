// Amounts the way Stripe counts them: minor units, special currencies, tax and fees.
import { Refusal, docUrl, invalid } from './errors.ts';

const THREE_DECIMALS = new Set(['bhd', 'jod', 'kwd', 'omr', 'tnd']);
const WHOLE_HUNDREDS = new Set(['isk', 'ugx']);
const KNOWN = new Set(
  'usd eur gbp jpy kwd bhd jod omr tnd isk ugx chf cad aud nzd sek nok dkk pln czk huf twd clp krw vnd inr brl mxn sgd hkd zar aed'.split(
    ' ',
  ),
);
const SMALLEST: Record<string, number> = {
  usd: 50,
  eur: 50,
  gbp: 30,
  jpy: 50,
  cad: 50,
  aud: 50,
  chf: 50,
  kwd: 150,
};
const LARGEST = 99_999_999;

export function checkCurrency(currency: string): void {
  if (!KNOWN.has(currency))
    throw invalid(
      `Invalid currency: ${currency}. Stripe currently supports these currencies: ${[...KNOWN].join(', ')}`,
      'invalid_currency',
      'currency',
    );
}

/** Refuses an amount that cannot be charged in this currency; `amount` in Stripe's minor units. */
export function checkAmount(amount: number, currency: string, param = 'amount'): void {
  checkCurrency(currency);
  checkGranularity(amount, currency, param);
  if (amount < 1)
    throw invalid('This value must be greater than or equal to 1.', 'parameter_invalid_integer', param);
  if (amount < (SMALLEST[currency] ?? 1)) {
    throw new Refusal(400, {
      code: 'amount_too_small',
      doc_url: docUrl('amount_too_small'),
      message: `Amount must be at least ${SMALLEST[currency]} ${currency} (in minor units).`,
      param,
      type: 'invalid_request_error',
    });
  }
  if (amount > LARGEST) throw invalid('Amount must be no more than 99999999.', 'amount_too_large', param);
}

/** ISK and UGX are sent times 100 and stay whole; three-decimal currencies end in 0. */
export function checkGranularity(amount: number, currency: string, param = 'amount'): void {
  const step = WHOLE_HUNDREDS.has(currency) ? 100 : THREE_DECIMALS.has(currency) ? 10 : 1;
  if (amount % step !== 0)
    throw invalid(
      `Invalid amount: ${amount}. Amounts in ${currency} must be divisible by ${step}.`,
      'parameter_invalid_integer',
      param,
    );
}

/** Half-up division of integers; the sign is kept outside so that -0.5 becomes -1. */
export function divideHalfUp(numerator: bigint, denominator: bigint): number {
  const negative = numerator < 0n;
  const size = negative ? -numerator : numerator;
  const rounded = (size * 2n + denominator) / (denominator * 2n);
  return Number(negative ? -rounded : rounded);
}

/** Tax inside or on top of an amount; `percentage` with up to four decimals. */
export function taxOn(amount: number, percentage: number, inclusive: boolean): number {
  const rate = BigInt(Math.round(percentage * 10_000));
  const whole = 1_000_000n;
  return divideHalfUp(BigInt(amount) * rate, inclusive ? whole + rate : whole);
}

/** Processing fee: 2.9 % and 30 minor units. */
export function feeOn(amount: number): number {
  return divideHalfUp(BigInt(amount) * 29n, 1000n) + 30;
}

/** Minor units and currency as people read them, for the hosted pages. */
export function readable(amount: number, currency: string): string {
  const decimals = THREE_DECIMALS.has(currency)
    ? 3
    : new Set(['jpy', 'krw', 'clp', 'vnd']).has(currency)
      ? 0
      : 2;
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0');
  const whole = decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  return `${amount < 0 ? '-' : ''}${whole} ${currency.toUpperCase()}`;
}
