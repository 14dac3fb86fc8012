// Collections of records as parts of what is sent: path, body, and how to read the answer.
import { crmUnavailable } from '../../../errors.ts';
import type { CrmConnection, MirrorKind, MirrorWrite, RecordWrite, WriteOutcome } from '../../crm.ts';
import type { AskFor } from '../client.ts';
import type { OrgOf } from '../schema/org.ts';
import { followMerges } from './merged.ts';
import { mirrorRecord } from './mirror.ts';
import { mirrorOutcome, recordOutcome, resultsShape, type Result } from './outcomes.ts';
import { keepCurrencies, summaryRecord } from './records.ts';

export type Part = {
  method: 'PATCH' | 'POST';
  path: string;
  body: { allOrNone: false; records: object[] };
  /** @throws crm_unavailable for an answer that says nothing of a record */
  outcomes(answer: unknown): Promise<WriteOutcome[]>;
};

export type Parts = {
  /** Records of people, of several types in one collection. */
  records(connection: CrmConnection, writes: RecordWrite[]): Promise<Part>;
  mirror(connection: CrmConnection, kind: MirrorKind, writes: MirrorWrite[]): Promise<Part>;
};

export const createParts = (askFor: AskFor, orgOf: OrgOf): Parts => ({
  async records(connection, writes) {
    const ask = askFor(connection);
    const org = await orgOf(connection);
    const records = await keepCurrencies(
      ask,
      org,
      writes.map((write) => summaryRecord(org, write)),
    );
    return {
      method: 'PATCH',
      path: '/composite/sobjects',
      body: { allOrNone: false, records },
      outcomes: (answer) =>
        followMerges(
          ask,
          paired(writes, answer).map(([write, result]) => recordOutcome(write, result)),
        ),
    };
  },

  async mirror(connection, kind, writes) {
    const org = await orgOf(connection);
    const records = writes.map((write) => mirrorRecord(org, kind, write));
    return {
      method: 'PATCH',
      path: `/composite/sobjects/${org.names.mirror(kind).name}/${org.names.ownId}`,
      body: { allOrNone: false, records },
      outcomes: async (answer) =>
        paired(writes, answer).map(([write, result]) => mirrorOutcome(write, result)),
    };
  },
});

/** Results come in the order of the records. */
function paired<W>(writes: readonly W[], answer: unknown): [W, Result][] {
  const results = resultsShape.safeParse(answer);
  if (!results.success || results.data.length !== writes.length)
    throw crmUnavailable({ context: { vendor: 'salesforce', code: 'left_out' } });
  return results.data.flatMap((result, index): [W, Result][] => {
    const write = writes[index];
    return write === undefined ? [] : [[write, result]];
  });
}
