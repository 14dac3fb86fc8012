// What an operator asks of the queues: counts, dead letters, redrive; and the numbers of fetches.
import type { DeadLetter, QueueCounts } from '../store.ts';
import type { Connections } from './connections.ts';
import { grouped } from './grouped.ts';
import { AT_ONCE, instant, instantOrNull, text } from './values.ts';

export async function ready({ directory }: Connections): Promise<void> {
  await directory('SELECT 1');
}

export const counts = ({ claimer }: Connections): Promise<QueueCounts> =>
  claimer(async (sql) => {
    const [row] = await sql.all(
      `SELECT (SELECT count(*) FROM inbox WHERE state = 'waiting') AS inbox,
         (SELECT count(*) FROM outbox WHERE state = 'waiting') AS outbox,
         (SELECT count(*) FROM work WHERE state = 'waiting') AS work,
         (SELECT count(*) FROM inbox WHERE state = 'dead') + (SELECT count(*) FROM outbox WHERE state = 'dead')
           + (SELECT count(*) FROM work WHERE state = 'dead') AS dead,
         (SELECT min(received_at) FROM inbox WHERE state = 'waiting') AS oldest`,
    );
    return {
      inbox: Number(row?.['inbox']),
      outbox: Number(row?.['outbox']),
      work: Number(row?.['work']),
      dead: Number(row?.['dead']),
      oldestWaitingAt: instantOrNull(row?.['oldest']),
    };
  });

export const deadLetters = ({ claim }: Connections, workspaceId?: string): Promise<DeadLetter[]> =>
  claim(
    async (sql) =>
      workspaceId === undefined
        ? sql.all(
            `SELECT workspace FROM inbox WHERE state = 'dead' UNION SELECT workspace FROM outbox WHERE state = 'dead'
             UNION SELECT workspace FROM work WHERE state = 'dead'`,
          )
        : [{ workspace: workspaceId }],
    async (sql) => {
      const rows = await sql.all(
        `SELECT 'inbox' AS queue, id::text AS letter, workspace, kind, reason, next_at FROM inbox WHERE state = 'dead'
         UNION ALL
         SELECT 'outbox', key, workspace, installation, reason, next_at FROM outbox WHERE state = 'dead'
         UNION ALL
         SELECT 'work', id::text, workspace, kind, reason, next_at FROM work WHERE state = 'dead'
         ORDER BY queue, next_at, letter`,
      );
      return rows.map((row) => ({
        queue: row['queue'] as DeadLetter['queue'],
        id: text(row['letter']),
        workspaceId: text(row['workspace']),
        kind: text(row['kind']),
        reason: text(row['reason']),
        at: instant(row['next_at']),
      }));
    },
  );

/** Tries are counted from the start. */
const ANEW = { inbox: 'attempts = 0, unfinished = 0', outbox: 'attempts = 0', work: 'attempts = 0' } as const;
const IDS = { inbox: 'id::text', outbox: 'key', work: 'id::text' } as const;

export async function redrive(
  { claimer, due }: Connections,
  letter: Pick<DeadLetter, 'queue' | 'id'>,
): Promise<boolean> {
  const changed = await claimer((sql) =>
    sql.run(
      `UPDATE ${letter.queue} SET state = 'waiting', ${ANEW[letter.queue]}, next_at = ${AT_ONCE}
       WHERE ${IDS[letter.queue]} = $1 AND state = 'dead'`,
      letter.id,
    ),
  );
  if (changed > 0) due(new Date());
  return changed > 0;
}

/** Drawn one group after the other, so that whoever asks later gets the higher number. */
export const drawing = ({ app }: Connections): (() => Promise<number>) => {
  const draw = grouped((calls: null[]) =>
    app([], async (sql) => {
      const rows = await sql.all(
        `SELECT nextval('fetch_number') AS number FROM generate_series(1, $1)`,
        calls.length,
      );
      return rows.map((row) => Number(row['number'])).sort((a, b) => a - b);
    }),
  );
  return () => draw(null);
};
