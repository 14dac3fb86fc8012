// A product of a CRM's deal as an invoice can have it.
import { priceOf, type StatedLine } from '../money/stated-line.ts';
import type { DealLine } from './crm.ts';

export type DealProduct = StatedLine & { description: string };

/**
 * The CRM's total counts where it is not price times quantity: it has the discount, and the parts of a whole that a number
 * of pieces cannot say.
 * @returns null for a product that costs nothing
 */
export function dealLine({ description, ...stated }: DealProduct, currency: string): DealLine | null {
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
