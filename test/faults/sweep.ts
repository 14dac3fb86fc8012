// The crash sweep: a clean run of a flow counts its steps, then every fault happens at every step.
import { endStage, play, setStage, type Place } from './bout.ts';
import type { Flow } from './flows.ts';
import { KILLS, NETWORK_FAULTS, type FaultKind, type Leg, type Passing, type Plan } from './gate.ts';
import { emptyResult, type Result } from './result.ts';

/** One fault at one step, or two of them. */
export type Point = { step: number; kind: FaultKind }[];

const EVERY: readonly FaultKind[] = [...KILLS, ...NETWORK_FAULTS];

const clean: Plan = () => undefined;

/** @returns the leg of each step of a run where nothing goes wrong, and what was wrong all the same */
export async function countSteps(flow: Flow, place: Place): Promise<{ legs: Leg[]; result: Result }> {
  const where = `${flow.name} on ${place.crm}, no fault`;
  const result = emptyResult();
  const { ground, scenes } = await setStage(flow, place, 2);
  const passed: Passing[][] = [];
  for (const scene of scenes) {
    const played = await play(ground, clean, () => flow.act(scene));
    passed.push(played.passed);
    result.findings.push(...played.findings.map((one) => ({ ...one, where })));
  }
  await endStage(ground, result, where);
  const [longest = []] = passed.toSorted((a, b) => b.length - a.length);
  return { legs: longest.map(({ leg }) => leg), result };
}

export const everyPoint = (legs: readonly Leg[]): Point[] =>
  EVERY.flatMap((kind) => legs.map((_, index) => [{ step: index + 1, kind }]));

const planOf =
  (point: Point): Plan =>
  ({ step }) =>
    point.find((one) => one.step === step)?.kind;

const nameOf = (point: Point): string => point.map(({ step, kind }) => `${kind} at step ${step}`).join(', ');

/** Plays some points in one world; where one of them goes wrong, the rest has a new one. */
export async function playPoints(flow: Flow, place: Place, points: readonly Point[]): Promise<Result> {
  const result = emptyResult();
  let left = points;
  while (left.length > 0) {
    const played = await playUntilWrong(flow, place, left, result);
    left = left.slice(played);
  }
  return result;
}

/** @returns how many points were played */
async function playUntilWrong(
  flow: Flow,
  place: Place,
  points: readonly Point[],
  result: Result,
): Promise<number> {
  const { ground, scenes } = await setStage(flow, place, points.length);
  const here = `${flow.name} on ${place.crm}`;
  let played = 0;
  for (const [index, point] of points.entries()) {
    const scene = scenes[index];
    if (!scene) break;
    const { findings, passed } = await play(ground, planOf(point), () => flow.act(scene));
    played += 1;
    result.points += point.filter(({ step }) => step <= passed.length).length;
    result.findings.push(...findings.map((one) => ({ ...one, where: `${here}, ${nameOf(point)}` })));
    if (findings.length > 0) break;
  }
  await endStage(ground, result, here);
  return played;
}
