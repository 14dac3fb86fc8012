// What an operator asks of the queues: counts, dead letters, redrive; and the single-use authorizations.
import type { DeadLetter, PendingAuthorization, QueueCounts } from '../store.ts';
import { text, textOrNull, type Sql } from './sql.ts';

export const ready = (sql: Sql): void => void sql.get('SELECT 1');

const QUEUES = { inbox: 'id', outbox: 'key', work: 'id' } as const;

export function counts(sql: Sql): QueueCounts {
  const count = (query: string): number => Number(sql.get(query)?.['n'] ?? 0);
  const waiting = (table: string): number =>
    count(`SELECT count(*) AS n FROM ${table} WHERE state = 'waiting'`);
  const dead = (table: string): number => count(`SELECT count(*) AS n FROM ${table} WHERE state = 'dead'`);
  return {
    inbox: waiting('inbox'),
    outbox: waiting('outbox'),
    work: waiting('work'),
    dead: dead('inbox') + dead('outbox') + dead('work'),
    oldestWaitingAt: textOrNull(
      sql.get(`SELECT min(received_at) AS at FROM inbox WHERE state = 'waiting'`)?.['at'],
    ),
  };
}

export function deadLetters(sql: Sql, workspaceId: string | null = null): DeadLetter[] {
  const queues = Object.entries(QUEUES) as [DeadLetter['queue'], string][];
  return queues.flatMap(([queue, key]) => {
    const kind = queue === 'outbox' ? 'installation' : 'kind';
    return sql
      .all(
        `SELECT ${key} AS letter, workspace, ${kind} AS kind, reason, next_at FROM ${queue}
         WHERE state = 'dead' AND workspace = coalesce(?, workspace)`,
        workspaceId,
      )
      .map((row) => ({
        queue,
        id: text(row['letter']),
        workspaceId: text(row['workspace']),
        kind: text(row['kind']),
        reason: text(row['reason']),
        at: text(row['next_at']),
      }));
  });
}

/** Tries are counted from the start. */
const ANEW = { inbox: 'attempts = 0, unfinished = 0', outbox: 'attempts = 0', work: 'attempts = 0' } as const;

export function redrive(sql: Sql, letter: Pick<DeadLetter, 'queue' | 'id'>): boolean {
  const { queue, id } = letter;
  const changed = sql.run(
    `UPDATE ${queue} SET state = 'waiting', ${ANEW[queue]}, next_at = '' WHERE ${QUEUES[queue]} = ? AND state = 'dead'`,
    id,
  );
  return changed > 0;
}

export function putAuthorization(sql: Sql, pending: PendingAuthorization): void {
  sql.run(
    'INSERT INTO authorization (state, browser, verifier, provider, subject, expires_at) VALUES (?, ?, ?, ?, ?, ?)',
    pending.state,
    pending.browser,
    pending.verifier,
    pending.provider,
    pending.subject,
    pending.expiresAt,
  );
}

export const dropAuthorizations = (sql: Sql, endedBefore: Date): number =>
  sql.run('DELETE FROM authorization WHERE expires_at < ?', endedBefore.toISOString());

export function takeAuthorization(sql: Sql, state: string): PendingAuthorization | undefined {
  const row = sql.get('DELETE FROM authorization WHERE state = ? RETURNING *', state);
  if (!row) return undefined;
  return {
    state: text(row['state']),
    browser: text(row['browser']),
    verifier: text(row['verifier']),
    provider: text(row['provider']),
    subject: textOrNull(row['subject']),
    expiresAt: text(row['expires_at']),
  };
}
