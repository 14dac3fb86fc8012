// A loopback port nobody uses, for servers whose address must be known before they start.
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that systems hand out themselves: none of those is taken between the look and the start. */
const FROM = 20_000;
const BELOW = 32_000;
const TRIES = 100;

/** One after the other: a port whose server is being started again looks free, and belongs to somebody all the same. */
const upcoming = { port: randomInt(FROM, BELOW) };

export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const { port } = upcoming;
    upcoming.port = port + 1 < BELOW ? port + 1 : FROM;
    if (await isFree(port)) return port;
  }
  throw new Error('no port is free');
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
