// Which object of a gateway brings a fact: lines and allocations come inside their invoice.
import type { EntityKind } from './entities.ts';
import type { Fact } from './facts.ts';
import { parentOfFact } from './fold.ts';

export function readWith(fact: Fact): { entity: EntityKind; id: string } {
  const invoiceId = fact.entity === 'line' || fact.entity === 'allocation' ? parentOfFact(fact) : null;
  return invoiceId ? { entity: 'invoice', id: invoiceId } : { entity: fact.entity, id: fact.id };
}
