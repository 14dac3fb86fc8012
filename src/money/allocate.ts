// Divides an amount into parts that add up to it again: largest remainder first, independent of the order of the weights.
import { toExact, toSafeNumber } from './exact.ts';
import { money, MoneyError } from './money.ts';
import type { Money } from './money.ts';

type Share = { index: number; weight: bigint; part: bigint; remainder: bigint };

const MOST_PARTS = 1_000;

/**
 * One part per weight (whole numbers >= 0, at least one above 0), in the order of the weights: never negative,
 * each within one minor unit of its exact share, together the total.
 */
export function split(total: Money, weights: readonly number[]): Money[] {
  const exactTotal = toExact(total.amountMinor);
  if (exactTotal < 0n) throw new MoneyError('amount_negative', `${exactTotal} cannot be split`);
  const exactWeights = weights.map(readWeight);
  const sumOfWeights = exactWeights.reduce((sum, weight) => sum + weight, 0n);
  if (sumOfWeights === 0n) throw new MoneyError('weights_invalid', 'no weight above 0');
  const shares = exactWeights.map((weight, index) => {
    const product = exactTotal * weight;
    return { index, weight, part: product / sumOfWeights, remainder: product % sumOfWeights };
  });
  const extra = unitsFor(shares, exactTotal);
  return shares.map(({ index, part }) =>
    money(toSafeNumber(extra.has(index) ? part + 1n : part), total.currency),
  );
}

/** Equal parts, earlier ones one minor unit larger where it does not divide evenly; 1 to 1,000 parts. */
export function spread(total: Money, parts: number): Money[] {
  const countable = Number.isInteger(parts) && parts >= 1 && parts <= MOST_PARTS;
  if (!countable) throw new MoneyError('weights_invalid', `${parts} parts`);
  return split(total, Array<number>(parts).fill(1));
}

function readWeight(weight: number): bigint {
  if (!Number.isSafeInteger(weight) || weight < 0) throw new MoneyError('weights_invalid', String(weight));
  return BigInt(weight);
}

/** Indexes of the shares that get one of the minor units left over by rounding down. */
function unitsFor(shares: readonly Share[], total: bigint): Set<number> {
  const left = total - shares.reduce((sum, share) => sum + share.part, 0n);
  return new Set(
    shares
      .toSorted(byClaim)
      .slice(0, Number(left))
      .map((share) => share.index),
  );
}

function byClaim(a: Share, b: Share): number {
  return descending(a.remainder, b.remainder) || descending(a.weight, b.weight) || a.index - b.index;
}

function descending(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a > b ? -1 : 1;
}
