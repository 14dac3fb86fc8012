// An amount as every view carries it: exact figure, currency, and the text people read.
import { z } from 'zod';
import { formatAmount } from '../money/format-amount.ts';
import type { Money } from '../money/money.ts';

export const amountSchema = z.strictObject({
  amountMinor: z.int(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  text: z.string(),
});

export type Amount = z.infer<typeof amountSchema>;

export const amount = (money: Money, locale = 'en-US'): Amount => ({
  ...money,
  text: formatAmount(money, locale),
});
