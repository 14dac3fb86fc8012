// A connector that can be killed and comes back on the same data: its process, and the time it lives in.
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { SandboxClock } from '../../sandbox/clock.ts';

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
  stop(): Promise<void>;
};

export type ConnectorFiles = { envFile: string; logFile: string };

type State = { child: ChildProcess; coming: Promise<void>; ending?: Promise<void> | undefined };

export async function startConnectorProcess(files: ConnectorFiles, clock: SandboxClock): Promise<Connector> {
  const time = { aheadMs: 0 };
  const state: State = { child: await started(files, time.aheadMs), coming: Promise.resolve() };
  const advance = (ms: number): void => {
    clock.advance(ms);
    time.aheadMs += ms;
    if (state.child.connected) state.child.send({ aheadMs: time.aheadMs }, () => undefined);
  };
  const again = (): void => {
    state.coming = started(files, time.aheadMs).then((child) => {
      state.child = child;
    });
    // Whoever waits for it is told.
    state.coming.catch(() => undefined);
  };
  /** Whoever ends one that is being ended has it ended by that. */
  const once = (end: () => Promise<void>): Promise<void> => {
    const ending = async (): Promise<void> => {
      await state.coming;
      await end();
      again();
    };
    state.ending ??= ending().finally(() => {
      state.ending = undefined;
    });
    return state.ending;
  };
  return {
    advance,
    up: () => state.coming,
    kill: () =>
      once(async () => {
        await ended(state.child, 'SIGKILL');
        advance(LEASES_MS);
      }),
    async restart() {
      await once(() => drained(state.child));
      await state.coming;
    },
    async stop() {
      await state.coming.catch(() => undefined);
      await ended(state.child, 'SIGKILL');
    },
  };
}

function started({ envFile, logFile }: ConnectorFiles, aheadMs: number): Promise<ChildProcess> {
  const child = fork(PROCESS, [envFile, logFile, String(aheadMs)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const said: Buffer[] = [];
  child.stderr?.on('data', (part: Buffer) => said.push(part));
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the connector did not start within ${START_MS} ms`));
    }, START_MS);
    child.once('message', () => {
      clearTimeout(timer);
      resolve(child);
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`the connector ended with ${code}: ${Buffer.concat(said).toString('utf8')}`));
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
