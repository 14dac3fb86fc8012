// The one error of the money room: a figure or a currency that must not be calculated with.

export type MoneyErrorCode =
  | 'currency_unknown'
  | 'currency_mismatch'
  | 'amount_unsafe'
  | 'amount_remainder'
  | 'amount_negative'
  | 'factor_invalid'
  | 'weights_invalid';

export class MoneyError extends Error {
  readonly code: MoneyErrorCode;

  constructor(code: MoneyErrorCode, detail: string) {
    super(`${code}: ${detail}`);
    this.name = 'MoneyError';
    this.code = code;
  }
}
