// The concurrent rows: several merchants' people at once, rivals among them, under faults drawn from a seed.
import { arranged, endStage, play } from './bout.ts';
import { newScene, type Flow } from './flows.ts';
import { KILLS, NETWORK_FAULTS, type FaultKind, type Plan } from './gate.ts';
import { startGround } from './ground.ts';
import { createRandom, type Random } from '../../sandbox/seed/random.ts';
import { emptyResult, type Result } from './result.ts';
import type { StoreName } from './stores.ts';
import { everyMerchant } from './tenants.ts';

/** Of a hundred requests on a leg so many meet a fault. */
const ODDS = { webhook: 30, card: 8, stripe: 6, hubspot: 8, salesforce: 8 } as const;

const ON_WEBHOOKS = ['twice', 'held', 'held', 'lost-answer', 'error-500'] as const;

/** A kill lands on one of the first so many steps. */
const KILLED_WITHIN = 60;

/** What a seed has happen; the same for the same order of requests. */
export function drawnPlan(random: Random): { plan: Plan; faults: () => number } {
  const kills = new Set(Array.from({ length: random.between(0, 2) }, () => random.between(1, KILLED_WITHIN)));
  const state = { faults: 0 };
  const draw = (leg: keyof typeof ODDS, step: number): FaultKind | undefined => {
    const odds = random.between(1, 100);
    if (kills.has(step)) return random.pick(KILLS);
    if (odds > ODDS[leg]) return undefined;
    return leg === 'webhook' ? random.pick(ON_WEBHOOKS) : random.pick(NETWORK_FAULTS);
  };
  return {
    faults: () => state.faults,
    plan({ leg, step }) {
      const fault = draw(leg, step);
      if (fault) state.faults += 1;
      return fault;
    },
  };
}

/** People of one merchant who act at the same time. */
const PEOPLE = 2;

export type Crowd = Flow & Required<Pick<Flow, 'crowd'>>;

export const isCrowd = (flow: Flow): flow is Crowd => flow.crowd !== undefined;

/** @param seeds each is one bout */
export async function playSeeds(flow: Crowd, store: StoreName, seeds: readonly number[]): Promise<Result> {
  const result = emptyResult();
  let left = seeds;
  while (left.length > 0) left = left.slice(await untilWrong(flow, store, left, result));
  return result;
}

async function untilWrong(
  flow: Crowd,
  store: StoreName,
  seeds: readonly number[],
  result: Result,
): Promise<number> {
  const ground = await startGround({ merchants: everyMerchant(), store });
  let played = 0;
  for (const seed of seeds) {
    const where = `${flow.name} by several, seed ${seed}`;
    const cast = ground.tenants.flatMap((tenant) =>
      Array.from({ length: PEOPLE }, () => newScene(ground, tenant)),
    );
    const { scenes } = await arranged(ground, flow, cast);
    const drawn = drawnPlan(createRandom(seed));
    const { findings } = await play(ground, drawn.plan, () =>
      allOf(scenes.map((scene) => flow.crowd(scene))),
    );
    played += 1;
    result.points += drawn.faults();
    result.findings.push(...findings.map((one) => ({ ...one, where })));
    if (findings.length > 0) break;
  }
  await endStage(ground, result, `${flow.name} by several`);
  return played;
}

/** Waits for all of them, also where one has failed: whoever is still at it must not meet the next seed. */
async function allOf(acts: Promise<unknown>[]): Promise<void> {
  const ends = await Promise.allSettled(acts);
  const failed = ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
  if (failed.length > 0) throw new Error(failed.join('; '));
}
