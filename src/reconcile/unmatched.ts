// Payers that nobody has linked to a CRM record yet, why matching left them, and whom it could have meant.
import { z } from 'zod';
import type { RecordRef } from '../ledger/entities.ts';
import type { Row } from '../ledger/facts.ts';
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
  const decided = await decidedOn(store, workspaceId);
  const ids = decided.map(({ id }) => id);
  const [{ rows }, personal] = await Promise.all([
    store.loadCluster(workspaceId, { owners: ids, ids: [], records: [] }),
    store.loadPersonal(workspaceId, ids),
  ]);
  const linked = linkedAmong(rows);
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

type Decided = z.infer<typeof decidedShape>;

async function decidedOn(store: UnmatchedReader, workspaceId: string): Promise<Decided[]> {
  const waiting = await store.waitingWork(workspaceId, 'match');
  return waiting.flatMap(({ payload }) => decidedShape.safeParse(payload).data ?? []);
}

function linkedAmong(rows: readonly Row[]): Set<string> {
  const links = ledgerOf(rows.filter((row) => row.entity === 'link')).link;
  const standing = links.filter(({ body }) => body.active && body.reason !== 'primary_company');
  return new Set(standing.map(({ account, body }) => `${account}|${body.customerId}`));
}

/** Payers that are read at once to count them. */
const PAGE = 20;

/** How many `unmatchedPayers` would list, read a few at a time. */
export async function unmatchedCount(store: UnmatchedReader, workspaceId: string): Promise<number> {
  const decided = await decidedOn(store, workspaceId);
  let count = 0;
  for (let start = 0; start < decided.length; start += PAGE) {
    const page = decided.slice(start, start + PAGE);
    const owners = page.map(({ id }) => id);
    const { rows } = await store.loadCluster(workspaceId, { owners, ids: [], records: [] });
    const linked = linkedAmong(rows);
    count += page.filter(({ account, id }) => !linked.has(`${account}|${id}`)).length;
  }
  return count;
}
