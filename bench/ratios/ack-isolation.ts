// Whether the door waits for the CRM: answers while HubSpot is slow or refuses, against answers while it is quick.
import type { Benchmark } from '../benchmark.ts';
import { figure, median, type Figures } from '../figures.ts';
import { measured, warmed, type Window } from '../load/window.ts';
import { openHubspot, type HubspotPlace } from '../place/hubspot.ts';
import { livesOf } from '../place/lives.ts';
import type { Bill } from '../place/merchant.ts';
import { startConnector } from '../processes/connector.ts';

const PAYERS = 200;
const SLOW_MS = 500;
/** More than any window makes. */
const ALWAYS = 1_000_000;

const STATES: Record<'quick' | 'slow' | 'refusing', (place: HubspotPlace) => void> = {
  quick: () => undefined,
  slow: ({ world }) => world.hubspot.faults.arm('delay', ALWAYS, SLOW_MS),
  refusing: ({ world }) => world.hubspot.faults.arm('status-503', ALWAYS, 0),
};

type Round = Record<keyof typeof STATES, Window>;

export const ackIsolation: Benchmark = {
  name: 'ack-isolation',
  kind: 'ratio',
  says: 'p99 of the door’s answers while HubSpot is slow or refuses / while it is quick',
  async run({ rounds }): Promise<Figures> {
    let bills: Bill[] = [];
    const place = await openHubspot({
      people: PAYERS + 1,
      history: (merchant) => (bills = merchant.bill(PAYERS + 1)),
    });
    const stops: (() => Promise<void>)[] = [];
    try {
      const [pattern, ...payers] = bills;
      if (!pattern) throw new Error('nobody to bill');
      place.merchant.payQuietly(pattern);
      const load = livesOf(place.world, place.merchant, pattern, payers);
      await place.world.stopConnector();
      const connector = await startConnector(place.world.env);
      stops.push(connector.stop);
      const door = await warmed({ name: 'ours', load, cpuMs: connector.cpuMs });
      const found: Round[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const windows: Partial<Round> = {};
        for (const [name, enter] of Object.entries(STATES) as [
          keyof Round,
          (place: HubspotPlace) => void,
        ][]) {
          enter(place);
          windows[name] = await measured(door);
          place.world.hubspot.faults.clear();
        }
        found.push(windows as Round);
      }
      const ratio = (name: 'slow' | 'refusing'): number =>
        median(found.map((round) => round[name].p99Ms / round.quick.p99Ms));
      const bounds = { unit: '× the p99', gate: 1.5, goal: 1 };
      const from = { quickMs: median(found.map(({ quick }) => quick.p99Ms)) };
      return {
        'ack-isolation.slow': figure(ratio('slow'), bounds, from),
        'ack-isolation.refusing': figure(ratio('refusing'), bounds, from),
      };
    } finally {
      for (const stop of stops) await stop();
      await place.close();
    }
  },
};
