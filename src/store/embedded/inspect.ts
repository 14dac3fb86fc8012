// Looks through the file one table after the other, with its indexes: more than a start does, and as much as SQLite can.
import { eventsInspected, type Inspected } from '../store.ts';
import { text, type Sql } from './sql.ts';

export const tablesToInspect = (sql: Sql): string[] =>
  sql
    .all(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name`)
    .map((row) => text(row['name']));

/** Of one table: what has one cause is said often. */
const MOST_NAMED = 3;

export function inspectTable(sql: Sql, table: string): Inspected {
  const found = faultsIn(sql, table);
  return found.length === 0
    ? { part: table, state: 'sound', says: 'sound' }
    : { part: table, state: 'damaged', says: found.slice(0, MOST_NAMED).join('; ') };
}

function faultsIn(sql: Sql, table: string): string[] {
  try {
    const rows = sql.all(`PRAGMA integrity_check("${table}")`);
    return rows.map((row) => text(row['integrity_check'])).filter((line) => line !== 'ok');
  } catch (error) {
    return [String(error)];
  }
}

export function inspectEvents(sql: Sql): Inspected {
  const states = sql.all('SELECT state, count(*) AS n FROM inbox GROUP BY state');
  const bodiless = sql.get(
    `SELECT count(*) AS n FROM inbox WHERE state = 'waiting' AND NOT EXISTS (SELECT 1 FROM body WHERE body.id = inbox.id)`,
  );
  const counts = new Map(states.map((row) => [text(row['state']), Number(row['n'])]));
  return eventsInspected(counts, Number(bodiless?.['n']));
}
