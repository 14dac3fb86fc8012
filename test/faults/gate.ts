// Where every exchange between the connector and the world passes: counted, and met by a fault where the plan says so.

export const LEGS = ['stripe', 'hubspot', 'salesforce', 'webhook', 'card'] as const;
export type Leg = (typeof LEGS)[number];

export const KILLS = ['kill-before', 'kill-during', 'kill-after'] as const;

export const NETWORK_FAULTS = [
  'lost-request',
  'lost-answer',
  'error-500',
  'error-429',
  'error-after',
  'truncated',
  'garbled',
  'twice',
  'held',
] as const;

export type FaultKind = (typeof KILLS)[number] | (typeof NETWORK_FAULTS)[number];

export const isKill = (kind: FaultKind): kind is (typeof KILLS)[number] => kind.startsWith('kill-');

/** One request that is about to be passed on. `step` counts from 1 while a plan is in force. */
export type Passing = { leg: Leg; method: string; path: string; step: number };

/** Says what becomes of a request; undefined = it passes. */
export type Plan = (passing: Passing) => FaultKind | undefined;

export type Gate = {
  /** Faults from now on, with steps counted anew. */
  follow(plan: Plan): void;
  /** No more faults. @returns what passed while the plan was in force */
  rest(): Passing[];
  judge(passing: Omit<Passing, 'step'>): FaultKind | undefined;
  /** Runs an exchange and knows that it is under way. */
  during<T>(leg: Leg, work: () => Promise<T>): Promise<T>;
  underWay(): number;
  /** Exchanges since the start. */
  count(): number;
  /** Resolves once something else has passed on this leg, or soon. */
  another(leg: Leg): Promise<void>;
  kill(): Promise<void>;
};

const HELD_MS = 400;

/** What spends a rotating refresh token is a row of its own: the token is lost by nature. */
const isTokenCall = (path: string): boolean => path.includes('/oauth');

export function createGate(kill: () => Promise<void>): Gate {
  const state = { plan: undefined as Plan | undefined, passed: [] as Passing[], underWay: 0, count: 0 };
  const waiting = new Map<Leg, Set<() => void>>();
  const wake = (leg: Leg): void => {
    for (const go of waiting.get(leg) ?? []) go();
    waiting.delete(leg);
  };
  return {
    kill,
    follow(plan) {
      state.plan = plan;
      state.passed = [];
    },
    rest() {
      state.plan = undefined;
      return state.passed;
    },
    judge(passing) {
      state.count += 1;
      if (!state.plan || isTokenCall(passing.path)) return undefined;
      const counted = { ...passing, step: state.passed.length + 1 };
      state.passed.push(counted);
      return state.plan(counted);
    },
    async during(leg, work) {
      state.underWay += 1;
      try {
        return await work();
      } finally {
        state.underWay -= 1;
        wake(leg);
      }
    },
    underWay: () => state.underWay,
    count: () => state.count,
    another: (leg) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, HELD_MS);
        const set = waiting.get(leg) ?? new Set();
        set.add(() => {
          clearTimeout(timer);
          resolve();
        });
        waiting.set(leg, set);
      }),
  };
}
