// The connector as one thing to start and to stop: house, loops, doors, metrics, control.
import { createMetrics, listenForMetrics } from './http/metrics.ts';
import { listen } from './http/server.ts';
import { startBackground } from './wiring/background.ts';
import { expressApp, webhookDoor } from './wiring/doors.ts';
import { furnish, type HouseOptions } from './wiring/house.ts';
import { openControl } from './wiring/operator.ts';

export type App = { port: number; close(): Promise<void> };

/** Opens the store, starts the loops and listens. */
export async function createApp(options: HouseOptions): Promise<App> {
  const house = await furnish(options);
  const background = startBackground(house);
  const metrics = createMetrics({
    counts: () => house.store.counts(),
    now: () => house.clock.now(),
    dailyCalls: () =>
      house.crms.all.flatMap((crm) => crm.dailyCalls().map((calls) => ({ ...calls, crm: crm.name }))),
  });
  const { PORT, METRICS_PORT } = options.config;
  const watched = METRICS_PORT > 0 ? await listenForMetrics(metrics, METRICS_PORT) : null;
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
