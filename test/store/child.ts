// Runs the accepting process and reads what it says.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('accept-forever.ts', import.meta.url));

export type Child = {
  process: ChildProcess;
  lines: string[];
  /** Waits until the process has said so many lines that begin with `start`. */
  said: (start: string, count?: number) => Promise<void>;
  kill: () => Promise<void>;
};

type Options = { bodyBytes?: number; parallel?: number; fileLimitKb?: number };

/**
 * @param place a folder, or the address of a database
 * @param options.fileLimitKb soft limit of the size of files the process may write
 */
export function acceptingChild(place: string, options: Options = {}): Child {
  const args = [SCRIPT, place, String(options.bodyBytes ?? 200), String(options.parallel ?? 4)];
  const limit = options.fileLimitKb ? `ulimit -S -f ${options.fileLimitKb}; ` : '';
  const child = spawn('bash', ['-c', `${limit}exec "$0" "$@"`, process.execPath, ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const reader = createInterface({ input: child.stdout });
  const changed = (): void => waiting.forEach((look) => look());
  reader.on('line', (line) => {
    lines.push(line);
    changed();
  });
  const ended = once(reader, 'close');
  // Its output ends before its files are closed, and with them the lock of the store.
  const gone = once(child, 'exit');
  return {
    process: child,
    lines,
    said: (start, count = 1) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (lines.filter((line) => line.startsWith(start)).length < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        void ended.then(() =>
          reject(new Error(`ended before it said "${start}": ${lines.at(-1) ?? 'nothing'}`)),
        );
        look();
      }),
    async kill() {
      child.kill('SIGKILL');
      await Promise.all([ended, gone]);
    },
  };
}

/** What lines that begin with a word said after it. */
export const after = (lines: string[], word: string): string[] =>
  lines.flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []));
