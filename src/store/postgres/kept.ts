// What a database keeps, read in one transaction of its owner, and written as every store hands it over.
import type { Client } from 'pg';
import {
  columnsOf,
  KEPT_KINDS,
  type Kept,
  type KeptColumn,
  type KeptKind,
  type KeptValue,
} from '../store.ts';
import { openDueAt } from './commit.ts';
import type { SqlRow } from './connections.ts';
import { instant, parse, text } from './values.ts';

type Tabled = Exclude<KeptKind, 'number'>;

/** By which table, and in which order: where a store draws ids, theirs. */
const TABLES: Record<Tabled, { table: string; order: string }> = {
  document: { table: 'document', order: 'version' },
  event: { table: 'inbox', order: 'inbox.id' },
  work: { table: 'work', order: 'id' },
  fact: { table: 'fact', order: 'id' },
  row: { table: 'ledger_row', order: 'workspace, id, entity, account' },
  person: { table: 'person', order: 'workspace, customer, account' },
  tombstone: { table: 'tombstone', order: 'workspace, mark' },
  delivery: { table: 'outbox', order: 'key' },
  operation: { table: 'operation', order: 'workspace, started_at, id' },
  audit: { table: 'audit', order: 'id' },
  erased: { table: 'erased_workspace', order: 'workspace' },
};
const KINDS = Object.keys(TABLES) as Tabled[];

const PAGE = 500;

/** Inside a transaction that sees one moment. */
export async function* readKept(client: Client): AsyncGenerator<Kept[]> {
  const { rows } = await client.query<SqlRow>(
    'SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS value FROM fetch_number',
  );
  yield [{ of: 'number', is: { value: Number(rows[0]?.['value']) } }];
  for (const kind of KEPT_KINDS) if (kind !== 'number') yield* pagesOf(client, kind);
}

async function* pagesOf(client: Client, kind: Tabled): AsyncGenerator<Kept[]> {
  await client.query(`DECLARE kept NO SCROLL CURSOR FOR ${selectOf(kind)}`);
  for (;;) {
    const { rows } = await client.query<SqlRow>(`FETCH ${PAGE} FROM kept`);
    if (rows.length === 0) break;
    yield rows.map((row) => ({ of: kind, is: valuesOf(kind, row) }));
  }
  await client.query('CLOSE kept');
}

function selectOf(kind: Tabled): string {
  const { table, order } = TABLES[kind];
  const columns = columnsOf(kind).map(([name]) => (name === 'raw' ? 'body.raw' : `${table}."${name}"`));
  const bodies = kind === 'event' ? 'LEFT JOIN body ON body.id = inbox.id' : '';
  return `SELECT ${columns.join(', ')} FROM ${table} ${bodies} ORDER BY ${order}`;
}

const valuesOf = (kind: Tabled, row: SqlRow): Kept['is'] =>
  Object.fromEntries(columnsOf(kind).map(([name, column]) => [name, readValue(column, row[name])]));

const READ: Record<string, (value: SqlRow[string]) => KeptValue> = {
  text,
  number: Number,
  instant,
  flag: (value) => value === true,
  bytes: (value) => (value as Buffer).toString('base64'),
};

const readValue = (column: KeptColumn, value: SqlRow[string] | undefined): KeptValue =>
  value === null || value === undefined ? null : (READ[typeOf(column)]?.(value) ?? null);

const typeOf = (column: KeptColumn): string => column.replace('?', '');

const TYPES: Record<string, string> = {
  text: 'text',
  number: 'bigint',
  instant: 'timestamptz',
  flag: 'boolean',
  bytes: 'bytea',
};

/** A page of one kind, in its order. */
export async function keepPage(client: Client, page: readonly Kept[]): Promise<void> {
  const [first] = page;
  if (!first) return;
  if (first.of === 'number') return setNumber(client, Number(first.is['value']));
  if (first.of === 'event') return keepEvents(client, page);
  const { table } = TABLES[first.of];
  await insert(client, table, [...columnsFor(first.of, page), ...(EXTRA[first.of]?.(page) ?? [])]);
}

const setNumber = async (client: Client, value: number): Promise<void> =>
  void (await client.query(`SELECT setval('fetch_number', greatest($1::bigint, 1), $1::bigint > 0)`, [
    value,
  ]));

type Column = { name: string; type: string; values: unknown[] };

const columnsFor = (kind: KeptKind, page: readonly Kept[]): Column[] =>
  columnsOf(kind).map(([name, column]) => ({
    name,
    type: TYPES[typeOf(column)] ?? 'text',
    values: page.map(({ is }) => writeValue(column, is[name])),
  }));

const writeValue = (column: KeptColumn, value: KeptValue | undefined): unknown =>
  column === 'bytes?' && typeof value === 'string' ? Buffer.from(value, 'base64') : (value ?? null);

/** What only this store has a column for. */
const EXTRA: Partial<Record<KeptKind, (page: readonly Kept[]) => Column[]>> = {
  row: (page) => [
    {
      name: 'open_due_at',
      type: 'timestamptz',
      values: page.map(({ is }) =>
        openDueAt({ entity: is['entity'] as 'invoice', aspects: parse(is['aspects'] ?? '{}') }),
      ),
    },
  ],
};

async function insert(client: Client, table: string, columns: readonly Column[]): Promise<void> {
  const names = columns.map(({ name }) => `"${name}"`);
  await client.query(
    `INSERT INTO ${table} (${names.join(', ')}) SELECT ${names.join(', ')}
     FROM unnest(${columns.map(({ type }, index) => `$${index + 1}::${type}[]`).join(', ')})
       WITH ORDINALITY AS kept(${names.join(', ')}, position) ORDER BY position`,
    columns.map(({ values }) => values),
  );
}

/** Their bodies lie in a table of their own, under the ids that are drawn here. */
async function keepEvents(client: Client, page: readonly Kept[]): Promise<void> {
  const drawn = await client.query<{ id: string }>(
    `SELECT nextval('inbox_id') AS id FROM generate_series(1, $1)`,
    [page.length],
  );
  const ids = drawn.rows.map(({ id }) => Number(id)).sort((a, b) => a - b);
  const columns = columnsFor('event', page);
  const id = { name: 'id', type: 'bigint', values: ids };
  await insert(client, 'inbox', [id, ...columns.filter(({ name }) => name !== 'raw')]);
  const inBody = columns.filter(({ name }) => ['workspace', 'received_at', 'raw'].includes(name));
  const bodies = [id, ...inBody];
  const has = page.map(({ is }) => is['raw'] !== null);
  await insert(
    client,
    'body',
    bodies.map((column) => ({ ...column, values: column.values.filter((_, index) => has[index]) })),
  );
}

/** Whether anything was ever kept in it. */
export async function isUsed(client: Client): Promise<boolean> {
  const any = KINDS.map((kind) => `EXISTS (SELECT FROM ${TABLES[kind].table})`).join(' OR ');
  const { rows } = await client.query<{ used: boolean }>(`SELECT ${any} AS used`);
  return rows[0]?.used === true;
}
