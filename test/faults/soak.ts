// The soak: people at work for a long time beside a flood, and whether the connector's memory grows with what has been.
import { setTimeout as pause } from 'node:timers/promises';
import { play, endStage } from './bout.ts';
import { insist } from './desk.ts';
import { deliver } from './door.ts';
import { FLOWS, newScene, type Flow, type Scene } from './flows.ts';
import { startGround, type Ground, type Tenant } from './ground.ts';
import { emptyResult, totalsOf, isClean, type Totals } from './result.ts';
import type { StoreName } from './stores.ts';
import { everyMerchant } from './tenants.ts';

export type Soak = Totals & {
  minutes: number;
  /** Payments that were made meanwhile, and events that came in floods. */
  payments: number;
  flooded: number;
  /** Of the process after its garbage was collected: at the beginning of the second half, at the end, and the most. */
  memoryMb: { from: number; to: number; most: number };
  /** How the memory grew over the second half, by least squares. */
  mbPerMinute: number;
};

/** Less than a day's restart would notice: 1.4 GB a day would be told by 1 MB a minute. */
export const MOST_MB_PER_MINUTE = 0.25;

const SAMPLE_MS = 5_000;
/** Events at once, as after an outage of the sender. */
const FLOOD = 2_000;
const FLOODS = 5;

/** What needs no quiet before it: people do one thing after the other. */
const PLAYED: readonly Flow[] = FLOWS.filter(({ name }) =>
  ['collect', 'charge', 'charge-asks', 'refund', 'dispute', 'void'].includes(name),
);

export type Sample = { minute: number; mb: number };

export async function soak(store: StoreName, minutes: number, say: (text: string) => void): Promise<Soak> {
  const ground = await startGround({ merchants: everyMerchant(), store });
  const result = emptyResult();
  const until = performance.now() + minutes * 60_000;
  const samples: Sample[] = [];
  const flooded = { events: 0 };
  const isOver = (): boolean => performance.now() > until;
  const { findings } = await play(
    ground,
    () => undefined,
    async () => {
      const watching = watch(ground, isOver, (sample) => {
        samples.push(sample);
        if (samples.length % 12 === 0) say(`${sample.minute.toFixed(0)} min  ${sample.mb.toFixed(0)} MB`);
      });
      const working = ground.tenants.map((tenant) => work(ground, tenant, isOver));
      const flooding = floods(ground, minutes, isOver, flooded);
      const ends = await Promise.allSettled([watching, flooding, ...working]);
      const failed = ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
      if (failed.length > 0) throw new Error(failed.join('; '));
    },
  );
  const where = `soak of ${minutes} min`;
  result.points = samples.length;
  result.findings.push(...findings.map((one) => ({ ...one, where })));
  await endStage(ground, result, where);
  for (const { verdict, what } of result.findings) say(`  ${verdict}  ${what}`);
  return {
    ...totalsOf([result]),
    minutes,
    payments: result.payments,
    flooded: flooded.events,
    ...growthOf(samples),
  };
}

export const isSteady = (soaked: Soak): boolean =>
  isClean(soaked) && soaked.mbPerMinute <= MOST_MB_PER_MINUTE;

async function watch(ground: Ground, isOver: () => boolean, told: (sample: Sample) => void): Promise<void> {
  const begun = performance.now();
  while (!isOver()) {
    const mb = await ground.connector.memoryMb();
    told({ minute: (performance.now() - begun) / 60_000, mb });
    await pause(SAMPLE_MS);
  }
}

/** One thing after the other, as people do, and a look at the card of each. */
async function work(ground: Ground, tenant: Tenant, isOver: () => boolean): Promise<void> {
  for (let nth = 0; !isOver(); nth += 1) {
    const flow = PLAYED[nth % PLAYED.length];
    if (!flow) return;
    const scene = newScene(ground, tenant);
    await flow.arrange(scene);
    await flow.act(scene);
    await look(scene);
  }
}

const look = ({ tenant, asked }: Scene): Promise<unknown> =>
  insist(tenant.desk, tenant.desk.recordPath(asked.recordId));

/** Half of them are the same event again, the rest say of an invoice what is known. */
async function floods(
  ground: Ground,
  minutes: number,
  isOver: () => boolean,
  flooded: { events: number },
): Promise<void> {
  const [tenant] = ground.tenants;
  if (!tenant) return;
  for (let nth = 0; nth < FLOODS && !isOver(); nth += 1) {
    await pause((minutes * 60_000) / (FLOODS + 1));
    const invoice = tenant.account.all('invoices').at(-1);
    if (!invoice) continue;
    for (let event = 0; event < FLOOD && !isOver(); event += 1) {
      const id = `evt_flood${nth}x${Math.floor(event / 2)}`;
      await deliver(ground, tenant, { id, type: 'invoice.updated', object: invoice });
      flooded.events += 1;
    }
  }
}

export function growthOf(samples: readonly Sample[]): Pick<Soak, 'memoryMb' | 'mbPerMinute'> {
  const half = samples.slice(Math.floor(samples.length / 2));
  const mean = (pick: (sample: Sample) => number): number =>
    half.reduce((sum, sample) => sum + pick(sample), 0) / half.length;
  const [minute, mb] = [mean((sample) => sample.minute), mean((sample) => sample.mb)];
  const spread = half.reduce((sum, sample) => sum + (sample.minute - minute) ** 2, 0);
  const slope = half.reduce((sum, one) => sum + (one.minute - minute) * (one.mb - mb), 0) / spread;
  const rounded = (value: number): number => Math.round(value * 100) / 100;
  return {
    memoryMb: {
      from: rounded(half[0]?.mb ?? 0),
      to: rounded(half.at(-1)?.mb ?? 0),
      most: rounded(Math.max(...samples.map((sample) => sample.mb))),
    },
    mbPerMinute: rounded(slope),
  };
}
