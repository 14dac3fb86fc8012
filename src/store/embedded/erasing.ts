// Erasing persons: who is kept, facts put in the place of others, bodies and requests that mention somebody, tombstones.
import { createHash } from 'node:crypto';
import { canonical } from '../../canonical-json.ts';
import type { Fact } from '../../ledger/facts.ts';
import type { Mentions, PersonRow } from '../store.ts';
import { list, parse, text, type Sql } from './sql.ts';

/** What a person looks like is not the store's to know. */
export const personsAfter = (
  sql: Sql,
  workspaceId: string,
  after: string,
  limit: number,
): PersonRow<unknown>[] =>
  sql
    .all(
      `SELECT account, customer, number, personal FROM person WHERE workspace = ? AND customer IN
         (SELECT DISTINCT customer FROM person WHERE workspace = ? AND customer > ? ORDER BY customer LIMIT ?)
       ORDER BY customer, account`,
      workspaceId,
      workspaceId,
      after,
      limit,
    )
    .map((row) => ({
      account: text(row['account']),
      customerId: text(row['customer']),
      number: Number(row['number']),
      personal: parse(row['personal']),
    }));

export function replaceFacts(sql: Sql, workspaceId: string, facts: { id: number; fact: Fact }[]): void {
  for (const { id, fact } of facts) {
    const statement = canonical(fact);
    const digest = createHash('sha256').update(statement).digest('base64');
    const replaced = sql.run(
      'UPDATE OR IGNORE fact SET fact = ?, digest = ? WHERE workspace = ? AND id = ?',
      statement,
      digest,
      workspaceId,
      id,
    );
    if (replaced === 0) sql.run('DELETE FROM fact WHERE workspace = ? AND id = ?', workspaceId, id);
  }
}

export function eraseMentions(
  sql: Sql,
  workspaceId: string,
  { after, since, texts }: Mentions,
  limit: number,
): { erased: number; last: number | null } {
  const ids = sql
    .all(
      `SELECT body.id FROM body JOIN inbox USING (id) WHERE body.id > ? AND body.received_at >= ? AND workspace = ?
       ORDER BY body.id LIMIT ?`,
      after,
      since,
      workspaceId,
      limit,
    )
    .map((row) => Number(row['id']));
  const erased = sql.run(
    `DELETE FROM body WHERE id IN (SELECT body.id FROM body JOIN inbox USING (id)
       WHERE body.id IN (SELECT value FROM json_each(?)) AND inbox.state <> 'waiting' AND EXISTS
         (SELECT 1 FROM json_each(?) WHERE instr(body.raw, CAST(value AS BLOB)) > 0))`,
    JSON.stringify(ids),
    list(texts),
  );
  return { erased, last: ids.length < limit ? null : (ids.at(-1) ?? null) };
}

const NAMED = `workspace = ? AND (record IN (SELECT value FROM json_each(?)) OR EXISTS
  (SELECT 1 FROM json_each(?) WHERE instr(request || steps || coalesce(outcome, ''), '"' || value || '"') > 0))`;

export function eraseRequests(
  sql: Sql,
  workspaceId: string,
  { records, ids }: { records: string[]; ids: string[] },
): number {
  const named = [workspaceId, list(records), list(ids)];
  sql.run(
    `UPDATE operation SET request = '{}', steps = '{}' WHERE state NOT IN ('running', 'checking') AND ${NAMED}`,
    ...named,
  );
  const open = `SELECT count(*) AS open FROM operation WHERE state IN ('running', 'checking') AND ${NAMED}`;
  return Number(sql.get(open, ...named)?.['open']);
}

export function dropDesired(sql: Sql, workspaceId: string, keys: string[]): void {
  sql.run(
    'DELETE FROM outbox WHERE workspace = ? AND key IN (SELECT value FROM json_each(?))',
    workspaceId,
    list(keys),
  );
}

export function addTombstones(sql: Sql, workspaceId: string, marks: string[]): void {
  for (const mark of marks)
    sql.run(
      'INSERT INTO tombstone (workspace, mark) VALUES (?, ?) ON CONFLICT DO NOTHING',
      workspaceId,
      mark,
    );
}

export const tombstonesAmong = (sql: Sql, workspaceId: string, marks: string[]): string[] =>
  sql
    .all(
      'SELECT mark FROM tombstone WHERE workspace = ? AND mark IN (SELECT value FROM json_each(?))',
      workspaceId,
      list(marks),
    )
    .map((row) => text(row['mark']));
