// The PostgreSQL server of a test run: started by the first test file that needs it, shared by all of them.
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeServer, startServer, stopServer, type Settings } from '../../sandbox/postgres/server.ts';
import { waitFor } from '../../sandbox/world/wait.ts';

export { stopServer };

type Running = { port: number } | { failed: string };

const READY = 'ready.json';

/** Long enough for a busy machine: it only ends what hangs. */
const PATIENCE_MS = 60_000;

/** Nothing is flushed: tests end processes, not the machine. */
const SETTINGS: Settings = {
  fsync: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  shared_buffers: '64MB',
  autovacuum_naptime: '5s',
};

/** @returns the port of the run's server */
export async function sharedServer(folder: string): Promise<number> {
  const isFirst = await mkdir(join(folder, 'starting')).then(
    () => true,
    () => false,
  );
  if (isFirst) await publish(folder, await start(folder));
  const running = await waitFor('the PostgreSQL server', () => readRunning(folder), PATIENCE_MS);
  if ('failed' in running) throw new Error(running.failed);
  return running.port;
}

const start = (folder: string): Promise<Running> =>
  makeServer(folder, SETTINGS).then(
    (port) => ({ port }),
    (error: unknown) => ({ failed: String(error) }),
  );

async function publish(folder: string, running: Running): Promise<void> {
  await writeFile(join(folder, 'ready.next'), JSON.stringify(running));
  await rename(join(folder, 'ready.next'), join(folder, READY));
}

async function readRunning(folder: string): Promise<Running | undefined> {
  if (!existsSync(join(folder, READY))) return undefined;
  return JSON.parse(await readFile(join(folder, READY), 'utf8')) as Running;
}

/** Starts a server on the data of the folder, as after a restart. */
export const startOn = (folder: string, port: number): Promise<void> => startServer(folder, port, SETTINGS);
