// The command that lists the doors of a connector with these settings; it needs no store and asks nobody.
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { routesOf, type Route } from '../http/route-table.ts';
import { createLog } from '../log.ts';
import { crmsOf } from './house.ts';
import type { Operator } from './operator.ts';

export const routes: Operator = {
  says: 'lists the doors: method, path, who comes in and what proves it',
  options: {},
  async run(config) {
    const result = await configuredRoutes(config);
    return { result, text: linesOf(result) };
  },
};

export async function configuredRoutes(config: Config): Promise<Route[]> {
  const crms = await crmsOf(config, systemClock, createLog('silent'));
  return routesOf({
    crms: crms.map(({ name, label, keepToken, verifyNotice }) => ({
      name,
      label,
      signs: keepToken === null,
      tells: verifyNotice !== null,
    })),
    gatewayConsent: config.STRIPE_CLIENT_ID !== undefined,
    metrics: config.METRICS_PORT > 0,
  });
}

function linesOf(all: Route[]): string {
  const width = (of: (route: Route) => string): number => Math.max(...all.map((route) => of(route).length));
  const [path, who] = [width((route) => route.path), width((route) => route.who)];
  return all
    .map((one) => `${one.method.padEnd(4)}  ${one.path.padEnd(path)}  ${one.who.padEnd(who)}  ${one.proof}`)
    .join('\n');
}
