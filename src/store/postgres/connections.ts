// Connections to the database: one role a transaction, every wait bounded, every failure `store_unavailable`.
import { DatabaseError, Pool, escapeLiteral, type ClientBase, type PoolClient, type PoolConfig } from 'pg';
import { ConnectorError, storeUnavailable } from '../../errors.ts';
import { createAnnouncer } from './announce.ts';

export type SqlRow = Record<string, unknown>;

/** Statements of one transaction. */
export type Sql = {
  all(text: string, ...values: unknown[]): Promise<SqlRow[]>;
  /** @returns how many rows changed */
  run(text: string, ...values: unknown[]): Promise<number>;
};

/** From here to its end, the transaction sees the rows of these workspaces and no others. */
type GoOnAs = (workspaces: readonly string[]) => Promise<unknown>;

export type Connections = {
  /** One statement of the door, which may do nothing but add events. */
  door(text: string, ...values: unknown[]): Promise<SqlRow[]>;
  /** One statement over documents and authorizations. */
  directory(text: string, ...values: unknown[]): Promise<SqlRow[]>;
  /** A transaction over documents, which may go on as the app of some workspaces. */
  directoryWork<T>(work: (sql: Sql, goOnAs: GoOnAs) => Promise<T>): Promise<T>;
  /** A transaction over ids, states and leases of all workspaces. */
  claimer<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** A transaction that sees the rows of these workspaces and no others. */
  app<T>(workspaces: readonly string[], work: (sql: Sql) => Promise<T>): Promise<T>;
  /** The same of one workspace, by who may take out of it what was said of a person. */
  eraser<T>(workspace: string, work: (sql: Sql) => Promise<T>): Promise<T>;
  /** The same of one that is being erased, by who takes all of it away. */
  wiper<T>(workspace: string, work: (sql: Sql) => Promise<T>): Promise<T>;
  /** The same, of one moment: all its statements see what was committed when it began. */
  snapshot<T>(workspace: string, work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Takes rows as claimer, then reads what is in them as the app of the workspaces they are of. */
  claim<T>(
    take: (sql: Sql) => Promise<SqlRow[]>,
    read: (sql: Sql, taken: SqlRow[]) => Promise<T[]>,
  ): Promise<T[]>;
  /** Tells every process that something is due at these moments; called once what is due is committed. */
  due(...moments: readonly (Date | string)[]): void;
  /** A connection of its own for a lock that outlives a statement. */
  holder(): Promise<PoolClient>;
  close(): Promise<void>;
};

/** Where processes hear of each other's work. */
export const CHANNEL = 'payside_work';

/** What a server that is slow, locked or silent may cost a caller, in milliseconds. */
const BOUNDS = {
  connectionTimeoutMillis: 5_000,
  lock_timeout: 5_000,
  statement_timeout: 10_000,
  query_timeout: 12_000,
  idle_in_transaction_session_timeout: 15_000,
} satisfies PoolConfig;

/** Waiting for a lock is waiting for another process that talks to a gateway or CRM. */
const PATIENT = {
  lock_timeout: 20_000,
  statement_timeout: 22_000,
  query_timeout: 25_000,
} satisfies PoolConfig;

/** @param role what a connection may do until a transaction says otherwise */
export const settingsFor = (url: string, role: string | null): PoolConfig => ({
  connectionString: url,
  application_name: 'payside',
  keepAlive: true,
  ...BOUNDS,
  options: `-c search_path=payside -c synchronous_commit=on${role ? ` -c role=${role}` : ''}`,
});

export function connect(url: string, onLost: () => void): Connections {
  const pool = (role: string, max: number, change: PoolConfig = {}): Pool => {
    const made = new Pool({ ...settingsFor(url, role), max, ...change });
    // Without listeners a restarted server would end this process, also through a connection that is in use.
    made.on('error', onLost);
    made.on('connect', (client) => client.on('error', () => undefined));
    return made;
  };
  // The door has connections of its own, so that whatever the background does leaves webhooks a way in.
  const pools = {
    door: pool('payside_door', 3),
    directory: pool('payside_directory', 2),
    app: pool('payside_app', 10),
    locks: pool('payside_app', 6, PATIENT),
  };
  const one =
    (from: Pool) =>
    async (text: string, ...values: unknown[]): Promise<SqlRow[]> =>
      (await from.query<SqlRow>(prepared(text, values)).catch(unavailable)).rows;
  const announcer = createAnnouncer((moments) =>
    pools.app.query('SELECT pg_notify($1, $2)', [CHANNEL, moments]),
  );
  const begin = (role: string, workspaces: readonly string[] = [], how = ''): string =>
    `BEGIN ${how}; ${become(role, workspaces)}`;
  return {
    door: one(pools.door),
    directory: one(pools.directory),
    directoryWork: (work) =>
      transaction(pools.directory, 'BEGIN', (sql) =>
        work(sql, (workspaces) => sql.all(...asApp(workspaces))),
      ),
    claimer: (work) => transaction(pools.app, begin('payside_claimer'), work),
    app: (workspaces, work) => transaction(pools.app, begin('payside_app', workspaces), work),
    eraser: (workspace, work) => transaction(pools.app, begin('payside_eraser', [workspace]), work),
    wiper: (workspace, work) => transaction(pools.app, begin('payside_wiper', [workspace]), work),
    snapshot: (workspace, work) =>
      transaction(pools.app, begin('payside_app', [workspace], 'ISOLATION LEVEL REPEATABLE READ'), work),
    claim: (take, read) =>
      transaction(pools.app, begin('payside_claimer'), async (sql) => {
        const taken = await take(sql);
        if (taken.length === 0) return [];
        await sql.all(...asApp(taken.map((row) => String(row['workspace']))));
        return read(sql, taken);
      }),
    due: announcer.due,
    holder: () => pools.locks.connect().catch(unavailable),
    async close() {
      announcer.close();
      const open = Object.values(pools).filter((one) => !one.ending);
      await Promise.all(open.map((one) => one.end()));
    },
  };
}

/** For this transaction only, so that no connection carries a workspace to its next user. */
const become = (role: string, workspaces: readonly string[]): string =>
  `SET LOCAL ROLE ${role}; SET LOCAL payside.workspaces = ${escapeLiteral(arrayText(workspaces))}`;

const asApp = (workspaces: readonly string[]): [string, string] => [
  `SELECT set_config('role', 'payside_app', true), set_config('payside.workspaces', $1, true)`,
  arrayText([...new Set(workspaces)]),
];

const arrayText = (values: readonly string[]): string =>
  `{${values.map((value) => `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`;

/** How often a transaction that met another one is run again; nothing of it has happened. */
const TRIES = 4;
const APART_MS = 40;
const COLLISIONS = new Set(['40001', '40P01']);
/** What a connection has prepared no longer fits its table, as a newer version has given it a column (0A000). */
const STALE = '0A000';
/** Each stale connection is thrown away, so that this many end with a fresh one. */
const STALE_TRIES = 20;

async function transaction<T>(pool: Pool, opening: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  for (let attempt = 1, stale = 0; ;) {
    try {
      return await once(pool, opening, work);
    } catch (error) {
      const state = sqlState(error) ?? '';
      if (state === STALE && (stale += 1) <= STALE_TRIES) continue;
      if (!COLLISIONS.has(state) || attempt === TRIES) return unavailable(error);
      // Not at once, or it meets the other one again.
      await new Promise((resolve) => setTimeout(resolve, APART_MS * attempt * (0.5 + Math.random())));
      attempt += 1;
    }
  }
}

async function once<T>(pool: Pool, opening: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query(opening);
    const value = await work(statementsOf(client));
    await client.query('COMMIT');
    client.release();
    return value;
  } catch (error) {
    await undo(client, error);
    throw error;
  }
}

/** A connection that did not answer is thrown away: the server rolls back what it began. */
async function undo(client: PoolClient, error: unknown): Promise<void> {
  const isAnswer = error instanceof DatabaseError;
  const isUsable =
    isAnswer &&
    error.code !== STALE &&
    (await client.query('ROLLBACK').then(
      () => true,
      () => false,
    ));
  client.release(!isUsable);
}

export const statementsOf = (client: ClientBase): Sql => ({
  all: async (text, ...values) => (await client.query<SqlRow>(prepared(text, values))).rows,
  run: async (text, ...values) => (await client.query(prepared(text, values))).rowCount ?? 0,
});

const names = new Map<string, string>();

/** The server plans a statement once a connection. */
function prepared(text: string, values: unknown[]): { name: string; text: string; values: unknown[] } {
  const name = names.get(text) ?? `payside_${names.size}`;
  names.set(text, name);
  return { name, text, values };
}

export const sqlState = (error: unknown): string | undefined =>
  error instanceof DatabaseError ? error.code : undefined;

export function unavailable(cause: unknown): never {
  throw cause instanceof ConnectorError ? cause : storeUnavailable({ cause });
}
