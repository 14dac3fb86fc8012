// Tables of Bulk API 2.0: rows as records are given, and results as Salesforce writes them; read by the letter.
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';

export type Given = Record<string, unknown>;
export type Table = { columns: string[]; rows: string[][] };

/** Refuses the whole job, in Salesforce's words. */
export class TableRefusal extends Error {}

/** @param lineEnding as the job was created with; a table with another one is refused */
export function readTable(raw: Buffer, lineEnding: 'LF' | 'CRLF'): Table {
  const text = raw.toString('utf8');
  const isCrlf = /^[^\n]*\r\n/.test(text);
  if (isCrlf !== (lineEnding === 'CRLF'))
    throw new TableRefusal(`LineEnding is invalid on user data. Current LineEnding setting is ${lineEnding}`);
  const [columns = [], ...rows] = parsed(text, isCrlf ? '\r\n' : '\n');
  if (rows.length === 0) throw new TableRefusal('InvalidBatch : No records in the table');
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) throw new TableRefusal(`InvalidBatch : Duplicate field name : ${twice}`);
  return { columns, rows };
}

function parsed(text: string, recordDelimiter: string): string[][] {
  try {
    return parse(text, { record_delimiter: recordDelimiter });
  } catch (error) {
    throw new TableRefusal(`InvalidBatch : ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** An empty cell leaves the field as it is; `#N/A` empties it; `Parent__r.Key__c` names a parent by its key. */
export function givenOf(columns: readonly string[], row: readonly string[]): Given {
  const cells = columns.flatMap((column, index): [string, unknown][] => {
    const cell = row[index] ?? '';
    if (cell === '') return [];
    const value = cell === '#N/A' ? null : cell;
    const [name = '', key] = column.split('.');
    return [[name, key === undefined || value === null ? value : { [key]: value }]];
  });
  return Object.fromEntries(cells);
}

export type Failure = { row: string[]; error: string };

export const failedTable = (columns: readonly string[], failures: readonly Failure[]): string =>
  stringify([['sf__Id', 'sf__Error', ...columns], ...failures.map(({ row, error }) => ['', error, ...row])], {
    quoted: true,
    quoted_empty: true,
  });
