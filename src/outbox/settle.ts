// What becomes of deliveries after the CRM has answered, or has not.
import type { Clock } from '../clock.ts';
import type { WriteOutcome } from '../crms/crm.ts';
import { asConnectorError, crmUnavailable } from '../errors.ts';
import type { RecordRef } from '../ledger/entities.ts';
import { isSummary } from '../records/desired-state.ts';
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
  const done: { key: string; generation: number; digest: string }[] = [];
  for (const outcome of outcomes) {
    const delivery = byKey.get(outcome.key);
    if (delivery && (await isDone(deps, delivery, outcome))) {
      const { key, generation, digest } = delivery;
      done.push({ key, generation, digest });
    }
  }
  await deps.store.delivered(done);
}

async function isDone(deps: SettleDeps, delivery: ClaimedDelivery, outcome: WriteOutcome): Promise<boolean> {
  const { key, generation, workspaceId, desired } = delivery;
  if (outcome.outcome === 'written') return true;
  if (outcome.outcome === 'busy') {
    await postpone(deps, delivery, crmUnavailable({ context: { code: 'busy' } }));
    return false;
  }
  if (outcome.outcome === 'refused') {
    await deps.store.buryDelivery(key, generation, outcome.reason, deps.clock.now());
    return false;
  }
  if (isSummary(desired)) {
    await deps.follow(workspaceId, desired.record, outcome.outcome === 'moved' ? outcome.recordId : null);
    return true;
  }
  await waitForRecord(deps, delivery);
  return false;
}

const NOT_THERE = 'The record that this should be linked with is not in the CRM.';

/** What a link hangs on is written before it, unless it was refused or somebody took it away. */
async function waitForRecord(deps: SettleDeps, delivery: ClaimedDelivery): Promise<void> {
  const now = deps.clock.now();
  if (delivery.attempts >= MAX_ATTEMPTS)
    return deps.store.buryDelivery(delivery.key, delivery.generation, NOT_THERE, now);
  await postpone(deps, delivery, crmUnavailable({ context: { code: 'not_there' } }));
}

/** Tries again later, or never where the same would fail the same way. */
export async function postpone(deps: SettleDeps, delivery: ClaimedDelivery, error: unknown): Promise<void> {
  const known = asConnectorError(error);
  const now = deps.clock.now();
  if (isFinal(known, delivery.attempts))
    return deps.store.buryDelivery(delivery.key, delivery.generation, known.publicMessage, now);
  const nextAt = retryAt(now, deps.retryBaseMs, delivery.attempts, known);
  await deps.store.postponeDelivery(delivery.key, nextAt, known.code);
}
