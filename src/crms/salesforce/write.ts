// Writes records in collections of 200: people's by id, ours by our own id, each with an outcome of its own.
import { crmUnavailable } from '../../errors.ts';
import type { BatchEnd, Crm, CrmConnection, RecordWrite, WriteBatch, WriteOutcome } from '../crm.ts';
import type { AskFor } from './client.ts';
import type { OrgOf } from './schema/org.ts';
import { announcement } from './write/announce.ts';
import { sendParts } from './write/composite.ts';
import type { LooseJobs } from './write/loose-jobs.ts';
import { createParts, type Part } from './write/parts.ts';

export const BATCH = 200;

type Writing = Pick<Crm, 'write' | 'upsert' | 'link' | 'writeTogether'>;

type WriteDeps = { askFor: AskFor; orgOf: OrgOf; loose: LooseJobs; now: () => Date };

export function createWrite({ askFor, orgOf, loose, now }: WriteDeps): Writing {
  const parts = createParts(askFor, orgOf);
  const together = async (connection: CrmConnection, batches: WriteBatch[]): Promise<BatchEnd[]> => {
    await loose.ended(connection);
    const people = batches.flatMap((batch): RecordWrite[] => ('mirror' in batch ? [] : batch.writes));
    const mirrors = batches.filter((batch) => 'mirror' in batch);
    const sent: Part[] = [];
    if (people.length > 0) {
      sent.push(await parts.records(connection, people));
      sent.push(announcement(await orgOf(connection), people, now()));
    }
    for (const { mirror, writes } of mirrors) sent.push(await parts.mirror(connection, mirror, writes));
    const ends = await sendParts(askFor(connection), sent);
    const ofPeople = people.length > 0 ? ends[0] : undefined;
    const ofMirrors = ends.slice(ends.length - mirrors.length);
    return batches.map((batch) => {
      const end = 'mirror' in batch ? ofMirrors[mirrors.indexOf(batch)] : ofPeople;
      return 'mirror' in batch ? (end ?? LEFT_OUT) : ownPart(end ?? LEFT_OUT, batch.writes);
    });
  };
  const alone = async (connection: CrmConnection, batch: WriteBatch): Promise<WriteOutcome[]> => {
    if (batch.writes.length === 0) return [];
    const [end = LEFT_OUT] = await together(connection, [batch]);
    if ('error' in end) throw end.error;
    return end.outcomes;
  };
  return {
    write: (connection, objectType, writes) => alone(connection, { objectType, writes }),
    upsert: (connection, mirror, writes) => alone(connection, { mirror, writes }),
    link: null,
    writeTogether: together,
  };
}

const LEFT_OUT: BatchEnd = { error: crmUnavailable({ context: { vendor: 'salesforce', code: 'left_out' } }) };

/** People's records of several types are one collection; each batch gets the outcomes of its own. */
function ownPart(end: BatchEnd, writes: readonly RecordWrite[]): BatchEnd {
  if ('error' in end) return end;
  const keys = new Set(writes.map(({ key }) => key));
  return { outcomes: end.outcomes.filter(({ key }) => keys.has(key)) };
}
