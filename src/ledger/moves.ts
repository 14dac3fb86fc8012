// The fact that an invoice belongs to another CRM record than the one it was made from: the CRM merged that one away.
import type { RecordRef } from './entities.ts';
import type { Fact, Row } from './facts.ts';

/** The aspect in which it is said. The gateway knows where an invoice began, so whatever it says later says less. */
export const MOVED = 'moved';

/** @param number drawn for this move: the last one holds */
export const movedFact = (
  { account, id }: Pick<Row, 'account' | 'id'>,
  record: RecordRef,
  number: number,
): Fact => ({
  entity: 'invoice',
  account,
  id,
  aspect: MOVED,
  owner: null,
  source: 'payside',
  number,
  body: { record },
});
