// Prepared statements of one database, made once each, with rows as plain text and numbers.
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

export type SqlRow = Record<string, string | number | null | Uint8Array>;

export type Sql = {
  all(text: string, ...values: SQLInputValue[]): SqlRow[];
  get(text: string, ...values: SQLInputValue[]): SqlRow | undefined;
  /** @returns how many rows changed */
  run(text: string, ...values: SQLInputValue[]): number;
  /** Id of the row the last insert made. */
  insert(text: string, ...values: SQLInputValue[]): number;
  exec(text: string): void;
};

export function createSql(database: DatabaseSync): Sql {
  const statements = new Map<string, StatementSync>();
  const prepared = (text: string): StatementSync => {
    const known = statements.get(text) ?? database.prepare(text);
    statements.set(text, known);
    return known;
  };
  return {
    all: (text, ...values) => prepared(text).all(...values) as SqlRow[],
    get: (text, ...values) => prepared(text).get(...values) as SqlRow | undefined,
    run: (text, ...values) => Number(prepared(text).run(...values).changes),
    insert: (text, ...values) => Number(prepared(text).run(...values).lastInsertRowid),
    exec: (text) => database.exec(text),
  };
}

export const text = (value: SqlRow[string] | undefined): string => String(value ?? '');
export const textOrNull = (value: SqlRow[string] | undefined): string | null =>
  value === null || value === undefined ? null : String(value);
export const parse = <T>(value: SqlRow[string] | undefined): T => JSON.parse(text(value)) as T;
export const parseOrNull = <T>(value: SqlRow[string] | undefined): T | null =>
  value === null || value === undefined ? null : parse<T>(value);
/** A JSON array for `IN (SELECT value FROM json_each(?))`: one prepared statement for lists of any length. */
export const list = (values: readonly string[]): string => JSON.stringify(values);
