// The HTTP ground every stand-in stands on: routes, the recorded exchanges, faults and the /_sandbox door.
import { appendFileSync } from 'node:fs';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFaults, type Faults } from './faults.ts';

export type StandInRequest = {
  method: string;
  url: URL;
  params: Record<string, string>;
  headers: IncomingHttpHeaders;
  raw: Buffer;
};

export type StandInAnswer = {
  status: number;
  headers?: Record<string, string>;
  /** Objects are sent as JSON; strings and buffers as they are. */
  body?: unknown;
};

export type Handler = (request: StandInRequest) => StandInAnswer | Promise<StandInAnswer>;

/** `path` is a literal path with `:name` segments, for example `/v1/invoices/:id/finalize`. First match wins. */
export type Route = { method: string; path: string; handler: Handler };

/** One request and its answer, as text: what the conformance check reads. */
export type Exchange = {
  vendor: string;
  at: string;
  method: string;
  path: string;
  requestHeaders: IncomingHttpHeaders;
  body: string;
  status: number;
  response: string;
};

export type StandIn = {
  url: string;
  faults: Faults;
  calls: Exchange[];
  /** Does what requests asked that were held back by `late`: whoever sent them has given up. @returns how many */
  land(): Promise<number>;
  close(): Promise<void>;
};

export type StandInOptions = {
  vendor: string;
  port: number;
  routes: readonly Route[];
  /** What `GET /_sandbox/objects/:kind` shows. */
  objects: (kind: string) => unknown;
  reset: () => void;
  /** Answer for a path no route has, in the vendor's error shape. */
  notFound: Handler;
  /** Paths that are part of the vendor's API; only these are recorded and hit by the general faults. */
  isApi: (path: string) => boolean;
  /** File that gets one JSON line an exchange. */
  recordTo?: string | undefined;
  faults?: Faults;
};

const MAX_BODY = 12 * 1024 * 1024;
const KEPT_CALLS = 20_000;

export async function startStandIn(options: StandInOptions): Promise<StandIn> {
  const faults = options.faults ?? createFaults();
  const calls: Exchange[] = [];
  const routes = [...sandboxRoutes(options, faults, calls), ...options.routes].map(compile);
  const held: Held[] = [];
  const ground = { options, faults, calls, routes, held };
  const server = createServer((req, res) => void serve(req, res, ground));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, faults, calls, land: () => land(ground), close: () => closeServer(server) };
}

type Compiled = Route & { pattern: RegExp };
type Held = Omit<StandInRequest, 'params'>;
type Ground = {
  options: StandInOptions;
  faults: Faults;
  calls: Exchange[];
  routes: Compiled[];
  /** Requests that are never answered and still done, later. */
  held: Held[];
};

function compile(route: Route): Compiled {
  const source = route.path.replace(/[.$]/g, '\\$&').replace(/:([a-zA-Z]+)/g, '(?<$1>[^/]+)');
  return { ...route, pattern: new RegExp(`^${source}$`) };
}

async function serve(req: IncomingMessage, res: ServerResponse, ground: Ground): Promise<void> {
  const url = new URL(req.url ?? '/', 'http://127.0.0.1');
  const raw = await readBody(req);
  const isApi = isApiCall(req, url, ground.options);
  const base = { method: req.method ?? 'GET', url, headers: req.headers, raw };
  const call = callOf(base);
  if (isApi && (await interrupted(req, base, ground))) return;
  const answer = (isApi ? faultAnswer(call, ground.faults) : undefined) ?? (await answerOf(base, ground));
  if (isApi) record(base, answer, ground);
  if (isApi && ground.faults.take('reset-after', call)) return void req.socket.destroy();
  send(res, answer);
}

async function land(ground: Ground): Promise<number> {
  const late = ground.held.splice(0);
  for (const request of late) await answerOf(request, ground);
  return late.length;
}

const callOf = ({ method, url }: Held): string => `${method} ${url.pathname}`;

/** A browser's preflight question is not a call of the vendor's API. */
function isApiCall(req: IncomingMessage, url: URL, options: StandInOptions): boolean {
  return req.method !== 'OPTIONS' && options.isApi(url.pathname);
}

/** Faults that act before the vendor would have done anything. */
async function interrupted(req: IncomingMessage, base: Held, { faults, held }: Ground): Promise<boolean> {
  const call = callOf(base);
  const delay = faults.take('delay', call);
  if (delay) await new Promise((resolve) => setTimeout(resolve, delay.ms));
  if (faults.take('hang', call)) return true;
  if (faults.take('late', call)) return held.push(base) > 0;
  if (!faults.take('reset', call)) return false;
  req.socket.destroy();
  return true;
}

function faultAnswer(call: string, faults: Faults): StandInAnswer | undefined {
  if (faults.take('status-500', call))
    return { status: 500, body: 'upstream failure', headers: { 'content-type': 'text/plain' } };
  if (faults.take('status-503', call))
    return { status: 503, body: '<html>busy</html>', headers: { 'content-type': 'text/html' } };
  return undefined;
}

async function answerOf(base: Held, ground: Ground): Promise<StandInAnswer> {
  for (const route of ground.routes) {
    const match = route.method === base.method ? route.pattern.exec(base.url.pathname) : null;
    if (!match) continue;
    const params: Record<string, string> = {};
    for (const [name, value] of Object.entries(match.groups ?? {})) params[name] = decodeURIComponent(value);
    return route.handler({ ...base, params });
  }
  return ground.options.notFound({ ...base, params: {} });
}

function record(request: Held, answer: StandInAnswer, ground: Ground): void {
  const exchange: Exchange = {
    vendor: ground.options.vendor,
    at: new Date().toISOString(),
    method: request.method,
    path: request.url.pathname + request.url.search,
    requestHeaders: request.headers,
    body: request.raw.toString('utf8'),
    status: answer.status,
    response: bodyText(answer.body),
  };
  ground.calls.push(exchange);
  if (ground.calls.length > KEPT_CALLS) ground.calls.shift();
  if (ground.options.recordTo) appendFileSync(ground.options.recordTo, JSON.stringify(exchange) + '\n');
}

function bodyText(body: unknown): string {
  if (body === undefined) return '';
  return typeof body === 'string' || Buffer.isBuffer(body) ? body.toString() : JSON.stringify(body);
}

function send(res: ServerResponse, answer: StandInAnswer): void {
  const isText = typeof answer.body === 'string' || Buffer.isBuffer(answer.body);
  const type = isText ? 'text/html; charset=utf-8' : 'application/json';
  const text =
    answer.body === undefined ? '' : isText ? (answer.body as string | Buffer) : JSON.stringify(answer.body);
  res.writeHead(answer.status, {
    ...(answer.body === undefined ? {} : { 'content-type': type }),
    ...answer.headers,
  });
  res.end(text);
}

type Wish = { kind: string; count?: number; ms?: number; from?: string };

function sandboxRoutes(options: StandInOptions, faults: Faults, calls: Exchange[]): Route[] {
  return [
    {
      method: 'GET',
      path: '/_sandbox/objects/:kind',
      handler: (r) => ({ status: 200, body: options.objects(r.params['kind'] ?? '') }),
    },
    { method: 'GET', path: '/_sandbox/calls', handler: () => ({ status: 200, body: calls }) },
    { method: 'GET', path: '/_sandbox/faults', handler: () => ({ status: 200, body: faults.armed() }) },
    {
      method: 'POST',
      path: '/_sandbox/faults',
      handler: (r) => {
        const wish = JSON.parse(r.raw.toString('utf8')) as Wish;
        faults.arm(wish.kind, wish.count ?? 1, wish.ms ?? 0, wish.from);
        return { status: 200, body: faults.armed() };
      },
    },
    {
      method: 'POST',
      path: '/_sandbox/reset',
      handler: () => {
        faults.clear();
        calls.length = 0;
        options.reset();
        return { status: 200, body: { reset: true } };
      },
    },
  ];
}

async function readBody(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw new Error('body over the stand-in limit');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
