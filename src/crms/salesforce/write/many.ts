// History of one kind by a job of the Bulk API: its records as a table, and what became of each.
import { crmUnavailable } from '../../../errors.ts';
import type { Crm, MirrorWrite, WriteOutcome } from '../../crm.ts';
import type { OrgOf } from '../schema/org.ts';
import type { Jobs } from './jobs.ts';
import { mirrorOutcome } from './outcomes.ts';
import { failuresIn, tablesOf } from './table.ts';

/** From so many on Salesforce itself advises a job; one costs as many calls as 1,600 records in collections. */
export const LEAST = 2_000;
/** What Salesforce works off as one piece, and some megabytes of the hundred that a job may have. */
export const MOST = 10_000;

export const createUpsertMany =
  (jobs: Jobs, orgOf: OrgOf): NonNullable<Crm['upsertMany']> =>
  async (connection, kind, writes, wait) => {
    const org = await orgOf(connection);
    const object = org.names.mirror(kind).name;
    const { ownId: externalId } = org.names;
    const outcomes: WriteOutcome[] = [];
    for (const { csv, writes: rows } of await tablesOf(org, kind, writes)) {
      const upsert = { object, externalId, csv, records: rows.length };
      const failures = await jobs.run(connection, upsert, wait);
      if (failures === null) return null;
      outcomes.push(...outcomesOf(rows, failures, externalId));
    }
    return outcomes;
  };

function outcomesOf(writes: MirrorWrite[], failedTable: string, ownId: string): WriteOutcome[] {
  const failures = failedTable === '' ? [] : failuresIn(failedTable, ownId);
  const byId = new Map(failures.map((failure) => [failure.paysideId, failure]));
  const known = writes.filter(({ paysideId }) => byId.has(paysideId)).length;
  if (known !== failures.length)
    throw crmUnavailable({ context: { vendor: 'salesforce', code: 'left_out' } });
  return writes.map((write) => {
    const failure = byId.get(write.paysideId);
    return mirrorOutcome(write, { success: !failure, errors: failure ? [failure] : [] });
  });
}
