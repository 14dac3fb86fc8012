// Reads an amount a person typed: plain decimal text in major units, refused with a reason when it is anything else.
import { exponentOf } from './currency.ts';
import { money } from './money.ts';
import type { Money } from './money.ts';

export type AmountRefusal = 'empty' | 'format' | 'precision' | 'sign' | 'zero' | 'too_large';
export type ParsedAmount = { ok: true; money: Money } | { ok: false; reason: AmountRefusal };

const PLAIN_DECIMAL = /^(\d+)(?:\.(\d+))?$/;
const SIGNED_DECIMAL = /^[+\-\u2212]\d+(?:\.\d+)?$/;

/** Only positive amounts pass; an unknown currency is not the typist's mistake and throws MoneyError. */
export function parseAmount(text: string, currency: string): ParsedAmount {
  const exponent = exponentOf(currency);
  if (text.trim() === '') return refuse('empty');
  if (SIGNED_DECIMAL.test(text)) return refuse('sign');
  const match = PLAIN_DECIMAL.exec(text);
  if (!match) return refuse('format');
  const [, whole = '', fraction = ''] = match;
  if (fraction.length > exponent) return refuse('precision');
  return fromDigits(whole + fraction.padEnd(exponent, '0'), currency);
}

function fromDigits(digits: string, currency: string): ParsedAmount {
  const amountMinor = BigInt(digits);
  if (amountMinor === 0n) return refuse('zero');
  if (amountMinor > BigInt(Number.MAX_SAFE_INTEGER)) return refuse('too_large');
  return { ok: true, money: money(Number(amountMinor), currency) };
}

function refuse(reason: AmountRefusal): ParsedAmount {
  return { ok: false, reason };
}
