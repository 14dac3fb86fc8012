// Metrics: what waits and who asked, on loopback, without an id or a token in any label.
import { networkInterfaces } from 'node:os';
import { createServer } from 'node:net';
import express from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { healthRoutes } from '../../src/http/health-routes.ts';
import { createMetrics, listenForMetrics, type MetricsListener } from '../../src/http/metrics.ts';
import { routeClass } from '../../src/http/route-class.ts';
import { listen, type RunningServer } from '../../src/http/server.ts';
import type { QueueCounts } from '../../src/store/store.ts';

const NOW = new Date('2026-05-04T10:00:00Z');
const counts: QueueCounts = {
  inbox: 3,
  outbox: 2,
  work: 1,
  dead: 4,
  oldestWaitingAt: '2026-05-04T09:59:30Z',
};

const open: (MetricsListener | RunningServer)[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function start(ask: () => Promise<QueueCounts>) {
  const metrics = createMetrics({
    counts: ask,
    dailyCalls: () => [
      { crm: 'salesforce', used: 12_000, limit: 15_000 },
      { crm: 'salesforce', used: 50, limit: 100_000 },
    ],
    now: () => NOW,
  });
  const listener = await listenForMetrics(metrics, 0);
  open.push(listener);
  const read = async (path = '/metrics') => fetch(`http://127.0.0.1:${listener.port}${path}`);
  return { metrics, listener, read };
}

describe('the metrics port', () => {
  it('says what waits, how old it is and what is dead', async () => {
    const { read } = await start(async () => counts);
    const text = await (await read()).text();
    for (const line of [
      'payside_backlog{queue="inbox"} 3',
      'payside_backlog{queue="outbox"} 2',
      'payside_backlog{queue="work"} 1',
      'payside_oldest_waiting_seconds 30',
      'payside_dead_letters 4',
      'payside_store_up 1',
      'payside_crm_daily_calls_used_ratio{crm="salesforce"} 0.8',
    ])
      expect(text).toContain(line);
    expect((await read('/')).status).toBe(404);
  });

  it('says that the store is down instead of falling silent', async () => {
    const { read } = await start(() => Promise.reject(new Error('closed')));
    const answer = await read();
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('payside_store_up 0');
  });

  it('is open on loopback only', async () => {
    const { listener } = await start(async () => counts);
    const outside = Object.values(networkInterfaces())
      .flatMap((one) => one ?? [])
      .find(({ family, internal }) => family === 'IPv4' && !internal);
    // Where the machine has another address, the same port is still free there.
    const other = createServer();
    await new Promise<void>((resolve, reject) => {
      other.once('error', reject);
      other.listen(outside ? listener.port : 0, outside?.address ?? '127.0.0.1', resolve);
    });
    await new Promise((resolve) => other.close(resolve));
  });

  it('counts requests by class of route and status, and never by path', async () => {
    const { metrics, read } = await start(async () => counts);
    const app = express();
    app.use(healthRoutes(async () => undefined));
    const webhooks = async (_req: unknown, res: { writeHead(status: number): { end(): unknown } }) =>
      void res.writeHead(503).end();
    const server = await listen(0, webhooks, app, metrics);
    open.push(server);
    for (const path of ['/healthz', '/healthz?x=secret', '/webhooks/stripe/ga_secret', '/nowhere/secret'])
      await fetch(`http://127.0.0.1:${server.port}${path}`);
    const text = await (await read()).text();
    expect(text).toContain('payside_requests_total{route="health",status="2xx"} 2');
    expect(text).toContain('payside_requests_total{route="webhook",status="5xx"} 1');
    expect(text).toContain('payside_requests_total{route="other",status="4xx"} 1');
    expect(text).not.toContain('secret');
  });
});

it.each([
  ['/webhooks/stripe/ga_1', 'webhook'],
  ['/api/v1/records/contacts/1', 'card'],
  ['/api/v1/records/contacts/1/operations/create-link?x=1', 'operation'],
  ['/pay/ga_1.in_1.1.x', 'pay'],
  ['/oauth/hubspot/callback?code=1', 'admin'],
  ['/installer', 'other'],
  ['/', 'other'],
])('%s counts as %s', (url, name) => expect(routeClass(url)).toBe(name));

describe('readiness', () => {
  it('is 503 where the store does not answer, while the process still says it is alive', async () => {
    const app = express();
    app.use(healthRoutes(() => Promise.reject(new Error('closed'))));
    const server = await listen(0, async () => undefined, app);
    open.push(server);
    const ready = await fetch(`http://127.0.0.1:${server.port}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([503, { ok: false }]);
    expect((await fetch(`http://127.0.0.1:${server.port}/healthz`)).status).toBe(200);
  });
});
