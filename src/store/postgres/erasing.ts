// Erasing persons: who is kept, facts put in the place of others, bodies and requests that mention somebody, tombstones.
import { createHash } from 'node:crypto';
import { canonical } from '../../canonical-json.ts';
import type { Fact } from '../../ledger/facts.ts';
import type { Mentions, PersonRow } from '../store.ts';
import type { Connections } from './connections.ts';
import { columns, parse, text } from './values.ts';

export const personsAfter = <Person>(
  { app }: Connections,
  workspaceId: string,
  after: string,
  limit: number,
): Promise<PersonRow<Person>[]> =>
  app([workspaceId], async (sql) => {
    const rows = await sql.all(
      `SELECT account, customer, number, personal FROM person WHERE workspace = $1 AND customer IN
         (SELECT DISTINCT customer FROM person WHERE workspace = $1 AND customer > $2 ORDER BY customer LIMIT $3)
       ORDER BY customer, account`,
      workspaceId,
      after,
      limit,
    );
    return rows.map((row) => ({
      account: text(row['account']),
      customerId: text(row['customer']),
      number: Number(row['number']),
      personal: parse<Person>(row['personal']),
    }));
  });

/** Of two that say the same from now on, one is enough. */
export const replaceFacts = (
  { eraser }: Connections,
  workspaceId: string,
  facts: { id: number; fact: Fact }[],
): Promise<void> =>
  eraser(workspaceId, async (sql) => {
    const said = facts.map(({ id, fact }) => {
      const statement = canonical(fact);
      return { id, statement, digest: createHash('sha256').update(statement).digest('base64') };
    });
    const first = new Map(said.toReversed().map((one) => [one.digest, one.id]));
    const values = columns(
      said.filter(({ id, digest }) => first.get(digest) === id),
      ({ id }) => id,
      ({ digest }) => digest,
      ({ statement }) => statement,
    );
    await sql.run(
      `UPDATE fact SET digest = n.digest, fact = n.fact FROM unnest($2::bigint[], $3::text[], $4::text[]) AS n(id, digest, fact)
       WHERE fact.workspace = $1 AND fact.id = n.id
         AND NOT EXISTS (SELECT 1 FROM fact AS other WHERE other.workspace = $1 AND other.digest = n.digest AND other.id <> n.id)`,
      workspaceId,
      ...values,
    );
    await sql.run(
      `DELETE FROM fact USING unnest($2::bigint[], $3::text[]) AS n(id, digest)
       WHERE fact.workspace = $1 AND fact.id = n.id AND fact.digest <> n.digest`,
      workspaceId,
      ...columns(
        said,
        ({ id }) => id,
        ({ digest }) => digest,
      ),
    );
  });

export const eraseMentions = (
  { eraser }: Connections,
  workspaceId: string,
  { after, since, texts }: Mentions,
  limit: number,
): Promise<{ erased: number; last: number | null }> =>
  eraser(workspaceId, async (sql) => {
    const rows = await sql.all(
      `SELECT id FROM body WHERE id > $2 AND received_at >= $3 AND workspace = $1 ORDER BY id LIMIT $4`,
      workspaceId,
      after,
      since,
      limit,
    );
    const ids = rows.map((row) => Number(row['id']));
    const erased = await sql.run(
      `DELETE FROM body USING inbox WHERE body.workspace = $1 AND body.id = ANY ($2::bigint[]) AND inbox.id = body.id
         AND inbox.state <> 'waiting'
         AND EXISTS (SELECT 1 FROM unnest($3::text[]) AS said WHERE position(convert_to(said, 'UTF8') IN body.raw) > 0)`,
      workspaceId,
      ids,
      texts,
    );
    return { erased, last: ids.length < limit ? null : (ids.at(-1) ?? null) };
  });

const NAMED = `workspace = $1 AND (record = ANY ($2::text[]) OR EXISTS (SELECT 1 FROM unnest($3::text[]) AS named
  WHERE position('"' || named || '"' IN request || steps || coalesce(outcome, '')) > 0))`;

export const eraseRequests = (
  { app }: Connections,
  workspaceId: string,
  { records, ids }: { records: string[]; ids: string[] },
): Promise<number> =>
  app([workspaceId], async (sql) => {
    await sql.run(
      `UPDATE operation SET request = '{}', steps = '{}' WHERE state NOT IN ('running', 'checking') AND ${NAMED}`,
      workspaceId,
      records,
      ids,
    );
    const [row] = await sql.all(
      `SELECT count(*) AS open FROM operation WHERE state IN ('running', 'checking') AND ${NAMED}`,
      workspaceId,
      records,
      ids,
    );
    return Number(row?.['open']);
  });

export async function dropDesired(
  { eraser }: Connections,
  workspaceId: string,
  keys: string[],
): Promise<void> {
  await eraser(workspaceId, (sql) =>
    sql.run('DELETE FROM outbox WHERE workspace = $1 AND key = ANY ($2::text[])', workspaceId, keys),
  );
}

export async function addTombstones(
  { app }: Connections,
  workspaceId: string,
  marks: string[],
): Promise<void> {
  await app([workspaceId], (sql) =>
    sql.run(
      'INSERT INTO tombstone (workspace, mark) SELECT $1::text, unnest($2::text[]) ON CONFLICT DO NOTHING',
      workspaceId,
      marks,
    ),
  );
}

export const tombstonesAmong = (
  { app }: Connections,
  workspaceId: string,
  marks: string[],
): Promise<string[]> =>
  app([workspaceId], async (sql) => {
    const rows = await sql.all(
      'SELECT mark FROM tombstone WHERE workspace = $1 AND mark = ANY ($2::text[])',
      workspaceId,
      marks,
    );
    return rows.map((row) => text(row['mark']));
  });
