// Listens for operators on a socket in the store's folder: whoever may use that file may act as the operator.
import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { asConnectorError, requestInvalid } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Command, ControlDeps } from './command.ts';
import { lineOf, readLine, requestShape, type ControlAnswer } from './protocol.ts';

export type ControlListener = { close(): Promise<void> };

export type ListenDeps = {
  path: string;
  commands: Readonly<Record<string, Command>>;
  work: ControlDeps;
  log: Log;
};

/** Names of many thousand dead letters. */
const MOST = 4_000_000;
/** Both sides are programs on one machine: whoever connects asks at once. */
const SILENT_MS = 10_000;

/** The store must be ours alone by now: a socket that is there was left by a process that is gone. */
export async function listenForControl(deps: ListenDeps): Promise<ControlListener> {
  await rm(deps.path, { force: true });
  const asking = new Set<Socket>();
  const running = new Set<Promise<void>>();
  // The other side ends its half as soon as it has asked.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const served = serve(deps, socket, asking).finally(() => running.delete(served));
    running.add(served);
  });
  await bind(server, deps.path);
  return {
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of asking) socket.destroy();
      await Promise.all(running);
      await closed;
    },
  };
}

/** The socket is made with its mode: there would be a moment for others before it could be changed. */
async function bind(server: Server, path: string): Promise<void> {
  const before = process.umask(0o177);
  const listening = new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  process.umask(before);
  await listening;
}

async function serve(deps: ListenDeps, socket: Socket, asking: Set<Socket>): Promise<void> {
  socket.on('error', () => undefined);
  socket.setTimeout(SILENT_MS, () => socket.destroy());
  asking.add(socket);
  const asked = await readLine(socket, MOST).catch(() => undefined);
  asking.delete(socket);
  socket.setTimeout(0);
  if (asked === undefined) socket.destroy();
  else socket.end(lineOf(await answer(deps, asked)));
}

const NOT_UNDERSTOOD = 'The connector does not know this command. Are both of the same version?';

async function answer({ commands, work, log }: ListenDeps, asked: unknown): Promise<ControlAnswer> {
  try {
    const request = requestShape.safeParse(asked).data;
    const command = request && Object.hasOwn(commands, request.command) && commands[request.command];
    if (!command) throw requestInvalid({ publicMessage: NOT_UNDERSTOOD });
    return { ok: true, result: await command.run(work, request) };
  } catch (error) {
    log.error('a command failed', error);
    return { ok: false, message: asConnectorError(error).publicMessage };
  }
}
