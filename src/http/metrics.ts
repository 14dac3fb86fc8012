// Metrics for operators on a loopback port of their own: what waits, how old it is, what is dead, who asks.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Counter, Gauge, Registry } from 'prom-client';
import type { DailyCalls } from '../crms/crm.ts';
import type { QueueCounts } from '../store/store.ts';

export type Metrics = {
  /** Counts one answered request of a class of routes. */
  answered(route: string, status: number): void;
  /** Prometheus text. */
  text(): Promise<string>;
  contentType: string;
};

export type MetricsDeps = {
  counts: () => Promise<QueueCounts>;
  /** Of every installation whose CRM counts by the day. */
  dailyCalls: () => (Pick<DailyCalls, 'used' | 'limit'> & { crm: string })[];
  now: () => Date;
};

const QUEUES = ['inbox', 'outbox', 'work'] as const;

export function createMetrics({ counts, dailyCalls, now }: MetricsDeps): Metrics {
  const registry = new Registry();
  const requests = new Counter({
    name: 'payside_requests_total',
    help: 'Answered requests by class of route and class of status.',
    labelNames: ['route', 'status'],
    registers: [registry],
  });
  const gauge = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const up = gauge('payside_store_up', '1 while the store answers.');
  const backlog = gauge('payside_backlog', 'What waits, by queue.', ['queue']);
  const oldest = gauge(
    'payside_oldest_waiting_seconds',
    'Age of the oldest thing that waits; 0 when nothing does.',
  );
  const dead = gauge('payside_dead_letters', 'What was given up and needs a person.');
  const daily = gauge(
    'payside_crm_daily_calls_used_ratio',
    'Part of its daily calls that an installation has used, with all its apps: the highest, by CRM.',
    ['crm'],
  );
  const look = async (): Promise<void> => {
    const found = await counts().catch(() => null);
    daily.reset();
    for (const [crm, all] of Map.groupBy(dailyCalls(), (one) => one.crm))
      daily.set({ crm }, Math.max(...all.map(({ used, limit }) => used / limit)));
    up.set(found ? 1 : 0);
    if (!found) return;
    for (const queue of QUEUES) backlog.set({ queue }, found[queue]);
    dead.set(found.dead);
    const since = found.oldestWaitingAt ? now().getTime() - Date.parse(found.oldestWaitingAt) : 0;
    oldest.set(Math.max(0, since / 1000));
  };
  return {
    contentType: registry.contentType,
    answered: (route, status) => requests.inc({ route, status: `${Math.floor(status / 100)}xx` }),
    async text() {
      await look();
      return registry.metrics();
    },
  };
}

export type MetricsListener = { port: number; close(): Promise<void> };

/** Listens on loopback only: what it says is for the machine's own monitoring. @param port 0 = any free port */
export async function listenForMetrics(metrics: Metrics, port: number): Promise<MetricsListener> {
  const server = createServer((req, res) => {
    if (req.method !== 'GET' || req.url !== '/metrics') return void res.writeHead(404).end();
    metrics.text().then(
      (text) => res.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      () => res.writeHead(503).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
