// Which people, accounts and opportunities changed, with what lies in the recycle bin: one type after the other, page by page.
import { z } from 'zod';
import type { Instant, RecordRef } from '../../../ledger/entities.ts';
import { crmRejected } from '../../../errors.ts';
import type { ChangesPage, Crm, CrmConnection, RecordNow } from '../../crm.ts';
import type { AskFor } from '../client.ts';
import { contactRow, toContact, toNamed, TYPES } from '../read.ts';
import { id, ids, queried, queriedInParts } from './soql.ts';

/** As many as one answer holds. */
const PAGE = 2_000;

const FIELDS: Readonly<Record<string, string>> = {
  [TYPES.person]: 'Id, Name, Email, AccountId, SystemModstamp, IsDeleted, MasterRecordId',
  [TYPES.company]: 'Id, Name, SystemModstamp, IsDeleted, MasterRecordId',
  // Opportunities cannot be merged.
  [TYPES.deal]: 'Id, Name, SystemModstamp, IsDeleted',
};
const ORDER: readonly string[] = Object.keys(FIELDS);

const changedRow = contactRow.extend({
  SystemModstamp: z.string(),
  IsDeleted: z.boolean(),
  MasterRecordId: z.string().nullish(),
});

type Changed = z.infer<typeof changedRow>;

/** Where a page ended: many records may have changed in one moment, so that their ids decide as well. */
const cursorShape = z.object({
  type: z.enum(TYPES),
  after: z.object({ at: z.iso.datetime(), id: z.string() }).nullable(),
});

type Cursor = z.infer<typeof cursorShape>;

const START: Cursor = { type: TYPES.person, after: null };

export const createChangedSince =
  (askFor: AskFor): NonNullable<Crm['changedSince']> =>
  async (connection, since, cursor) => {
    const { type, after } = cursor === null ? START : cursorOf(cursor);
    const rows = await queried(askFor(connection), {
      soql: `SELECT ${FIELDS[type]} FROM ${type} WHERE ${later(since, after)} ORDER BY SystemModstamp, Id LIMIT ${PAGE}`,
      row: changedRow,
      bin: true,
      background: true,
    });
    return { changes: rows.map((row) => toNow(connection, type, row)), next: nextOf(type, rows) };
  };

function later(since: Instant, after: Cursor['after']): string {
  if (!after) return `SystemModstamp >= ${time(since)}`;
  const at = time(after.at);
  return `SystemModstamp > ${at} OR (SystemModstamp = ${at} AND Id > ${id(after.id)})`;
}

const time = (text: string): string => new Date(text).toISOString();

function nextOf(type: string, rows: readonly Changed[]): ChangesPage['next'] {
  const last = rows.at(-1);
  if (last && rows.length >= PAGE)
    return JSON.stringify({ type, after: { at: time(last.SystemModstamp), id: last.Id } });
  const following = ORDER[ORDER.indexOf(type) + 1];
  return following === undefined ? null : JSON.stringify({ type: following, after: null });
}

function cursorOf(text: string): Cursor {
  try {
    return cursorShape.parse(JSON.parse(text));
  } catch (cause) {
    throw crmRejected({ context: { vendor: 'salesforce', code: 'strange_cursor' }, cause });
  }
}

export const createRecordsNow =
  (askFor: AskFor): NonNullable<Crm['recordsNow']> =>
  async (connection, records) => {
    const found = new Map<string, RecordNow>();
    for (const [type, group] of Map.groupBy(records, ({ objectType }) => objectType))
      for (const row of await rowsOf(askFor, connection, type, group))
        found.set(row.Id, toNow(connection, type, row));
    // What the recycle bin does not know any more has left no trace.
    return records.map((record) => found.get(record.recordId) ?? { now: 'gone', record });
  };

const rowsOf = (askFor: AskFor, connection: CrmConnection, type: string, records: RecordRef[]) =>
  queriedInParts(
    askFor(connection),
    FIELDS[type] === undefined ? [] : records.map(({ recordId }) => recordId),
    (part) => ({
      soql: `SELECT ${FIELDS[type]} FROM ${type} WHERE Id IN ${ids(part)}`,
      row: changedRow,
      bin: true,
      background: true,
    }),
  );

function toNow(connection: CrmConnection, type: string, row: Changed): RecordNow {
  const record = { installationId: connection.installationId, objectType: type, recordId: row.Id };
  if (row.IsDeleted && row.MasterRecordId) return { now: 'moved', record, elsewhere: row.MasterRecordId };
  if (row.IsDeleted) return { now: 'gone', record };
  const found = type === TYPES.person ? toContact(connection, row) : toNamed(connection, type, row);
  return { now: 'there', found };
}
