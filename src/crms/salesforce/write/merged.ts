// Follows records that were merged into others: the recycle bin says into which.
import { z } from 'zod';
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
  objectType: string,
  outcomes: (WriteOutcome | LostOutcome)[],
): Promise<WriteOutcome[]> {
  const lost = outcomes.flatMap((one) => (one.outcome === 'lost' ? [one.recordId] : []));
  const masters =
    lost.length > 0 && MERGEABLE.has(objectType)
      ? await mastersOf(ask, objectType, lost)
      : new Map<string, string>();
  return outcomes.map((one): WriteOutcome => {
    if (one.outcome !== 'lost') return one;
    const recordId = masters.get(one.recordId);
    return recordId ? { key: one.key, outcome: 'moved', recordId } : { key: one.key, outcome: 'gone' };
  });
}

async function mastersOf(ask: Ask, objectType: string, lost: string[]): Promise<Map<string, string>> {
  const rows = await queriedInParts(ask, lost, (part) => ({
    soql: `SELECT Id, MasterRecordId FROM ${objectType} WHERE Id IN ${ids(part)} AND IsDeleted = true`,
    row: mergedRow,
    bin: true,
  }));
  return new Map(rows.flatMap(({ Id, MasterRecordId }) => (MasterRecordId ? [[Id, MasterRecordId]] : [])));
}
