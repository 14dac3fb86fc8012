// Dividing amounts: nothing lost, nobody short-changed by more than a minor unit, order without influence.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { split, spread } from '../../src/money/allocate.ts';
import { money, percentage, sumByCurrency } from '../../src/money/money.ts';
import type { Money } from '../../src/money/money.ts';
import { payable, refusalOf } from './generators.ts';

const eur = (amountMinor: number) => money(amountMinor, 'EUR');
const minorOf = (parts: Money[]) => parts.map((part) => part.amountMinor);
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + BigInt(value), 0n);

const anyWeights = fc
  .array(fc.oneof(fc.nat({ max: 9 }), payable), { minLength: 1, maxLength: 20 })
  .filter((weights) => weights.some((weight) => weight > 0));

describe('split', () => {
  it('adds up, is never negative and stays within one minor unit of each exact share (P5)', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), anyWeights, (amount, weights) => {
        const parts = minorOf(split(eur(amount), weights));
        expect(parts).toHaveLength(weights.length);
        expect(total(parts)).toBe(BigInt(amount));
        const sum = total(weights);
        parts.forEach((part, index) => {
          const distance = BigInt(part) * sum - BigInt(amount) * BigInt(weights[index]!);
          expect(part >= 0 && distance < sum && -distance < sum).toBe(true);
        });
      }),
    );
  });

  it('gives each line the same part in whatever order the lines come (P18)', () => {
    const pairsOf = (amount: number, weights: number[]) =>
      minorOf(split(eur(amount), weights))
        .map((part, index) => `${weights[index]}:${part}`)
        .sort();
    const shuffled = anyWeights.chain((weights) =>
      fc.tuple(
        fc.constant(weights),
        fc.shuffledSubarray(weights, { minLength: weights.length, maxLength: weights.length }),
      ),
    );
    fc.assert(
      fc.property(payable, shuffled, (amount, [weights, reordered]) => {
        expect(pairsOf(amount, reordered)).toEqual(pairsOf(amount, weights));
      }),
    );
    expect(pairsOf(2, [1, 3])).toEqual(pairsOf(2, [3, 1]));
  });

  it('divides the tax of a whole invoice over its lines without a difference (P18)', () => {
    const lines = fc.array(fc.integer({ min: 1, max: 99_999_999 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(lines, fc.constantFrom('19', '7', '8.875', '21'), (amounts, rate) => {
        const tax = percentage(eur(Number(total(amounts))), rate);
        const parts = split(tax, amounts);
        expect(sumByCurrency(parts)).toEqual(tax.amountMinor === 0 ? [] : [tax]);
      }),
    );
  });

  it.each([
    [100, [1, 1, 1], [34, 33, 33]],
    [5, [3, 7], [1, 4]],
    [2, [2, 1], [1, 1]],
    [7, [0, 1, 0], [0, 7, 0]],
    [0, [1, 2], [0, 0]],
    [1, [1, 1, 1, 1], [1, 0, 0, 0]],
  ])('splits %i by %j into %j', (amount, weights, parts) => {
    expect(minorOf(split(eur(amount), weights))).toEqual(parts);
  });

  it('keeps the currency', () => {
    expect(split(money(5, 'JPY'), [1, 1])).toEqual([money(3, 'JPY'), money(2, 'JPY')]);
  });

  it.each([[[]], [[0, 0]], [[2, -1]], [[0.5, 0.5]], [[NaN]]])('refuses the weights %j', (weights) => {
    expect(refusalOf(() => split(eur(100), weights))).toBe('weights_invalid');
  });

  it('refuses a negative total', () => {
    expect(refusalOf(() => split(eur(-1), [1]))).toBe('amount_negative');
  });
});

describe('spread', () => {
  it('makes equal parts that add up, larger ones first', () => {
    fc.assert(
      fc.property(payable, fc.integer({ min: 1, max: 60 }), (amount, count) => {
        const parts = minorOf(spread(eur(amount), count));
        expect(total(parts)).toBe(BigInt(amount));
        expect(parts[0]! - parts[count - 1]!).toBeLessThanOrEqual(1);
        expect(parts).toEqual(parts.toSorted((a, b) => b - a));
      }),
    );
  });

  it.each([0, -1, 1.5, 1001, NaN])('refuses %s parts', (parts) => {
    expect(refusalOf(() => spread(eur(100), parts))).toBe('weights_invalid');
  });
});
