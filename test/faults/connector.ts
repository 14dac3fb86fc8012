// A connector that can be killed and comes back on the same data: its process, and the time it lives in.
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { SandboxClock } from '../../sandbox/clock.ts';
import type { Memory } from './connector-process.ts';

const PROCESS = fileURLToPath(new URL('connector-process.ts', import.meta.url));

/** Longer than a started operation, an event or a delivery is left to whoever took it up. */
const LEASES_MS = 61_000;
const START_MS = 60_000;

export type Connector = {
  /** Ends it at once, and has another one start on the same data a minute later. */
  kill(): Promise<void>;
  /** Resolves once one is running; rejects when it cannot start. */
  up(): Promise<void>;
  /** Moves time for the connector and everything around it. */
  advance(ms: number): void;
  /** Ends it as a deployment does, and starts another one. */
  restart(): Promise<void>;
  /** What its process holds, in megabytes. */
  memoryMb(): Promise<number>;
  /** How it ended where nobody had it end, since this was last asked. */
  falls(): string[];
  stop(): Promise<void>;
};

export type ConnectorFiles = { envFile: string; logFile: string };

type State = {
  child: ChildProcess | null;
  coming: Promise<void>;
  ending?: Promise<void> | undefined;
  falls: string[];
};

export async function startConnectorProcess(files: ConnectorFiles, clock: SandboxClock): Promise<Connector> {
  const time = { aheadMs: 0 };
  const state: State = { child: null, coming: Promise.resolve(), falls: [] };
  const tell = (): void => {
    if (state.child?.connected) state.child.send({ aheadMs: time.aheadMs }, () => undefined);
  };
  const advance = (ms: number): void => {
    clock.advance(ms);
    time.aheadMs += ms;
    tell();
  };
  const again = (): void => {
    state.coming = started(files, time.aheadMs).then(({ child, said }) => {
      state.child = child;
      // Time may have moved while it started.
      tell();
      child.once('exit', (code, signal) => {
        if (state.child !== child) return;
        state.falls.push(`${code ?? signal}: ${said()}`);
        again();
      });
    });
    // Whoever waits for it is told.
    state.coming.catch(() => undefined);
  };
  /** Whoever ends one that is being ended has it ended by that. */
  const once = (end: (child: ChildProcess) => Promise<void>): Promise<void> => {
    const ending = async (): Promise<void> => {
      await state.coming;
      const { child } = state;
      state.child = null;
      if (child) await end(child);
      again();
    };
    state.ending ??= ending().finally(() => {
      state.ending = undefined;
    });
    return state.ending;
  };
  again();
  await state.coming;
  return {
    advance,
    up: async () => {
      await state.ending;
      await state.coming;
    },
    kill: () =>
      once(async (child) => {
        await ended(child, 'SIGKILL');
        advance(LEASES_MS);
      }),
    async restart() {
      await once(drained);
      await state.coming;
    },
    async memoryMb() {
      await state.coming;
      const { child } = state;
      if (!child) throw new Error('no connector runs');
      const said = new Promise<Memory>((resolve) =>
        child.once('message', (message) => resolve(message as Memory)),
      );
      child.send('memory');
      return (await said).bytes / 1_048_576;
    },
    falls: () => state.falls.splice(0),
    async stop() {
      await state.ending;
      await state.coming.catch(() => undefined);
      const { child } = state;
      state.child = null;
      if (child) await ended(child, 'SIGKILL');
    },
  };
}

type Started = { child: ChildProcess; said: () => string };

function started({ envFile, logFile }: ConnectorFiles, aheadMs: number): Promise<Started> {
  const child = fork(PROCESS, [envFile, logFile, String(aheadMs)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const parts: Buffer[] = [];
  child.stderr?.on('data', (part: Buffer) => parts.push(part));
  const said = (): string => Buffer.concat(parts).toString('utf8').slice(0, 2_000);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the connector did not start within ${START_MS} ms`));
    }, START_MS);
    child.once('message', () => {
      clearTimeout(timer);
      resolve({ child, said });
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`the connector ended with ${code}: ${said()}`));
    });
  });
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await gone;
}

async function drained(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.send('drain');
  await gone;
}
