// Values of rows as the port wants them: text, numbers, instants, JSON.
import type { SqlRow } from './connections.ts';

type Value = SqlRow[string] | undefined;

export const text = (value: Value): string => String(value ?? '');
export const textOrNull = (value: Value): string | null =>
  value === null || value === undefined ? null : String(value);
/** Instants are kept as `timestamptz` and spoken of as ISO text. */
export const instant = (value: Value): string => (value as Date).toISOString();
export const instantOrNull = (value: Value): string | null =>
  value === null || value === undefined ? null : instant(value);
export const parse = <T>(value: Value): T => JSON.parse(text(value)) as T;
export const parseOrNull = <T>(value: Value): T | null =>
  value === null || value === undefined ? null : parse<T>(value);
export const json = (value: Record<string, unknown> | null): string | null =>
  value ? JSON.stringify(value) : null;

/** Columns of many rows, one array each, for `unnest`. */
export const columns = <T>(items: readonly T[], ...of: readonly ((item: T) => unknown)[]): unknown[][] =>
  of.map((column) => items.map(column));

/** What is due at once. */
export const AT_ONCE = `timestamptz 'epoch'`;

export const leaseFrom = (now: Date, leaseMs: number): string =>
  new Date(now.getTime() + leaseMs).toISOString();

/** A statement may touch a row once: of several that say something about it, the last one holds. */
export const lastOf = <T>(items: readonly T[], keyOf: (item: T) => string): T[] => [
  ...new Map(items.map((item) => [keyOf(item), item])).values(),
];
