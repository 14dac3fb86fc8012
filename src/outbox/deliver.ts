// Delivers desired states: the latest of each record, in batches, at the pace the CRM allows.
import type { Clock } from '../clock.ts';
import { asConnectorError } from '../errors.ts';
import type { CrmConnection, RecordWrite, WriteOutcome } from '../crms/crm.ts';
import type { RecordRef } from '../ledger/entities.ts';
import type { Log } from '../log.ts';
import { render, type RenderFor } from '../records/render.ts';
import { MAX_ATTEMPTS, retryAt } from '../retry.ts';
import type { ClaimedDelivery, Store } from '../store/store.ts';
import type { Pace } from './pace.ts';

export type Target = {
  connection: CrmConnection;
  batchSize: number;
  render: RenderFor;
  write: (connection: CrmConnection, objectType: string, writes: RecordWrite[]) => Promise<WriteOutcome[]>;
};

export type DeliverDeps = {
  store: Store;
  clock: Clock;
  log: Log;
  pace: Pace;
  /** Throws `reauth_required` when the installation is gone; its deliveries wait. */
  targetOf: (installationId: string) => Promise<Target>;
  /** The CRM says a record was merged into another (`to`) or is gone (null). */
  follow: (workspaceId: string, from: RecordRef, to: string | null) => Promise<void>;
  retryBaseMs: number;
  leaseMs: number;
};

/** @returns how many records were written or settled */
export async function deliverOutbox(deps: DeliverDeps): Promise<number> {
  const installations = await deps.store.installationsDue(deps.clock.now());
  const counts = await Promise.all(installations.map((id) => deliverTo(deps, id)));
  return counts.reduce((sum, count) => sum + count, 0);
}

async function deliverTo(deps: DeliverDeps, installationId: string): Promise<number> {
  if (!deps.pace.mayFlush(installationId)) return 0;
  const target = await deps.targetOf(installationId).catch(async (error: unknown) => {
    const waiting = await deps.store.claimDeliveries(installationId, deps.clock.now(), 1_000, deps.leaseMs);
    await Promise.all(waiting.map((delivery) => postpone(deps, delivery, error)));
    return null;
  });
  if (!target) return 0;
  const claimed = await deps.store.claimDeliveries(
    installationId,
    deps.clock.now(),
    target.batchSize,
    deps.leaseMs,
  );
  deps.pace.flushed(installationId, claimed.length);
  for (const [objectType, group] of byObjectType(claimed)) await writeGroup(deps, target, objectType, group);
  return claimed.length;
}

function byObjectType(claimed: ClaimedDelivery[]): Map<string, ClaimedDelivery[]> {
  const groups = new Map<string, ClaimedDelivery[]>();
  for (const delivery of claimed) {
    const type = delivery.desired.record.objectType;
    groups.set(type, [...(groups.get(type) ?? []), delivery]);
  }
  return groups;
}

async function writeGroup(
  deps: DeliverDeps,
  target: Target,
  objectType: string,
  group: ClaimedDelivery[],
): Promise<void> {
  const waitMs = await deps.pace.take(target.connection.installationId);
  if (waitMs > 0) {
    const nextAt = new Date(deps.clock.now().getTime() + waitMs);
    await Promise.all(group.map(({ key }) => deps.store.postponeDelivery(key, nextAt, 'paced')));
    return;
  }
  const writes = group.map(({ key, desired }) => ({
    key,
    record: desired.record,
    fields: render(desired, target.render),
  }));
  try {
    const outcomes = await target.write(target.connection, objectType, writes);
    await settle(deps, group, outcomes);
  } catch (error) {
    await groupFailed(deps, target, { objectType, group, error });
  }
}

type Failed = { objectType: string; group: ClaimedDelivery[]; error: unknown };

/** A batch refused as a whole is halved until the culprit stands alone. */
async function groupFailed(
  deps: DeliverDeps,
  target: Target,
  { objectType, group, error }: Failed,
): Promise<void> {
  const known = asConnectorError(error);
  if (known.code === 'crm_rejected' && group.length > 1) {
    const middle = Math.ceil(group.length / 2);
    await writeGroup(deps, target, objectType, group.slice(0, middle));
    await writeGroup(deps, target, objectType, group.slice(middle));
    return;
  }
  deps.log.error('records could not be written', error, {
    installation: target.connection.installationId,
    count: group.length,
  });
  await Promise.all(group.map((delivery) => postpone(deps, delivery, error)));
}

async function settle(deps: DeliverDeps, group: ClaimedDelivery[], outcomes: WriteOutcome[]): Promise<void> {
  const byKey = new Map(group.map((delivery) => [delivery.key, delivery]));
  const done: { key: string; generation: number; digest: string }[] = [];
  for (const outcome of outcomes) {
    const delivery = byKey.get(outcome.key);
    if (!delivery) continue;
    const { key, generation, digest, workspaceId, desired } = delivery;
    if (outcome.outcome === 'refused') {
      await deps.store.buryDelivery(key, generation, outcome.reason, deps.clock.now());
      continue;
    }
    if (outcome.outcome !== 'written') {
      await deps.follow(workspaceId, desired.record, outcome.outcome === 'moved' ? outcome.recordId : null);
    }
    done.push({ key, generation, digest });
  }
  await deps.store.delivered(done);
}

async function postpone(deps: DeliverDeps, delivery: ClaimedDelivery, error: unknown): Promise<void> {
  const known = asConnectorError(error);
  const now = deps.clock.now();
  const isFinal = known.retry === 'never' || (known.code === 'internal' && delivery.attempts >= MAX_ATTEMPTS);
  if (isFinal) return deps.store.buryDelivery(delivery.key, delivery.generation, known.publicMessage, now);
  await deps.store.postponeDelivery(
    delivery.key,
    retryAt(now, deps.retryBaseMs, delivery.attempts, known),
    known.code,
  );
}
