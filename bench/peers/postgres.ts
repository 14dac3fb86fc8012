// A throw-away PostgreSQL for a peer, with its defaults: durable, on loopback alone, gone afterwards.
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../sandbox/world/free-port.ts';
import { cpuMsOf } from '../processes/spawn.ts';

export type Postgres = {
  url: string;
  /** Of the server and everything it started, in milliseconds. */
  cpuMs(): number;
  stop(): void;
};

const DEBIAN = '/usr/lib/postgresql';

function programs(): string | null {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort() : [];
  const folders = [
    ...versions.map((version) => `${DEBIAN}/${version}/bin`),
    ...(process.env['PATH'] ?? '').split(':'),
  ];
  return (
    folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'pg_ctl'))) ?? null
  );
}

/** PostgreSQL refuses to run as root: the user that its package made runs it then. */
function user(): { uid: number; gid: number } | Record<string, never> {
  if (process.getuid?.() !== 0) return {};
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((one) => one.startsWith('postgres:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (!uid || !gid) throw new Error('PostgreSQL does not run as root, and there is no user postgres');
  return { uid: Number(uid), gid: Number(gid) };
}

/** @returns why there is none, or a running server */
export async function startPostgres(): Promise<Postgres | string> {
  const bin = programs();
  if (!bin) return 'there is no PostgreSQL on this machine (initdb and pg_ctl)';
  const folder = mkdtempSync(join(tmpdir(), 'payside-bench-postgres-'));
  const as = user();
  if ('uid' in as) chownSync(folder, as.uid, as.gid);
  const run = (program: string, args: string[]): void => {
    const { status } = spawnSync(join(bin, program), args, { ...as, cwd: folder, stdio: 'ignore' });
    if (status !== 0) throw new Error(`${program} ended with ${status}`);
  };
  const port = await freePort();
  const data = join(folder, 'data');
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''`;
  try {
    run('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust']);
    run('pg_ctl', ['-D', data, '-l', join(folder, 'log'), '-o', options, '-w', 'start']);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    return error instanceof Error ? error.message : String(error);
  }
  const main = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    cpuMs: () => [main, ...childrenOf(main)].reduce((sum, pid) => sum + spentBy(pid), 0),
    stop() {
      run('pg_ctl', ['-D', data, '-m', 'immediate', 'stop']);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The pool keeps its connections, so that no process that worked has gone meanwhile. */
const childrenOf = (pid: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((one) => parentOf(one) === pid);

function parentOf(pid: number): number | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}

function spentBy(pid: number): number {
  try {
    return cpuMsOf(pid);
  } catch {
    return 0;
  }
}
