// Starts the peer on a PostgreSQL of its own and waits until it answers.
import { fileURLToPath } from 'node:url';
import { freePort } from '../../sandbox/world/free-port.ts';
import { waitFor } from '../../sandbox/world/wait.ts';
import { startPostgres, type Postgres } from '../processes/postgres.ts';
import { start } from '../processes/spawn.ts';

export type Peer = {
  port: number;
  /** Of the server and its PostgreSQL, in milliseconds. */
  cpuMs(): number;
  database: Postgres;
  stop(): Promise<void>;
};

/** @param gateway where it reads history, with which key and in which version; left out: nowhere */
export async function startPeer(
  secret: string,
  gateway?: { url: string; key: string; version: string },
): Promise<Peer> {
  const database = await startPostgres();
  const port = await freePort();
  const script = fileURLToPath(new URL('receiver.ts', import.meta.url));
  // Its migrations ask for more than the owner of a database may.
  const args = [
    String(port),
    database.adminUrl,
    secret,
    ...(gateway ? [gateway.url, gateway.key, gateway.version] : []),
  ];
  // It logs a line an event; reading them here would cost the load client its processor.
  const running = start({ script, args });
  const stop = async (): Promise<void> => {
    await running.stop();
    await database.stop();
  };
  const answers = (): Promise<true | undefined> =>
    fetch(`http://127.0.0.1:${port}/`).then(
      () => true as const,
      () => undefined,
    );
  try {
    await waitFor('the peer to listen', answers, 60_000);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, cpuMs: () => running.cpuMs() + database.cpuMs(), database, stop };
}
