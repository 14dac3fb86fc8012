// The stores that are measured: where each keeps its data, what it costs beside the connector, and how it is looked into.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createLog } from '../src/log.ts';
import { openEmbeddedStore } from '../src/store/embedded/index.ts';
import { openPostgresStore } from '../src/store/postgres/index.ts';
import type { Store } from '../src/store/store.ts';
import { ADMIN } from '../sandbox/postgres/server.ts';
import { startPostgres } from './processes/postgres.ts';

const STORES = ['embedded', 'postgres'] as const;
export type StoreKind = (typeof STORES)[number];

export const hasStore = (name: string): name is StoreKind => STORES.some((one) => one === name);

/** Without a connector: through the port, or past it. */
export type Data = {
  /** As an operator would set STORE_URL. */
  url: string;
  open(): Promise<Store>;
  /** Rows as they are kept, as nobody may be believed about themselves; an embedded store must be closed. */
  look(sql: string): Promise<Record<string, unknown>[]>;
  /** What the store's own processes cost beside the one that uses it. */
  cpuMs(): number;
  rssMb(): number;
  writtenBytes(): number;
  /** fsyncs of the store's own processes; null where it has none. */
  fsyncs: (() => Promise<number>) | null;
  end(): Promise<void>;
};

const EMBEDDED = 'embedded:';

/** @param url as an operator would set STORE_URL */
export const openStore = (url: string): Promise<Store> =>
  url.startsWith(EMBEDDED)
    ? openEmbeddedStore(url.slice(EMBEDDED.length))
    : openPostgresStore(url, createLog('silent'));

/** An empty one, of its own. */
export const newData = (store: StoreKind): Promise<Data> =>
  store === 'embedded' ? newFolder() : newDatabase();

async function newFolder(): Promise<Data> {
  const folder = await mkdtemp(join(tmpdir(), 'payside-bench-data-'));
  const url = `${EMBEDDED}${folder}`;
  return {
    url,
    open: () => openStore(url),
    async look(sql) {
      const database = new DatabaseSync(join(folder, 'payside.db'), { readOnly: true });
      try {
        return database.prepare(sql).all();
      } finally {
        database.close();
      }
    },
    cpuMs: () => 0,
    rssMb: () => 0,
    writtenBytes: () => 0,
    fsyncs: null,
    end: () => rm(folder, { recursive: true, force: true }),
  };
}

async function newDatabase(): Promise<Data> {
  const { url, name, admin, cpuMs, rssMb, writtenBytes, stop } = await startPostgres();
  await admin(`ALTER ROLE ${ADMIN} IN DATABASE ${name} SET search_path = payside`);
  return {
    url,
    open: () => openStore(url),
    look: (sql) => admin(sql),
    cpuMs,
    rssMb,
    writtenBytes,
    async fsyncs() {
      await new Promise((resolve) => setTimeout(resolve, STATISTICS_MS));
      const [row] = await admin<{ count: string }>('SELECT sum(fsyncs) AS count FROM pg_stat_io');
      return Number(row?.count);
    },
    end: stop,
  };
}

/** An idle connection tells what it did after ten seconds. */
const STATISTICS_MS = 11_000;
