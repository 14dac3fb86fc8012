// Chooses what of all that is due goes now: full batches first, as many as there are calls; the rest is not even claimed.
import type { DueDelivery } from '../store/store.ts';
import { batchesOf, bundlesOf, fullOf, isOfPeople, type Batch, type Bundling } from './batches.ts';

/**
 * How long a batch that is not full waits while others are: of a kind that goes on filling batches, and of links, which nobody
 * misses so soon; and of any other, as somebody's payment may be in it. What changes again meanwhile goes once.
 */
const PATIENCE_MS = { filling: 10_000, few: 3_000 };

export type Choice = {
  keys: string[];
  /** Whether something else is worth a call, and only calls are missing. */
  isLimited: boolean;
};

type Due = Batch<DueDelivery>;

/** @param due oldest first; @param calls that are free */
export function choose(due: DueDelivery[], target: Bundling, calls: number, now: Date): Choice {
  const batches = batchesOf(due, target.batchSize);
  const fits = (chosen: Due[]): boolean => bundlesOf(chosen, target).length <= calls;
  const worth = worthACall(batches, target.batchSize, now);
  // Nothing is full: what there is goes, and more is not waited for.
  const wanted = worth.length > 0 ? worth : batches;
  const chosen: Due[] = [];
  // In their order, as later ones hang on earlier ones.
  for (const batch of wanted) {
    if (!fits([...chosen, batch])) break;
    chosen.push(batch);
  }
  return {
    keys: chosen.flatMap(({ deliveries }) => deliveries.map(({ key }) => key)),
    isLimited: chosen.length < wanted.length,
  };
}

/** Batches that are full, or have waited long enough for it; of what hangs on a record that goes on waiting, nothing. */
function worthACall(batches: Due[], batchSize: number, now: Date): Due[] {
  const isFull = (batch: Due): boolean => batch.deliveries.length === fullOf(batch, batchSize);
  const filling = new Set(batches.filter(isFull).map(({ kind }) => kind));
  const isRipe = (batch: Due): boolean => {
    const isFilling = filling.has(batch.kind) || batch.kind.startsWith('links');
    const since = batch.deliveries[0]?.since;
    const patienceMs = PATIENCE_MS[isFilling ? 'filling' : 'few'];
    return since !== undefined && since <= new Date(now.getTime() - patienceMs).toISOString();
  };
  const worth: Due[] = [];
  let held: string | null = null;
  for (const batch of batches) {
    // What hangs on a record is due no earlier than that.
    const founded = isOfPeople(batch) ? batch : dueBefore(batch, held);
    const goes = filling.size > 0 && (isFull(founded) || isRipe(founded));
    if (goes) worth.push(founded);
    const left = goes ? batch.deliveries.slice(founded.deliveries.length) : batch.deliveries;
    if (!isOfPeople(batch)) held = earlier(held, left[0]?.since ?? null);
  }
  return worth;
}

const dueBefore = (batch: Due, held: string | null): Due =>
  held === null ? batch : { ...batch, deliveries: batch.deliveries.filter(({ since }) => since < held) };

const earlier = (one: string | null, other: string | null): string | null =>
  one === null || (other !== null && other < one) ? other : one;
