// Whether the door waits for the CRM: answers while HubSpot is slow or refuses, against answers while it is quick.
import type { Benchmark } from '../benchmark.ts';
import { figure, median, type Figures } from '../figures.ts';
import { closeOurs, delivering, openOurs, type Ours } from '../load/ours.ts';
import { measured, type Window } from '../load/window.ts';
import type { HubspotPlace } from '../place/hubspot.ts';

const SLOW_MS = 500;
/** More than any window makes. */
const ALWAYS = 1_000_000;

type State = 'quick' | 'slow' | 'refusing';
const STATES: readonly State[] = ['quick', 'slow', 'refusing'];

const ENTER: Record<State, (place: HubspotPlace) => void> = {
  quick: () => undefined,
  slow: ({ world }) => world.hubspot.faults.arm('delay', ALWAYS, SLOW_MS),
  refusing: ({ world }) => world.hubspot.faults.arm('status-503', ALWAYS, 0),
};

type Round = Record<State, Window>;

export const ackIsolation: Benchmark = {
  name: 'ack-isolation',
  kind: 'ratio',
  says: 'p99 of the door’s answers while HubSpot is slow or refuses / while it is quick',
  async run({ store, rounds }): Promise<Figures> {
    const ours = await openOurs(store);
    try {
      const found: Round[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const windows: Partial<Round> = {};
        // Each begins a round once, so that none is always the one whose store is larger.
        for (let nth = 0; nth < STATES.length; nth += 1) {
          const state = STATES[(round + nth) % STATES.length] ?? 'quick';
          windows[state] = await windowIn(ours, state);
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
      await closeOurs(ours);
    }
  },
};

/** Begins and ends where nothing waits to be applied; to be delivered there is more than HubSpot takes, whatever the state. */
async function windowIn(ours: Ours, state: State): Promise<Window> {
  const { place, door } = ours;
  ENTER[state](place);
  await delivering(ours, (status) => (state === 'refusing' ? status === 503 : status < 300));
  const window = await measured(door, async () => undefined);
  place.release();
  await place.applied();
  return window;
}
