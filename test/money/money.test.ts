// The arithmetic: exact, never across currencies, never silently beyond safe integers.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  compare,
  isZero,
  money,
  multiply,
  percentage,
  subtract,
  sumByCurrency,
} from '../../src/money/money.ts';
import { anyCurrency, anyMoney, payable, refusalOf } from './generators.ts';

const eur = (amountMinor: number) => money(amountMinor, 'EUR');
const MAX = Number.MAX_SAFE_INTEGER;

describe('money', () => {
  it.each([0.5, NaN, Infinity, MAX + 1, -MAX - 1])('refuses %s as minor units', (amountMinor) => {
    expect(refusalOf(() => eur(amountMinor))).toBe('amount_unsafe');
  });

  it.each(['eur', 'EURO', '', 'ABC', 'XAU', 'constructor'])('refuses the currency code "%s"', (code) => {
    expect(refusalOf(() => money(1, code))).toBe('currency_unknown');
  });

  it('knows no negative zero', () => {
    expect(eur(-0)).toStrictEqual({ amountMinor: 0, currency: 'EUR' });
    expect(multiply(eur(0), -1)).toStrictEqual(eur(0));
  });
});

describe('adding and comparing', () => {
  it('undoes an addition by the subtraction', () => {
    fc.assert(
      fc.property(payable, payable, anyCurrency, (a, b, currency) => {
        const sum = add(money(a, currency), money(b, currency));
        expect(subtract(sum, money(b, currency))).toStrictEqual(money(a, currency));
      }),
    );
  });

  it('refuses a result beyond safe integers', () => {
    expect(refusalOf(() => add(eur(MAX), eur(1)))).toBe('amount_unsafe');
    expect(refusalOf(() => subtract(eur(-MAX), eur(1)))).toBe('amount_unsafe');
  });

  it('refuses every operation across currencies, also for zero (P10)', () => {
    fc.assert(
      fc.property(anyMoney, anyMoney, (a, b) => {
        fc.pre(a.currency !== b.currency);
        for (const operation of [add, subtract, compare]) {
          expect(refusalOf(() => operation(a, b))).toBe('currency_mismatch');
          expect(refusalOf(() => operation({ ...a, amountMinor: 0 }, b))).toBe('currency_mismatch');
        }
      }),
    );
  });

  it('orders amounts', () => {
    expect([compare(eur(1), eur(2)), compare(eur(2), eur(2)), compare(eur(2), eur(-3))]).toEqual([-1, 0, 1]);
    expect([isZero(eur(0)), isZero(eur(-1))]).toEqual([true, false]);
  });
});

describe('sumByCurrency', () => {
  it('keeps currencies apart, sorts them and leaves zeros out', () => {
    const list = [money(5, 'USD'), eur(7), money(3, 'JPY'), eur(-2), money(-3, 'JPY')];
    expect(sumByCurrency(list)).toEqual([eur(5), money(5, 'USD')]);
  });

  it('gives the same sums in every order, also when a running total leaves safe integers', () => {
    expect(sumByCurrency([eur(MAX), eur(MAX), eur(-MAX)])).toEqual([eur(MAX)]);
    fc.assert(
      fc.property(fc.array(fc.record({ amountMinor: payable, currency: anyCurrency })), (list) => {
        expect(sumByCurrency(list.toReversed())).toEqual(sumByCurrency(list));
      }),
    );
  });
});

describe('multiply and percentage', () => {
  it.each([
    [1999, '2.5', 4998],
    [1, '0.5', 1],
    [1, '0.4999999999', 0],
    [-1, '0.5', -1],
    [333, 3, 999],
    [100, '-1', -100],
    [9_007_199_254_740_991, '0.1', 900_719_925_474_099],
    [9_007_199_254_740_991, '1', 9_007_199_254_740_991],
  ])('%i times %s is %i', (amount, quantity, expected) => {
    expect(multiply(eur(amount), quantity)).toStrictEqual(eur(expected));
  });

  it.each([
    [10_000, '19', 1900],
    [1005, '10', 101],
    [1004, '10', 100],
    [999, '8.875', 89],
    [200, '0.25', 1],
    [-1005, '10', -101],
    [50, '0', 0],
  ])('of %i, %s percent is %i', (amount, percent, expected) => {
    expect(percentage(eur(amount), percent)).toStrictEqual(eur(expected));
  });

  it('is never more than half a minor unit away from the exact product', () => {
    const thousandths = fc.integer({ min: 0, max: 99_999 });
    fc.assert(
      fc.property(payable, thousandths, (amount, factor) => {
        const text = `${Math.floor(factor / 1000)}.${String(factor % 1000).padStart(3, '0')}`;
        const rounded = BigInt(multiply(eur(amount), text).amountMinor);
        const difference = rounded * 1000n - BigInt(amount) * BigInt(factor);
        expect(difference > -500n && difference <= 500n).toBe(true);
      }),
    );
  });

  it.each(['', '1e3', '0x10', '.5', '5.', '1,5', ' 1', '1'.repeat(19), 'NaN', '１'])(
    'refuses the factor "%s"',
    (text) => {
      expect(refusalOf(() => multiply(eur(100), text))).toBe('factor_invalid');
      expect(refusalOf(() => percentage(eur(100), text))).toBe('factor_invalid');
    },
  );

  it('refuses fractions as numbers and results beyond safe integers', () => {
    expect(refusalOf(() => multiply(eur(100), 0.1))).toBe('amount_unsafe');
    expect(refusalOf(() => multiply(eur(MAX), 2))).toBe('amount_unsafe');
  });
});
