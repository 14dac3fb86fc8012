// The HTTP server: webhooks go to their own door, everything else to Express.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';

type Door = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

export type RunningServer = { port: number; close(): Promise<void> };

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;

export async function listen(port: number, webhooks: Door, app: Express): Promise<RunningServer> {
  const server = createServer((req, res) => {
    if (req.url?.startsWith('/webhooks/')) void webhooks(req, res);
    else app(req, res);
  });
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

/** Stops taking connections, lets running requests end, then drops idle ones. */
async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  await closed;
}
