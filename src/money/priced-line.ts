// A product as another system states it, as the line an invoice will have.
import type { Money } from './money.ts';
import { priceOf, type StatedLine } from './stated-line.ts';

/** Or why it cannot stand on an invoice. */
export type PricedLine =
  | { description: string; quantity: number; unit: Money }
  /** Less than nothing, or an amount that is missing or cannot be read. */
  | { description: string; problem: 'negative' | 'unreadable' };

export type GivenLine = StatedLine & { description: string; currency: string };

/**
 * The total counts where it is not price times quantity: it has the discount, and the parts of a whole that a number
 * of pieces cannot say.
 * @returns null for a product that costs nothing
 */
export function pricedLine({ description, currency, ...stated }: GivenLine): PricedLine | null {
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
