// Leaves the work that follows from a change, such as records that are to be offered again; a kill in the middle loses nothing of it.
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Renewal } from '../reconcile/renew.ts';
import type { Store, WorkItem } from '../store/store.ts';

export type LeftWork = Omit<WorkItem, 'nextAt'>;

/** Each change has a row of its own: one that comes while another is under way concerns the pages before as well. */
export const renewWork = (workspaceId: string, renewal: Renewal): LeftWork => ({
  workspaceId,
  kind: 'renew',
  key: randomUUID(),
  payload: renewal,
});

/** What becomes overdue at local midnight is written anew; done now, it finds out when that is. */
export const dayWork = (workspaceId: string): LeftWork => ({
  workspaceId,
  kind: 'day',
  key: 'day',
  payload: {},
});

/** Longer than a save takes. */
const GRACE_MS = 60_000;

/**
 * Saves a change, and leaves the work that follows from it. The work is there before, for later, and becomes due once the
 * change is saved: a process killed in between has only put it off.
 */
export async function saveAndLeave(
  { store, clock }: { store: Store; clock: Clock },
  work: LeftWork[],
  save: () => Promise<void>,
): Promise<void> {
  const dueIn = (ms: number): Promise<void> => {
    const nextAt = new Date(clock.now().getTime() + ms).toISOString();
    return store.addWork(work.map((item) => ({ ...item, nextAt })));
  };
  if (work.length === 0) return save();
  await dueIn(GRACE_MS);
  await save();
  await dueIn(0);
}
