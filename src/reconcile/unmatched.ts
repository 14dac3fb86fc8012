// Payers that nobody has linked to a CRM record yet, why matching left them, and whom it could have meant.
import { z } from 'zod';
import type { RecordRef } from '../ledger/entities.ts';
import { ledgerOf } from '../ledger/ledger.ts';
import type { Store, WorkItem, WorkKind } from '../store/store.ts';

const reasonShape = z.enum(['no_contact', 'several_contacts', 'shared_address', 'released']);

/**
 * No contact has the address; several have it; it is a shared mailbox or a free-mail address, which never links by itself;
 * or a person took the payer off a record.
 */
export type UnmatchedReason = z.infer<typeof reasonShape>;

export type UnmatchedPayer = {
  account: string;
  customerId: string;
  reason: UnmatchedReason;
  name: string | null;
  email: string | null;
  /** Records of the CRM that have the address, or that the payer was taken off. */
  candidates: RecordRef[];
};

export type UnmatchedReader = Pick<Store, 'loadCluster' | 'loadPersonal'> & {
  /** Work of a kind that waits, done or postponed, without claiming it. */
  waitingWork(workspaceId: string, kind: WorkKind): Promise<WorkItem[]>;
};

const decidedShape = z.object({
  account: z.string(),
  id: z.string(),
  reason: reasonShape,
  candidates: z.array(z.object({ installationId: z.string(), objectType: z.string(), recordId: z.string() })),
});

/** @returns those that matching has decided on and no one has assigned since, by account and customer */
export async function unmatchedPayers(
  store: UnmatchedReader,
  workspaceId: string,
): Promise<UnmatchedPayer[]> {
  const waiting = await store.waitingWork(workspaceId, 'match');
  const decided = waiting.flatMap(({ payload }) => decidedShape.safeParse(payload).data ?? []);
  const ids = decided.map(({ id }) => id);
  const [{ rows }, personal] = await Promise.all([
    store.loadCluster(workspaceId, { owners: ids, ids: [], records: [] }),
    store.loadPersonal(workspaceId, ids),
  ]);
  const links = ledgerOf(rows.filter((row) => row.entity === 'link')).link;
  const linked = new Set(
    links
      .filter(({ body }) => body.active && body.reason !== 'primary_company')
      .map(({ account, body }) => `${account}|${body.customerId}`),
  );
  return decided
    .filter(({ account, id }) => !linked.has(`${account}|${id}`))
    .map(({ account, id, reason, candidates }) => ({
      account,
      customerId: id,
      reason,
      name: personal[id]?.name ?? null,
      email: personal[id]?.email ?? null,
      candidates,
    }));
}
