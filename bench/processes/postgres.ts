// A throw-away PostgreSQL with its defaults, so that it is durable: what it costs is read from outside, then it is gone.
import { mkdtemp, rm } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDatabase, type OwnDatabase } from '../../sandbox/postgres/database.ts';
import { makeServer, serverPid, stopServer } from '../../sandbox/postgres/server.ts';
import { cpuMsOf, rssMbOf, writtenBytes } from './spawn.ts';

export type Postgres = Pick<OwnDatabase, 'url' | 'adminUrl' | 'name' | 'admin'> & {
  /** Of the server and everything it started, in milliseconds. */
  cpuMs(): number;
  /** Without what they share, which each of them counts as its own. */
  rssMb(): number;
  /** Bytes they had written to disk. */
  writtenBytes(): number;
  stop(): Promise<void>;
};

/** A server of its own for each that is measured: what others make it do would count as theirs. */
export async function startPostgres(): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), 'payside-bench-postgres-'));
  const running = { pid: 0 };
  // It is a group of its own, and would outlive a run that fails or is broken off.
  const kill = (): void => void (running.pid > 0 && process.kill(running.pid, 'SIGQUIT'));
  process.once('exit', kill);
  const stop = async (): Promise<void> => {
    process.off('exit', kill);
    await stopServer(folder);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const { url, adminUrl, name, admin } = await makeDatabase(await makeServer(folder, {}), 'bench');
    const main = (await serverPid(folder)) ?? 0;
    running.pid = main;
    const all = (read: (pid: number) => number): number =>
      [main, ...childrenOf(main)].reduce((sum, pid) => sum + ofTheLiving(read, pid), 0);
    return {
      url,
      adminUrl,
      name,
      admin,
      cpuMs: () => all(cpuMsOf),
      rssMb: () => all((pid) => rssMbOf(pid) - rssMbOf(pid, 'RssShmem')),
      writtenBytes: () => all(writtenBytes),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Those that have ended count as their parent's. */
const childrenOf = (pid: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((one) => ofTheLiving(parentOf, one) === pid);

function parentOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
}

function ofTheLiving(read: (pid: number) => number, pid: number): number {
  try {
    return read(pid);
  } catch {
    return 0;
  }
}
