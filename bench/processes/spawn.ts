// Processes under measure: started, waited for, their processor time and memory read from outside, stopped.
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';

export type Running = {
  pid: number;
  /** User and system time so far, in milliseconds. */
  cpuMs(): number;
  rssMb(): number;
  /** Asks the process through what was loaded into it; see `inside.ts`. */
  ask<T>(question: string): Promise<T>;
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
};

export type Start = {
  script: string;
  args?: string[];
  env?: Record<string, string>;
  /** Node's own settings, where they are others than those of every floor. */
  flags?: string[];
  /** Modules loaded into the process before its own. */
  inside?: string[];
  /** Told of each line the process prints. */
  onLine?: (line: string) => void;
};

const TICK_MS = 10;

const FLAGS = ['--disable-warning=ExperimentalWarning'];

export function start({ script, args = [], env = {}, flags = FLAGS, inside = [], onLine }: Start): Running {
  const loaded = inside.flatMap((file) => ['--import', new URL(file, import.meta.url).href]);
  const child = spawn(process.execPath, [...flags, ...loaded, script, ...args], {
    env: { ...process.env, NODE_ENV: 'production', ...env },
    stdio: ['ignore', onLine ? 'pipe' : 'ignore', 'inherit', 'ipc'],
  });
  if (onLine) forEachLine(child, onLine);
  const ended = once(child, 'exit');
  const pid = child.pid ?? 0;
  return {
    pid,
    cpuMs: () => cpuMsOf(pid),
    rssMb: () => rssMbOf(pid),
    ask: (question) => asked(child, question),
    async stop(signal = 'SIGKILL') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await ended;
    },
  };
}

function forEachLine(child: ChildProcess, onLine: (line: string) => void): void {
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
}

function asked<T>(child: ChildProcess, question: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const listen = (message: { question?: string; answer?: T }): void => {
      if (message.question !== question) return;
      child.off('message', listen);
      resolve(message.answer as T);
    };
    child.on('message', listen);
    child.once('exit', () => reject(new Error(`the process ended before it answered ${question}`)));
    child.send({ question });
  });
}

/** Linux counts in hundredths of a second; children that were waited for count as well. */
export function cpuMsOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  return fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0) * TICK_MS;
}

/** @param name as /proc names a part of its memory */
export function rssMbOf(pid: number, name: 'VmRSS' | 'RssShmem' = 'VmRSS'): number {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${name}:`));
  return Number.parseInt((line ?? '').slice(name.length + 1), 10) / 1024;
}

/** Bytes this process has had written to disk, and children of it that have ended. */
export function writtenBytes(pid: number): number {
  const line = readFileSync(`/proc/${pid}/io`, 'utf8')
    .split('\n')
    .find((one) => one.startsWith('write_bytes:'));
  return Number((line ?? '').split(' ')[1]);
}
