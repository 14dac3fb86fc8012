// Follows records that were merged into others: the recycle bin says into which.
import { z } from 'zod';
import type { RecordRef } from '../../../ledger/entities.ts';
import type { WriteOutcome } from '../../crm.ts';
import type { Ask } from '../client.ts';
import { TYPES } from '../read.ts';
import { ids, queriedInParts } from '../read/soql.ts';
import type { LostOutcome } from './outcomes.ts';

const mergedRow = z.object({ Id: z.string(), MasterRecordId: z.string().nullish() });

/** Opportunities cannot be merged. */
const MERGEABLE = new Set<string>([TYPES.person, TYPES.company]);

/** Turns what is lost into moved or gone. */
export async function followMerges(
  ask: Ask,
  outcomes: (WriteOutcome | LostOutcome)[],
): Promise<WriteOutcome[]> {
  const lost = outcomes.flatMap((one) => (one.outcome === 'lost' ? [one.record] : []));
  const masters = new Map<string, string>();
  for (const [type, records] of Map.groupBy(lost, ({ objectType }) => objectType))
    for (const { Id, MasterRecordId } of MERGEABLE.has(type) ? await mergedOf(ask, type, records) : [])
      if (MasterRecordId) masters.set(Id, MasterRecordId);
  return outcomes.map((one): WriteOutcome => {
    if (one.outcome !== 'lost') return one;
    const recordId = masters.get(one.record.recordId);
    return recordId ? { key: one.key, outcome: 'moved', recordId } : { key: one.key, outcome: 'gone' };
  });
}

const mergedOf = (ask: Ask, type: string, lost: RecordRef[]) =>
  queriedInParts(
    ask,
    lost.map(({ recordId }) => recordId),
    (part) => ({
      soql: `SELECT Id, MasterRecordId FROM ${type} WHERE Id IN ${ids(part)} AND IsDeleted = true`,
      row: mergedRow,
      bin: true,
    }),
  );
