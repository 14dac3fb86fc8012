// Typed amounts in, texts out: what one writes the other reads, in every currency.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencyCodes, exponentOf, isCurrency } from '../../src/money/currency.ts';
import { formatAmount, majorUnits, plainAmount } from '../../src/money/format-amount.ts';
import { money } from '../../src/money/money.ts';
import { parseAmount } from '../../src/money/parse-amount.ts';
import { anyCurrency, anyMoney, refusalOf } from './generators.ts';

describe('the currency table', () => {
  it.each<[string, number]>([
    ['USD', 2],
    ['JPY', 0],
    ['CLP', 0],
    ['ISK', 0],
    ['UGX', 0],
    ['KWD', 3],
    ['BHD', 3],
    ['MGA', 2],
    ['HUF', 2],
    ['CLF', 4],
    ['BGN', 2],
  ])('gives %s %i decimals', (code, exponent) => {
    expect(exponentOf(code)).toBe(exponent);
  });

  it('lists each code once, in upper case', () => {
    expect(new Set(currencyCodes).size).toBe(currencyCodes.length);
    expect(currencyCodes.filter((code) => !/^[A-Z]{3}$/.test(code))).toEqual([]);
  });

  it('accepts neither lower case nor codes without decimals', () => {
    expect(['usd', 'XAU', 'XXX', 'XTS', 'toString'].filter(isCurrency)).toEqual([]);
  });

  it.each(currencyCodes)('takes the largest and smallest amount of %s through text and back', (currency) => {
    for (const amountMinor of [1, 10, 12_345, Number.MAX_SAFE_INTEGER]) {
      const amount = money(amountMinor, currency);
      expect(parseAmount(majorUnits(amount), currency)).toEqual({ ok: true, money: amount });
    }
  });
});

describe('parseAmount', () => {
  it('reads back every amount that majorUnits writes (P4)', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), anyCurrency, (size, currency) => {
        fc.pre(size > 0);
        const amount = money(size, currency);
        expect(parseAmount(majorUnits(amount), currency)).toEqual({ ok: true, money: amount });
      }),
    );
  });

  it.each<[string, string, number]>([
    ['12.50', 'USD', 1250],
    ['12', 'USD', 1200],
    ['0.5', 'USD', 50],
    ['1.15', 'USD', 115],
    ['007', 'USD', 700],
    ['5000', 'JPY', 5000],
    ['1.5', 'KWD', 1500],
    ['1.234', 'KWD', 1234],
    ['500', 'ISK', 500],
    ['500', 'UGX', 500],
    ['90071992547409.91', 'USD', Number.MAX_SAFE_INTEGER],
  ])('reads %s %s as %i minor units', (text, currency, amountMinor) => {
    expect(parseAmount(text, currency)).toEqual({ ok: true, money: money(amountMinor, currency) });
  });

  it.each<[string, string, string]>([
    ['', 'USD', 'empty'],
    ['  ', 'USD', 'empty'],
    ['-1', 'USD', 'sign'],
    ['+1', 'USD', 'sign'],
    ['\u22121', 'USD', 'sign'],
    ['0', 'USD', 'zero'],
    ['0.00', 'USD', 'zero'],
    ['1e3', 'USD', 'format'],
    ['0x10', 'USD', 'format'],
    ['1,000.00', 'USD', 'format'],
    ['1,5', 'EUR', 'format'],
    [' 1 ', 'USD', 'format'],
    ['1\n', 'USD', 'format'],
    ['１２', 'USD', 'format'],
    ['١٢', 'USD', 'format'],
    ['.5', 'USD', 'format'],
    ['5.', 'USD', 'format'],
    ['1.2.3', 'USD', 'format'],
    ['--1', 'USD', 'format'],
    ['Infinity', 'USD', 'format'],
    ['$5', 'USD', 'format'],
    ['0.001', 'USD', 'precision'],
    ['1.500', 'USD', 'precision'],
    ['5.5', 'JPY', 'precision'],
    ['5.0', 'ISK', 'precision'],
    ['5.0', 'UGX', 'precision'],
    ['1.2345', 'KWD', 'precision'],
    ['90071992547409.92', 'USD', 'too_large'],
    ['9'.repeat(100_000), 'USD', 'too_large'],
  ])('refuses %j in %s: %s (P4c)', (text, currency, reason) => {
    expect(parseAmount(text, currency)).toEqual({ ok: false, reason });
  });

  it('accepts no text but a plain decimal', () => {
    const typed = fc.string({ unit: fc.constantFrom(...'0012359..,-+ eE\n１٢'), maxLength: 8 });
    fc.assert(
      fc.property(typed, anyCurrency, (text, currency) => {
        if (parseAmount(text, currency).ok) expect(text).toMatch(/^[0-9]+(\.[0-9]+)?$/);
      }),
    );
  });

  it('throws for an unknown currency', () => {
    expect(refusalOf(() => parseAmount('1', 'ABC'))).toBe('currency_unknown');
  });
});

describe('amount texts', () => {
  it.each<[number, string, string, string, string]>([
    [12_000, 'EUR', '€120.00', 'EUR 120.00', '120.00'],
    [5000, 'JPY', '¥5,000', 'JPY 5,000', '5000'],
    [1234, 'KWD', 'KWD\u00a01.234', 'KWD 1.234', '1.234'],
    [500, 'ISK', 'ISK\u00a0500', 'ISK 500', '500'],
    [500, 'UGX', 'UGX\u00a0500', 'UGX 500', '500'],
    [150_050, 'HUF', 'HUF\u00a01,500.50', 'HUF 1,500.50', '1500.50'],
    [-5, 'USD', '-$0.05', 'USD -0.05', '-0.05'],
    [0, 'USD', '$0.00', 'USD 0.00', '0.00'],
    [
      Number.MAX_SAFE_INTEGER,
      'EUR',
      '€90,071,992,547,409.91',
      'EUR 90,071,992,547,409.91',
      '90071992547409.91',
    ],
  ])('writes %i %s', (amountMinor, currency, ...texts) => {
    const amount = money(amountMinor, currency);
    expect([formatAmount(amount), plainAmount(amount), majorUnits(amount)]).toEqual(texts);
  });

  it('follows the locale', () => {
    expect(formatAmount(money(123_456, 'EUR'), 'de-DE')).toBe('1.234,56\u00a0€');
  });

  it('shows every digit of every amount', () => {
    fc.assert(
      fc.property(anyMoney, (amount) => {
        const digits = (text: string) => text.replace(/\D/g, '');
        expect(digits(formatAmount(amount))).toBe(digits(majorUnits(amount)));
        expect(digits(plainAmount(amount))).toBe(digits(majorUnits(amount)));
      }),
    );
  });

  it('refuses to write an amount that is not a safe integer', () => {
    expect(refusalOf(() => majorUnits({ amountMinor: 1e21, currency: 'USD' }))).toBe('amount_unsafe');
  });
});
