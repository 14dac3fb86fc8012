// The connector as one thing to start and to stop: house, loops, doors, metrics, control.
import type { Metrics, MetricsListener } from './http/metrics.ts';
import { listen } from './http/server.ts';
import { startBackground } from './wiring/background.ts';
import { expressApp, webhookDoor } from './wiring/doors.ts';
import { furnish, type House, type HouseOptions } from './wiring/house.ts';
import { openControl } from './wiring/operator.ts';

export type App = { port: number; close(): Promise<void> };

/** Opens the store, starts the loops and listens. */
export async function createApp(options: HouseOptions): Promise<App> {
  const house = await furnish(options);
  const background = startBackground(house);
  const watched = await openMetrics(house);
  const { metrics } = watched ?? {};
  const { PORT } = options.config;
  const server = await listen(PORT, webhookDoor(house, background), expressApp(house, background), metrics);
  const control = await openControl(house, background);
  house.log.info('listening', { port: server.port });
  return {
    port: server.port,
    async close() {
      await server.close();
      await control?.close();
      await watched?.close();
      await background.stop();
      await house.store.close();
    },
  };
}

/** @returns null where nobody asked for a port to read them at: then nothing is counted either */
async function openMetrics(house: House): Promise<(MetricsListener & { metrics: Metrics }) | null> {
  const { METRICS_PORT } = house.config;
  if (METRICS_PORT === 0) return null;
  const { createMetrics, listenForMetrics } = await import('./http/metrics.ts');
  const metrics = createMetrics({
    counts: () => house.store.counts(),
    now: () => house.clock.now(),
    dailyCalls: () =>
      house.crms.all.flatMap((crm) => crm.dailyCalls().map((calls) => ({ ...calls, crm: crm.name }))),
  });
  return { ...(await listenForMetrics(metrics, METRICS_PORT)), metrics };
}
