// The HTTP server: webhooks go to their own door, everything else to Express.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import type { Metrics } from './metrics.ts';
import { routeClass } from './route-class.ts';

type Door = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

export type RunningServer = { port: number; close(): Promise<void> };

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** How often Node looks for requests that have taken too long; left to itself, only twice a minute. */
const LOOK_MS = 5_000;

/** @param metrics told of every answer; left out: nobody counts */
export async function listen(
  port: number,
  webhooks: Door,
  app: Express,
  metrics?: Pick<Metrics, 'answered'>,
): Promise<RunningServer> {
  const draining = { now: false };
  const server = createServer({ connectionsCheckingInterval: LOOK_MS }, (req, res) => {
    // A connection that is kept for later would outlive the drain.
    if (draining.now) res.setHeader('connection', 'close');
    if (metrics) res.once('finish', () => metrics.answered(routeClass(req.url ?? ''), res.statusCode));
    if (req.url?.startsWith('/webhooks/')) void webhooks(req, res);
    else app(req, res);
  });
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
  const close = (): Promise<void> => {
    draining.now = true;
    return drain(server);
  };
  return { port: (server.address() as AddressInfo).port, close };
}

const IDLE_CHECK_MS = 50;

/** Stops taking connections, lets running requests end, and drops each connection once it is idle. */
async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  server.closeIdleConnections();
  await closed;
  clearInterval(sweep);
}
