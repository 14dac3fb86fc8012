// Records of ours as tables for the Bulk API, and what its table of failures says.
import { setImmediate } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { crmUnavailable } from '../../../errors.ts';
import type { MirrorKind, MirrorWrite } from '../../crm.ts';
import type { Org } from '../schema/org.ts';
import { mirrorRecord } from './mirror.ts';

export type Table = { writes: MirrorWrite[]; csv: string };

/** What empties a field; an empty cell leaves it as it is. */
const NONE = '#N/A';

/** Rows that are made at once; others of the process have their turn in between. */
const AT_ONCE = 100;

type Cells = Record<string, string>;

/** One table for records that fill the same columns: a lookup is one column where it is empty, and another where it is not. */
export async function tablesOf(org: Org, kind: MirrorKind, writes: MirrorWrite[]): Promise<Table[]> {
  const tables = new Map<string, Table>();
  for (let start = 0; start < writes.length; start += AT_ONCE) {
    const rows = writes
      .slice(start, start + AT_ONCE)
      .map((write) => ({ write, cells: cellsOf(mirrorRecord(org, kind, write)) }));
    for (const [columns, alike] of Map.groupBy(rows, ({ cells }) => Object.keys(cells).sort().join())) {
      const names = columns.split(',');
      const table = tables.get(columns) ?? { writes: [], csv: linesOf([names]) };
      tables.set(columns, table);
      table.writes.push(...alike.map(({ write }) => write));
      table.csv += linesOf(alike.map(({ cells }) => names.map((name) => cells[name] ?? '')));
    }
    await setImmediate();
  }
  return [...tables.values()];
}

const linesOf = (lines: string[][]): string => stringify(lines, { record_delimiter: '\n' });

const parentShape = z.record(z.string(), z.string());

function cellsOf({ attributes: _type, ...record }: Record<string, unknown>): Cells {
  const cells = Object.entries(record).map(([name, value]): [string, string] => {
    if (typeof value !== 'object' || value === null) return [name, cellOf(value)];
    const [[key, id] = ['', '']] = Object.entries(parentShape.parse(value));
    return [`${name}.${key}`, id];
  });
  return Object.fromEntries(cells);
}

function cellOf(value: unknown): string {
  if (value === null || value === '') return NONE;
  const text = String(value);
  return text === NONE ? 'N/A' : text;
}

export type Failure = { paysideId: string; statusCode: string; message: string };

/** @throws crm_unavailable for a table that cannot be read */
export function failuresIn(csv: string, ownId: string): Failure[] {
  const rowShape = z.object({ sf__Error: z.string(), [ownId]: z.string() });
  const rows = z.array(rowShape).safeParse(parsed(csv));
  if (!rows.success) throw crmUnavailable({ context: { vendor: 'salesforce', code: 'unreadable' } });
  return rows.data.map((row) => ({ paysideId: row[ownId] ?? '', ...failureIn(row['sf__Error'] ?? '') }));
}

function parsed(csv: string): unknown {
  try {
    return parse(csv, { columns: true });
  } catch (cause) {
    throw crmUnavailable({ context: { vendor: 'salesforce', code: 'unreadable' }, cause });
  }
}

/** `CODE:message:fields --` */
function failureIn(text: string): { statusCode: string; message: string } {
  const [statusCode = '', ...parts] = text.split(':');
  const fields = parts.pop() ?? '';
  const isFailure = /^[A-Z_]{2,}$/.test(statusCode) && parts.length > 0 && fields.trimEnd().endsWith('--');
  return isFailure ? { statusCode, message: parts.join(':') } : { statusCode: '', message: text };
}
