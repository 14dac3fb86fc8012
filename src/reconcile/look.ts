// Looks at records a CRM has told us of: those that no money hangs on cost no call.
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { asConnectorError } from '../errors.ts';
import type { CrmConnection, RecordNow } from '../crms/crm.ts';
import type { RecordRef } from '../ledger/entities.ts';
import { recordKey } from '../ledger/facts.ts';
import type { Log } from '../log.ts';
import { isFinal, retryAt } from '../retry.ts';
import type { ClaimedWork, Store } from '../store/store.ts';
import { recordOf, type ApplyChanges } from './changes.ts';

export type LookDeps = {
  store: Store;
  clock: Clock;
  log: Log;
  apply: ApplyChanges;
  /** null for an installation that has ended. */
  connectionOf: (installationId: string) => Promise<CrmConnection | null>;
  recordsNow: (connection: CrmConnection, records: RecordRef[]) => Promise<RecordNow[]>;
  retryBaseMs: number;
  leaseMs: number;
};

const BATCH = 100;

const recordShape = z.object({ installationId: z.string(), objectType: z.string(), recordId: z.string() });

/** @returns how many records were to be looked at */
export async function lookAtRecords(deps: LookDeps): Promise<number> {
  const items = await deps.store.claimWork(['look'], deps.clock.now(), BATCH, deps.leaseMs);
  const groups = Map.groupBy(items, ({ payload }) => recordShape.parse(payload).installationId);
  for (const [installationId, group] of groups)
    await look(deps, installationId, group).catch((error: unknown) => failed(deps, group, error));
  return items.length;
}

async function look(deps: LookDeps, installationId: string, group: ClaimedWork[]): Promise<void> {
  const { store, clock } = deps;
  const workspaceId = group[0]?.workspaceId ?? '';
  const connection = await deps.connectionOf(installationId);
  const records = connection ? await knownAmong(store, workspaceId, group) : [];
  if (connection && records.length > 0) {
    const number = await store.drawNumber();
    const changes = await deps.recordsNow(connection, records);
    await deps.apply(workspaceId, changes, number);
    const there = changes.filter(({ now }) => now === 'there').map((change) => recordKey(recordOf(change)));
    // What a record says is written once more, which open cards hear of; one that was never written to stays as it is.
    await store.offerAgain(workspaceId, there, clock.now());
  }
  for (const { id } of group) await store.finishWork(id);
}

async function knownAmong(
  store: Pick<Store, 'loadCluster'>,
  workspaceId: string,
  group: readonly ClaimedWork[],
): Promise<RecordRef[]> {
  const records = group.map(({ payload }) => recordShape.parse(payload));
  const touched = { owners: [], ids: [], records: records.map(recordKey) };
  const { rows } = await store.loadCluster(workspaceId, touched);
  const known = new Set(rows.map(({ record }) => record));
  return records.filter((record) => known.has(recordKey(record)));
}

async function failed(deps: LookDeps, group: ClaimedWork[], error: unknown): Promise<void> {
  const known = asConnectorError(error);
  const now = deps.clock.now();
  deps.log.error('records could not be looked at', error, { count: group.length });
  for (const { id, attempts } of group) {
    if (isFinal(known, attempts)) await deps.store.buryWork(id, known.code, now);
    else await deps.store.postponeWork(id, retryAt(now, deps.retryBaseMs, attempts, known), known.code);
  }
}
