// Payers that wait for a person to say which record of a CRM they belong to, why matching left them, and whom it could have meant.
import { z } from 'zod';
import type { RecordRef } from '../ledger/entities.ts';
import type { Store, WorkItem, WorkKind } from '../store/store.ts';
import { standingLinks } from './standing-links.ts';

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
  /** Records of the installation that have the address, or that the payer was taken off. */
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

/**
 * @returns those that matching has decided on and no one has assigned since, as they look in one installation: who is linked
 *   nowhere, and who has a record in another CRM, but several here to choose from. Somebody another CRM knows and this one
 *   simply does not is no open question.
 */
export async function unmatchedPayers(
  store: UnmatchedReader,
  workspaceId: string,
  installationId: string,
): Promise<UnmatchedPayer[]> {
  const decided = await decidedOn(store, workspaceId);
  const ids = decided.map(({ id }) => id);
  const payers = decided.map(({ account, id, reason, candidates }) => {
    const here = candidates.filter((candidate) => candidate.installationId === installationId);
    // What is unclear in another CRM is not what is unclear here.
    const word: UnmatchedReason = here.length > 0 ? reason : 'no_contact';
    return { account, customerId: id, reason: word, candidates: here };
  });
  const [standing, personal] = await Promise.all([
    standingLinks(store, workspaceId, payers),
    store.loadPersonal(workspaceId, ids),
  ]);
  const isOpen = (payer: Pick<UnmatchedPayer, 'account' | 'customerId' | 'candidates'>): boolean =>
    !standing.isLinked(payer, installationId) &&
    (payer.candidates.length > 0 || !standing.isLinkedAnywhere(payer));
  return payers
    .filter((payer) => !personal[payer.customerId]?.erased && isOpen(payer))
    .map((payer): UnmatchedPayer => ({
      ...payer,
      name: personal[payer.customerId]?.name ?? null,
      email: personal[payer.customerId]?.email ?? null,
    }));
}

type Decided = z.infer<typeof decidedShape>;

async function decidedOn(store: UnmatchedReader, workspaceId: string): Promise<Decided[]> {
  const waiting = await store.waitingWork(workspaceId, 'match');
  return waiting.flatMap(({ payload }) => decidedShape.safeParse(payload).data ?? []);
}

/** Payers that are read at once to count them. */
const PAGE = 20;

/** How many have no record in any CRM, read a few at a time. */
export async function unmatchedCount(store: UnmatchedReader, workspaceId: string): Promise<number> {
  const decided = await decidedOn(store, workspaceId);
  let count = 0;
  for (let start = 0; start < decided.length; start += PAGE) {
    const page = decided.slice(start, start + PAGE).map(({ account, id }) => ({ account, customerId: id }));
    const standing = await standingLinks(store, workspaceId, page);
    count += page.filter((payer) => !standing.isLinkedAnywhere(payer)).length;
  }
  return count;
}
