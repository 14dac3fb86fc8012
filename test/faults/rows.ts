// Which rows there are and what each plays: all of them, or the few that a check of minutes has room for.
import { playSeeds, isCrowd } from './concurrent.ts';
import { createRandom } from '../../sandbox/seed/random.ts';
import type { Crm, Place } from './bout.ts';
import { DIRECTED } from './directed.ts';
import { FLOWS, type Flow } from './flows.ts';
import { isKill, KILLS, NETWORK_FAULTS, type Leg } from './gate.ts';
import type { Result } from './result.ts';
import type { StoreName } from './stores.ts';
import { countSteps, everyPoint, playPoints, type Point } from './sweep.ts';

/** A part of a row that has a world of its own. `follow` are parts that are known only after it. */
export type Job = { name: string; run: () => Promise<{ result: Result; follow?: Job[] }> };

export type RowOptions = {
  store: StoreName;
  seeds: number;
  /** Only rows whose name holds this. */
  only: string | undefined;
  isQuick: boolean;
  /** Of the points of each sweep, every so many-th. */
  every: number;
};

const CRMS: readonly Crm[] = ['hubspot', 'salesforce'];

/** Points that share a world. */
const TOGETHER = 24;
/** Pairs of kills, over all flows. */
const PAIRS = 50;

export function jobsOf(options: RowOptions): Job[] {
  const jobs = options.isQuick
    ? quickJobs(options)
    : [...directedJobs(options), ...concurrentJobs(options), ...sweeps(options)];
  return jobs.filter(({ name }) => options.only === undefined || name.includes(options.only));
}

const directedJobs = ({ store }: RowOptions): Job[] =>
  DIRECTED.map(({ name, play }) => ({ name, run: async () => ({ result: await play(store) }) }));

const sweeps = ({ store, every }: RowOptions): Job[] =>
  CRMS.flatMap((crm) => {
    const all = crm === 'hubspot' ? pointsOf : pointsOfSecond;
    const some: Choose = (legs, flow) => all(legs, flow).filter((_, index) => index % every === 0);
    return FLOWS.map((flow) => sweepJob(flow, { store, crm }, some));
  });

type Choose = (legs: readonly Leg[], flow: Flow) => Point[];

/** Every fault at every step, and some pairs of kills. */
const pointsOf: Choose = (legs, flow) => {
  const points = everyPoint(legs);
  const some = flow.isFirstConnect ? points.filter(isInTurn) : points;
  return [...some, ...pairsOf(legs.length, flow)];
};

/** Each first connect needs a merchant of its own: of the faults that are no kills each step has every third. */
const isInTurn = (point: Point): boolean =>
  point.every(({ step, kind }) => isKill(kind) || (step + NETWORK_FAULTS.indexOf(kind)) % 3 === 0);

/** What differs with the second CRM: kills everywhere, every other fault where it is spoken to. */
const pointsOfSecond: Choose = (legs, flow) =>
  pointsOf(legs, flow).filter((point) =>
    point.every(({ step, kind }) => isKill(kind) || legs[step - 1] === 'salesforce'),
  );

function pairsOf(steps: number, flow: Flow): Point[] {
  const random = createRandom(flow.name.length * 7_919);
  const count = Math.ceil(PAIRS / (FLOWS.length * CRMS.length));
  return Array.from({ length: count }, () => {
    const first = random.between(1, steps);
    const second = first + random.between(1, steps);
    return [first, second].map((step) => ({ step, kind: random.pick(KILLS) }));
  });
}

function sweepJob(flow: Flow, place: Place, choose: Choose): Job {
  const name = `sweep ${flow.name} on ${place.crm}`;
  return {
    name,
    async run() {
      const { legs, result } = await countSteps(flow, place);
      const points = choose(legs, flow);
      const parts = Array.from({ length: Math.ceil(points.length / TOGETHER) }, (_, index) =>
        points.slice(index * TOGETHER, (index + 1) * TOGETHER),
      );
      const follow = parts.map((part, index) => ({
        name: `${name}, part ${index + 1} of ${parts.length}`,
        run: async () => ({ result: await playPoints(flow, place, part) }),
      }));
      return { result, follow };
    },
  };
}

const concurrentJobs = ({ store, seeds }: RowOptions): Job[] =>
  FLOWS.filter(isCrowd).map((flow) => ({
    name: `concurrent ${flow.name}`,
    run: async () => ({
      result: await playSeeds(
        flow,
        store,
        Array.from({ length: seeds }, (_, index) => index + 1),
      ),
    }),
  }));

/** The directed rows, kills at steps spread over the flow that has most of them, and one bout of every concurrent row. */
function quickJobs(options: RowOptions): Job[] {
  const { store } = options;
  const [collect] = FLOWS;
  const spread: Choose = ({ length }) =>
    KILLS.map((kind, index) => [{ kind, step: Math.max(1, Math.floor((length * (index + 1)) / 4)) }]);
  return [
    ...directedJobs(options),
    ...(collect ? [sweepJob(collect, { store, crm: 'hubspot' }, spread)] : []),
    ...concurrentJobs({ ...options, seeds: Math.min(options.seeds, 1) }),
  ];
}
