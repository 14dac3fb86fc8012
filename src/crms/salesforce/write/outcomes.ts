// What became of each record of a collection, in the connector's words.
import { z } from 'zod';
import type { RecordRef } from '../../../ledger/entities.ts';
import type { MirrorWrite, RecordWrite, WriteOutcome } from '../../crm.ts';
import { failure } from '../errors.ts';

export const resultShape = z.object({
  success: z.boolean(),
  errors: z.array(z.object({ statusCode: z.string(), message: z.string() })),
});
export const resultsShape = z.array(resultShape);
export type Result = z.infer<typeof resultShape>;

/** A record of people's that is not there; whether it was merged is not known yet. */
export type LostOutcome = { key: string; outcome: 'lost'; record: RecordRef };

const BUSY = new Set(['UNABLE_TO_LOCK_ROW', 'DUPLICATE_VALUE', 'SERVER_UNAVAILABLE']);
const LOST = new Set(['ENTITY_IS_DELETED', 'INVALID_CROSS_REFERENCE_KEY']);
/** Of the user's rights and the package, so that the same would meet every record: it waits for an admin. */
const SETUP = new Set(['INVALID_FIELD_FOR_INSERT_UPDATE', 'INSUFFICIENT_ACCESS_OR_READONLY']);
/** What a lookup by our own id says where there is no such record. */
const NO_PARENT = 'INVALID_FIELD';

const refused = (key: string, message: string): WriteOutcome => ({
  key,
  outcome: 'refused',
  reason: message,
});

/** @throws access_denied where an admin has to act before anything can be written */
export function recordOutcome(
  { key, record }: RecordWrite,
  { success, errors: [error] }: Result,
): WriteOutcome | LostOutcome {
  if (success || !error) return { key, outcome: 'written' };
  const { statusCode, message } = error;
  if (LOST.has(statusCode)) return { key, outcome: 'lost', record };
  if (BUSY.has(statusCode)) return { key, outcome: 'busy' };
  if (SETUP.has(statusCode)) throw failure(statusCode, message);
  return refused(key, message);
}

/** @throws access_denied where an admin has to act before anything can be written */
export function mirrorOutcome({ key }: MirrorWrite, { success, errors: [error] }: Result): WriteOutcome {
  if (success || !error) return { key, outcome: 'written' };
  const { statusCode, message } = error;
  if (LOST.has(statusCode) || statusCode === NO_PARENT) return { key, outcome: 'gone' };
  if (BUSY.has(statusCode)) return { key, outcome: 'busy' };
  if (SETUP.has(statusCode)) throw failure(statusCode, message);
  return refused(key, message);
}
