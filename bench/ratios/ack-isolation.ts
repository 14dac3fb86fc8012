// Whether the door waits for the CRM: answers while HubSpot is slow or refuses, against answers while it is quick.
import { waitFor } from '../../sandbox/world/wait.ts';
import type { Benchmark } from '../benchmark.ts';
import { figure, median, type Figures } from '../figures.ts';
import { closeOurs, openOurs, type Ours } from '../load/ours.ts';
import { send } from '../load/send.ts';
import { measured, type Window } from '../load/window.ts';
import type { HubspotPlace } from '../place/hubspot.ts';

const SLOW_MS = 500;
/** More than any window makes. */
const ALWAYS = 1_000_000;
/** So many come before the window, so that deliveries are under way in it. */
const BEFORE = 400;

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
async function windowIn({ place, door }: Ours, state: State): Promise<Window> {
  place.forget();
  ENTER[state](place);
  await send({ ...door.load, connections: 16, events: BEFORE, from: door.next });
  door.next += BEFORE;
  const isCalled = (): true | undefined => place.calls().length > 0 || undefined;
  await waitFor('a call of HubSpot', isCalled, 90_000);
  const window = await measured(door, async () => undefined);
  place.release();
  await place.applied();
  return window;
}
