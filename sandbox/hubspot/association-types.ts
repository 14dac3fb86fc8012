// HubSpot's own association types between the object types we know, both directions.
import type { Kind } from './kinds.ts';

export type AssociationType = { from: Kind; to: Kind; id: number; opposite: number; label: string | null };

const pair = (
  from: Kind,
  to: Kind,
  id: number,
  opposite: number,
  label: string | null = null,
): AssociationType[] => [
  { from, to, id, opposite, label },
  { from: to, to: from, id: opposite, opposite: id, label },
];

/** The first type of a direction is its default. */
export const ASSOCIATION_TYPES: readonly AssociationType[] = [
  ...pair('contacts', 'companies', 279, 280),
  ...pair('contacts', 'companies', 1, 2, 'Primary'),
  ...pair('deals', 'companies', 341, 342),
  ...pair('deals', 'companies', 5, 6, 'Primary'),
  ...pair('deals', 'contacts', 3, 4),
  ...pair('deals', 'line_items', 19, 20),
  ...pair('deals', 'quotes', 63, 64),
  ...pair('quotes', 'line_items', 67, 68),
  ...pair('quotes', 'contacts', 69, 70),
  ...pair('quotes', 'companies', 71, 72),
  ...pair('invoices', 'deals', 175, 176),
  ...pair('invoices', 'contacts', 177, 178),
  ...pair('invoices', 'companies', 179, 180),
  ...pair('invoices', 'quotes', 407, 408),
  ...pair('invoices', 'line_items', 409, 410),
  ...pair('invoices', 'commerce_payments', 541, 542),
  ...pair('commerce_payments', 'contacts', 387, 388),
  ...pair('commerce_payments', 'companies', 389, 390),
  ...pair('commerce_payments', 'deals', 391, 392),
  ...pair('commerce_payments', 'line_items', 395, 396),
];

const BY_ID = new Map(ASSOCIATION_TYPES.map((type) => [type.id, type]));

export const associationType = (id: number): AssociationType | undefined => BY_ID.get(id);

export const typesBetween = (from: Kind, to: Kind): AssociationType[] =>
  ASSOCIATION_TYPES.filter((type) => type.from === from && type.to === to);
