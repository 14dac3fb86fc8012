// What a line of another system comes to: pieces at a price where they multiply out to its total, otherwise one sum.
import { exponentOf, isCurrency } from './currency.ts';
import { readDecimal, roundedIn, times, unitsIn, type Decimal } from './decimal.ts';
import { money, type Money } from './money.ts';

/** As the other system writes them, in major units; '' where it says nothing. */
export type StatedLine = { quantity: string; price: string; total: string };

export type LinePrice =
  | { says: 'pieces'; quantity: number; unit: Money }
  /** A discount, a part of a piece or of a minor unit: only the total is right. */
  | { says: 'sum'; sum: Money }
  | { says: 'nothing' | 'negative' | 'unreadable' };

/**
 * The total counts, and what the pieces come to only where no total is stated. It is rounded half up, once; `nothing` is
 * exactly zero.
 */
export function priceOf(stated: StatedLine, currency: string): LinePrice {
  const parts: Parts = [readDecimal(stated.quantity || '1'), readDecimal(stated.price)];
  const sum = stated.total === '' ? product(parts) : readDecimal(stated.total);
  if (!sum || !isCurrency(currency)) return { says: 'unreadable' };
  if (sum.digits === 0n) return { says: 'nothing' };
  if (sum.digits < 0n) return { says: 'negative' };
  const minor = roundedIn(sum, exponentOf(currency));
  if (minor > BigInt(Number.MAX_SAFE_INTEGER)) return { says: 'unreadable' };
  const rounded = money(Number(minor), currency);
  return wholePieces(parts, rounded) ?? { says: 'sum', sum: rounded };
}

/** How many pieces, and the price of one. */
type Parts = [pieces: Decimal | null, unit: Decimal | null];

const product = ([pieces, unit]: Parts): Decimal | null => pieces && unit && times(pieces, unit);

/** Null where a piece, or its price in minor units, is not whole, or both do not come to the sum. */
function wholePieces([pieces, unit]: Parts, sum: Money): LinePrice | null {
  const count = pieces && unitsIn(pieces, 0);
  const each = unit && unitsIn(unit, exponentOf(sum.currency));
  if (!count || !each || count < 1n || count * each !== BigInt(sum.amountMinor)) return null;
  return { says: 'pieces', quantity: Number(count), unit: money(Number(each), sum.currency) };
}
