// A product of another system as an invoice can have it; or why it cannot stand on one.
import type { Money } from './money.ts';
import { priceOf, type StatedLine } from './stated-line.ts';

export type PricedLine =
  | { description: string; quantity: number; unit: Money }
  /** Less than nothing, or an amount that is missing or cannot be read. */
  | { description: string; problem: 'negative' | 'unreadable' };

/**
 * The stated total counts where it is not price times quantity: it has the discount, and the parts of a whole that a number
 * of pieces cannot say.
 * @returns null for a product that costs nothing
 */
export function pricedLine(
  { description, ...stated }: StatedLine & { description: string },
  currency: string,
): PricedLine | null {
  const price = priceOf(stated, currency);
  switch (price.says) {
    case 'nothing':
      return null;
    case 'pieces':
      return { description, quantity: price.quantity, unit: price.unit };
    case 'sum':
      return { description: counted(description, stated.quantity), quantity: 1, unit: price.sum };
    default:
      return { description, problem: price.says };
  }
}

const counted = (name: string, quantity: string): string =>
  quantity === '' || Number(quantity) === 1 ? name : `${name} (${quantity})`;
