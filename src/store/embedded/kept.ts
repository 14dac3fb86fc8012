// What a database file keeps, read and written as every store hands it over.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import {
  columnsOf,
  KEPT_KINDS,
  type Kept,
  type KeptColumn,
  type KeptKind,
  type KeptValue,
} from '../store.ts';
import type { Documents } from './documents.ts';
import type { SqlRow } from './sql.ts';

type Tabled = Exclude<KeptKind, 'document' | 'number'>;

/** By which table, and in which order: where a store draws ids, theirs. */
const TABLES: Record<Tabled, { table: string; order: string }> = {
  event: { table: 'inbox', order: 'inbox.id' },
  work: { table: 'work', order: 'id' },
  fact: { table: 'fact', order: 'id' },
  row: { table: 'ledger_row', order: 'workspace, id, entity, account' },
  person: { table: 'person', order: 'workspace, customer, account' },
  tombstone: { table: 'tombstone', order: 'workspace, mark' },
  delivery: { table: 'outbox', order: 'key' },
  operation: { table: 'operation', order: 'rowid' },
  audit: { table: 'audit', order: 'id' },
  erased: { table: 'erased_workspace', order: 'workspace' },
};

/** Columns that are called otherwise here. */
const NAMES: Record<string, string> = { user_id: 'user' };
const named = (column: string): string => `"${NAMES[column] ?? column}"`;

/** So few at once that whoever serves webhooks beside it does not notice. */
const PAGE = 200;

export function* readKept(database: DatabaseSync): Generator<Kept[]> {
  const number = database.prepare(`SELECT value FROM counter WHERE name = 'fetch'`).get() as SqlRow;
  yield [{ of: 'number', is: { value: Number(number['value']) } }];
  for (const kind of KEPT_KINDS) if (isTabled(kind)) yield* pagesOf(database, kind);
}

const isTabled = (kind: KeptKind): kind is Tabled => kind in TABLES;

function* pagesOf(database: DatabaseSync, kind: Tabled): Generator<Kept[]> {
  let page: Kept[] = [];
  for (const row of database.prepare(selectOf(kind)).iterate()) {
    page.push({ of: kind, is: valuesOf(kind, row as SqlRow) });
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

function selectOf(kind: Tabled): string {
  const { table, order } = TABLES[kind];
  const columns = columnsOf(kind).map(([name]) =>
    name === 'raw' ? 'body.raw AS raw' : `${table}.${named(name)} AS ${name}`,
  );
  const bodies = kind === 'event' ? 'LEFT JOIN body ON body.id = inbox.id' : '';
  return `SELECT ${columns.map(quoted).join(', ')} FROM ${table} ${bodies} ORDER BY ${order}`;
}

/** `before` and `after` are words of SQL. */
const quoted = (column: string): string => column.replace(/ AS (\w{1,30})$/, ' AS "$1"');

const valuesOf = (kind: Tabled, row: SqlRow): Kept['is'] =>
  Object.fromEntries(columnsOf(kind).map(([name, column]) => [name, readValue(column, row[name])]));

function readValue(column: KeptColumn, value: SqlRow[string] | undefined): KeptValue {
  if (value === null || value === undefined) return null;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (column === 'flag') return value === 1;
  // What is due at once is due since the beginning of time.
  return column.startsWith('instant') && value === '' ? new Date(0).toISOString() : value;
}

/** @returns takes one after the other, in the order in which they were handed over */
export function keeping(database: DatabaseSync): (kept: Kept) => void {
  const inserts = new Map<KeptKind, StatementSync>();
  const insertFor = (kind: Tabled): StatementSync => {
    const insert = inserts.get(kind) ?? database.prepare(insertOf(kind));
    inserts.set(kind, insert);
    return insert;
  };
  const body = database.prepare('INSERT INTO body (id, received_at, raw) VALUES (?, ?, ?)');
  const number = database.prepare(`UPDATE counter SET value = ? WHERE name = 'fetch'`);
  return ({ of, is }) => {
    if (of === 'number') return void number.run(Number(is['value']));
    if (!isTabled(of)) return;
    const columns = columnsOf(of).filter(([name]) => name !== 'raw');
    const { lastInsertRowid } = insertFor(of).run(...columns.map(([name]) => writeValue(is[name])));
    const raw = is['raw'];
    if (typeof raw === 'string')
      body.run(lastInsertRowid, String(is['received_at']), Buffer.from(raw, 'base64'));
  };
}

function insertOf(kind: Tabled): string {
  const columns = columnsOf(kind).flatMap(([name]) => (name === 'raw' ? [] : [named(name)]));
  return `INSERT INTO ${TABLES[kind].table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
}

const writeValue = (value: KeptValue | undefined): string | number | null =>
  typeof value === 'boolean' ? Number(value) : (value ?? null);

/** Whether anything was ever kept in it. */
export const isUsed = (database: DatabaseSync): boolean =>
  Object.values(TABLES).some(({ table }) => database.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get());

const KINDS = { workspace: 'workspaces', installation: 'installations', account: 'accounts' } as const;

export const documentsKept = (documents: Documents): Kept[] =>
  Object.entries(KINDS).flatMap(([kind, list]) =>
    documents[list].map((document) => ({
      of: 'document' as const,
      is: {
        kind,
        id: document.id,
        workspace: 'workspaceId' in document ? document.workspaceId : document.id,
        document: JSON.stringify(document),
      },
    })),
  );

export function documentsOf(kept: readonly Kept[]): Documents {
  const list = <T>(wanted: string): T[] =>
    kept.flatMap(({ is }) => (is['kind'] === wanted ? [JSON.parse(String(is['document'])) as T] : []));
  return {
    workspaces: list('workspace'),
    installations: list('installation'),
    accounts: list('account'),
  };
}
