// A product of a CRM as an invoice can have it: pieces of one price, or one piece where no price comes out whole.
import type { Money } from './money.ts';
import { parseAmount, type ParsedAmount } from './parse-amount.ts';

export type PricedLine = { description: string; quantity: number; unit: Money };

/** Amounts and quantity as the CRM writes them; an empty `amount` says that there is none beside the price. */
export type GivenLine = {
  description: string;
  quantity: string;
  price: string;
  amount: string;
  currency: string;
};

/**
 * The CRM's amount counts where it is not price times quantity: it has the discount, and the parts of a whole that a number
 * of pieces cannot say.
 * @returns null for a product that costs nothing
 */
export function pricedLine({ description, currency, ...given }: GivenLine): PricedLine | null {
  const quantity = given.quantity || '1';
  const [price, amount] = [parseAmount(given.price, currency), parseAmount(given.amount, currency)];
  const pieces = Number(quantity);
  const isWhole = Number.isSafeInteger(pieces) && pieces >= 1;
  if (price.ok && isWhole && isPlain(price.money, pieces, amount))
    return { description, quantity: pieces, unit: price.money };
  if (!amount.ok) return null;
  const times = pieces === 1 ? '' : ` (${quantity})`;
  return { description: `${description}${times}`, quantity: 1, unit: amount.money };
}

const isPlain = (unit: Money, pieces: number, amount: ParsedAmount): boolean =>
  !amount.ok || amount.money.amountMinor === unit.amountMinor * pieces;
