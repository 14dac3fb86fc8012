// Sends bundles of batches: what is in doubt is read back first, and what a CRM refuses as a whole is halved.
import type { Clock } from '../clock.ts';
import type { BatchEnd, WriteOutcome } from '../crms/crm.ts';
import { asConnectorError, type ConnectorError } from '../errors.ts';
import type { RecordRef } from '../ledger/entities.ts';
import type { Log } from '../log.ts';
import { retryAt } from '../retry.ts';
import type { ClaimedDelivery, Store } from '../store/store.ts';
import { sendTogether, shownOf, type Batch, type Target } from './batches.ts';
import type { Pace } from './pace.ts';
import { postpone, settle } from './settle.ts';

export type DeliverDeps = {
  store: Store;
  clock: Clock;
  log: Log;
  pace: Pace;
  /** Throws `reauth_required` when the installation is gone; its deliveries wait. */
  targetOf: (installationId: string) => Promise<Target>;
  /** The CRM says a record was merged into another (`to`) or is gone (null). */
  follow: (workspaceId: string, from: RecordRef, to: string | null) => Promise<void>;
  /** Whether the CRM has no call left for a minute or more, as when those of a day are used up. */
  delayed: (installationId: string, isDelayed: boolean) => Promise<void>;
  /** The outbox is to be looked at after so many milliseconds, sooner than it would be by itself. */
  again: (ms: number) => void;
  /** So many records were written. */
  wrote: (workspaceId: string, count: number) => void;
  retryBaseMs: number;
  leaseMs: number;
};

/** So many calls of one kind are under way at once: one after the other they would not reach what a CRM allows a second. */
const SIDE_BY_SIDE = 3;

/** Sends them in their order. @returns false when it is pointless to go on now; what was not tried is given back */
export async function deliverBundles(
  deps: DeliverDeps,
  target: Target,
  bundles: Batch[][],
): Promise<boolean> {
  const rows = rowsOf(bundles, target);
  for (const [index, row] of rows.entries()) {
    const ends = await Promise.allSettled(row.map((bundle) => deliverBundle(deps, target, bundle)));
    const goesOn = ends.map((end) => {
      if (end.status === 'rejected') throw end.reason;
      return end.value;
    });
    if (goesOn.every(Boolean)) continue;
    await giveBack(deps, rows.slice(index + 1).flat(2));
    return false;
  }
  return true;
}

/** Records of one kind hang on none of each other; a CRM that takes several kinds in a call locks what they share. */
function rowsOf(bundles: Batch[][], { crm }: Target): Batch[][][] {
  const kindOf = (bundle: Batch[] | undefined): string | undefined => bundle?.[0]?.kind;
  const rows: Batch[][][] = [];
  for (const bundle of bundles) {
    const last = rows.at(-1);
    const joins = !crm.writeTogether && kindOf(last?.[0]) === kindOf(bundle);
    if (last && joins && last.length < SIDE_BY_SIDE) last.push(bundle);
    else rows.push([bundle]);
  }
  return rows;
}

/** Gives deliveries back that were not tried. */
export const giveBack = ({ store }: DeliverDeps, batches: Batch[]): Promise<void> =>
  store.releaseDeliveries(deliveriesOf(batches).map(({ key }) => key));

const deliveriesOf = (bundle: Batch[]): ClaimedDelivery[] => bundle.flatMap(({ deliveries }) => deliveries);

/** @returns false when it is pointless to send another one now */
async function deliverBundle(deps: DeliverDeps, target: Target, bundle: Batch[]): Promise<boolean> {
  const left: Batch[] = [];
  for (const [index, batch] of bundle.entries()) {
    const deliveries = await notShown(deps, target, batch);
    if (!deliveries) {
      const others = [...left, ...bundle.slice(index + 1)];
      await giveBack(deps, others);
      return false;
    }
    if (deliveries.length > 0) left.push({ ...batch, deliveries });
  }
  return left.length === 0 || writeBundle(deps, target, left);
}

/**
 * What is in doubt is read back, in one call for all of a batch.
 * @returns what is still to be sent; null when it is pointless to go on now
 */
async function notShown(deps: DeliverDeps, target: Target, batch: Batch): Promise<ClaimedDelivery[] | null> {
  const doubtful = batch.deliveries.filter(({ readBack }) => readBack);
  if (doubtful.length === 0) return batch.deliveries;
  if (!(await mayCall(deps, target, batch.deliveries))) return null;
  try {
    const { shown } = await shownOf(target, doubtful);
    const outcomes = [...shown].map((key) => ({ key, outcome: 'written' as const }));
    await settle(deps, doubtful, outcomes);
    return batch.deliveries.filter(({ key }) => !shown.has(key));
  } catch (error) {
    const known = asConnectorError(error);
    // What the CRM will never say is done without: sent once more, at the end of the doubt as well.
    if (known.retry === 'never') return batch.deliveries;
    await batchFailed(deps, target, batch, known);
    return null;
  }
}

/** Takes one call; where the pace has none left, what it was for is given back. */
export async function mayCall(
  { pace, store }: DeliverDeps,
  { connection, callsPerTenSeconds }: Target,
  deliveries: ClaimedDelivery[],
): Promise<boolean> {
  const { installationId } = connection;
  const waitMs = await pace.take(installationId, callsPerTenSeconds);
  if (waitMs === 0) return true;
  pace.pause(installationId, waitMs);
  await store.releaseDeliveries(deliveries.map(({ key }) => key));
  return false;
}

async function writeBundle(deps: DeliverDeps, target: Target, bundle: Batch[]): Promise<boolean> {
  if (!(await mayCall(deps, target, deliveriesOf(bundle)))) return false;
  const ends = await sendTogether(target, bundle).catch((error: unknown) =>
    bundle.map((): BatchEnd => ({ error: asConnectorError(error) })),
  );
  const goesOn: boolean[] = [];
  for (const [index, batch] of bundle.entries())
    goesOn.push(await endBatch(deps, target, batch, ends[index] ?? { outcomes: [] }));
  return goesOn.every(Boolean);
}

async function endBatch(deps: DeliverDeps, target: Target, batch: Batch, end: BatchEnd): Promise<boolean> {
  try {
    if ('error' in end) throw end.error;
    await settleSent(deps, batch.deliveries, end.outcomes);
    await deps.delayed(target.connection.installationId, false);
    return true;
  } catch (error) {
    const known = asConnectorError(error);
    const isWhole = known.code === 'crm_rejected' && batch.deliveries.length > 1;
    if (isWhole) return writeHalves(deps, target, batch);
    return batchFailed(deps, target, batch, known, known.code === 'crm_unavailable');
  }
}

/** Settles what was sent, and counts what of it was written. */
export async function settleSent(
  deps: DeliverDeps,
  deliveries: ClaimedDelivery[],
  outcomes: WriteOutcome[],
): Promise<void> {
  await settle(deps, deliveries, outcomes);
  const written = outcomes.filter(({ outcome }) => outcome === 'written');
  deps.wrote(deliveries[0]?.workspaceId ?? '', written.length);
}

/** A batch refused as a whole is halved until the culprit stands alone. */
async function writeHalves(deps: DeliverDeps, target: Target, { kind, deliveries }: Batch): Promise<boolean> {
  const middle = Math.ceil(deliveries.length / 2);
  const second = { kind, deliveries: deliveries.slice(middle) };
  const goesOn = await writeBundle(deps, target, [{ kind, deliveries: deliveries.slice(0, middle) }]);
  if (goesOn) return writeBundle(deps, target, [second]);
  await deps.store.releaseDeliveries(second.deliveries.map(({ key }) => key));
  return false;
}

/** @param unanswered the CRM may have done it all the same */
export async function batchFailed(
  deps: DeliverDeps,
  { connection }: Target,
  { deliveries }: Batch,
  error: ConnectorError,
  unanswered = false,
): Promise<boolean> {
  const { installationId } = connection;
  deps.log.error('records could not be written', error, {
    installation: installationId,
    count: deliveries.length,
  });
  await Promise.all(deliveries.map((delivery) => postpone(deps, delivery, error, unanswered)));
  if (error.retry === 'never') return true;
  if (isLong(error)) await deps.delayed(installationId, true);
  const attempts = Math.max(...deliveries.map((delivery) => delivery.attempts));
  pause(deps, installationId, { attempts, error });
  return false;
}

const LONG_MS = 60_000;

const isLong = ({ code, retryAfterMs = 0 }: ConnectorError): boolean =>
  code === 'rate_limited' && retryAfterMs >= LONG_MS;

/** Longest quiet that the CRM did not ask for: an installation that works again is noticed within a minute. */
const MOST_QUIET_MS = 60_000;
/** An installation that ended may come back, but not by being asked again at once. */
const ENDED_MS = 20_000;

type Failure = { attempts: number; error: ConnectorError };

/** Nothing at all goes to an installation for a while, also not what is new. */
export function pause(
  { clock, pace, retryBaseMs }: DeliverDeps,
  installationId: string,
  failure: Failure,
): void {
  const { attempts, error } = failure;
  const now = clock.now();
  const grown = retryAt(now, retryBaseMs, attempts).getTime() - now.getTime();
  const least = error.code === 'reauth_required' ? Math.min(ENDED_MS, retryBaseMs * 20) : 0;
  pace.pause(installationId, Math.max(least, Math.min(MOST_QUIET_MS, grown), error.retryAfterMs ?? 0));
}
