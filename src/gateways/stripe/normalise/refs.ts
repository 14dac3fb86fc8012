// What an event is about, where its version is unknown: the object to read, told by what no version has ever moved.
import { z } from 'zod';
import type { EntityKind } from '../../../ledger/entities.ts';
import type { EntityRef } from '../../gateway.ts';

const ENTITIES: Record<string, EntityKind> = {
  invoice: 'invoice',
  payment_intent: 'payment',
  refund: 'refund',
  dispute: 'dispute',
  credit_note: 'creditNote',
  customer: 'customer',
  payment_method: 'method',
  subscription: 'subscription',
};

const named = z.object({
  object: z.string(),
  id: z.string().min(1),
  payment_intent: z.unknown().optional(),
  invoice: z.unknown().optional(),
});

const one = (entity: EntityKind, id: unknown): EntityRef[] =>
  typeof id === 'string' && id !== '' ? [{ entity, id }] : [];

/** @returns nothing for what cannot be read alone: a payout, a charge without a payment intent */
export function refsIn(told: unknown): EntityRef[] {
  const about = named.safeParse(told).data;
  if (!about) return [];
  const { object, id, payment_intent: intent, invoice } = about;
  if (object === 'charge') return one('payment', intent);
  if (object === 'invoice_payment') return one('invoice', invoice);
  // A credit note changes what its invoice asks for.
  if (object === 'credit_note') return [...one('creditNote', id), ...one('invoice', invoice)];
  const entity = ENTITIES[object];
  return entity ? one(entity, id) : [];
}
