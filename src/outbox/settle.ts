// What becomes of deliveries after the CRM has answered, or has not.
import type { Clock } from '../clock.ts';
import type { WriteOutcome } from '../crms/crm.ts';
import { asConnectorError, crmUnavailable } from '../errors.ts';
import type { RecordRef } from '../ledger/entities.ts';
import { desiredKey, isSummary, type SummaryState } from '../records/desired-state.ts';
import { isFinal, MAX_ATTEMPTS, retryAt } from '../retry.ts';
import type { ClaimedDelivery, Store } from '../store/store.ts';

export type SettleDeps = {
  store: Store;
  clock: Clock;
  follow: (workspaceId: string, from: RecordRef, to: string | null) => Promise<void>;
  retryBaseMs: number;
};

export async function settle(
  deps: SettleDeps,
  deliveries: ClaimedDelivery[],
  outcomes: WriteOutcome[],
): Promise<void> {
  const byKey = new Map(deliveries.map((delivery) => [delivery.key, delivery]));
  const { written = [], others = [] } = Object.groupBy(outcomes, ({ outcome }) =>
    outcome === 'written' ? 'written' : 'others',
  );
  const marks = (key: string): Mark[] => {
    const delivery = byKey.get(key);
    return delivery ? [{ key, generation: delivery.generation, digest: delivery.digest }] : [];
  };
  // First, so that what the others tell of these comes after it.
  await deps.store.delivered(written.flatMap(({ key }) => marks(key)));
  const done: Mark[] = [];
  for (const outcome of others) {
    const delivery = byKey.get(outcome.key);
    if (delivery && (await isDone(deps, delivery, outcome))) done.push(...marks(outcome.key));
  }
  if (done.length > 0) await deps.store.delivered(done);
}

type Mark = Pick<ClaimedDelivery, 'key' | 'generation' | 'digest'>;

async function isDone(deps: SettleDeps, delivery: ClaimedDelivery, outcome: WriteOutcome): Promise<boolean> {
  const { key, generation, desired } = delivery;
  if (outcome.outcome === 'refused') {
    await deps.store.buryDelivery(key, generation, outcome.reason, deps.clock.now());
    return false;
  }
  if (outcome.outcome === 'busy' || outcome.outcome === 'unknown') {
    const error = crmUnavailable({ context: { code: outcome.outcome } });
    await postpone(deps, delivery, error, outcome.outcome === 'unknown');
    return false;
  }
  if (isSummary(desired)) {
    await recordIsElsewhere(deps, delivery, desired, outcome.outcome === 'moved' ? outcome.recordId : null);
    return true;
  }
  await waitForRecord(deps, delivery);
  return false;
}

async function recordIsElsewhere(
  { store, clock, follow }: SettleDeps,
  { workspaceId }: ClaimedDelivery,
  desired: SummaryState,
  to: string | null,
): Promise<void> {
  await follow(workspaceId, desired.record, to);
  if (to === null) return;
  // What was sent under the old id has been written to the one that is left, or will be.
  const left = desiredKey({ ...desired, record: { ...desired.record, recordId: to } });
  await store.doubtDelivery(left, clock.now());
}

const NOT_THERE = 'The record that this should be linked with is not in the CRM.';

/** What a link hangs on is written before it, unless it was refused or somebody took it away. */
async function waitForRecord(deps: SettleDeps, delivery: ClaimedDelivery): Promise<void> {
  const now = deps.clock.now();
  if (delivery.attempts >= MAX_ATTEMPTS)
    return deps.store.buryDelivery(delivery.key, delivery.generation, NOT_THERE, now);
  await postpone(deps, delivery, crmUnavailable({ context: { code: 'not_there' } }));
}

/**
 * Tries again later, or never where the same would fail the same way.
 * @param unanswered the try may have reached the CRM, and may land there yet
 */
export async function postpone(
  deps: SettleDeps,
  delivery: ClaimedDelivery,
  error: unknown,
  unanswered = false,
): Promise<void> {
  const known = asConnectorError(error);
  const now = deps.clock.now();
  if (isFinal(known, delivery.attempts))
    return deps.store.buryDelivery(delivery.key, delivery.generation, known.publicMessage, now);
  const nextAt = retryAt(now, deps.retryBaseMs, delivery.attempts, known);
  const { key, generation, digest } = delivery;
  const inDoubt = unanswered ? { generation, digest, at: now } : undefined;
  await deps.store.postponeDelivery(key, nextAt, known.code, inDoubt);
}
