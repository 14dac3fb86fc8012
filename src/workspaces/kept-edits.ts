// Edits made in a CRM that were kept, put right at an admin's word: left as work, so that a kill in the middle loses nothing of it.
import type { Clock } from '../clock.ts';
import type { Store } from '../store/store.ts';
import { renewWork } from './leave-renewal.ts';

export type PutRight = {
  workspaceId: string;
  /** The installation in whose CRM they were made. */
  installationId: string;
  actor: string;
  operationId: string;
};

export async function putRight(
  { store, clock }: { store: Store; clock: Clock },
  { workspaceId, installationId, actor, operationId }: PutRight,
): Promise<void> {
  const at = clock.now().toISOString();
  const { count } = await store.keptEdits(workspaceId, installationId, 0);
  if (count === 0) return;
  await store.addWork([
    { ...renewWork(workspaceId, { installationId, again: 'edits', anew: false }), nextAt: at },
  ]);
  await store.audit({
    workspaceId,
    at,
    actor,
    action: 'put-right',
    operationId,
    record: null,
    before: { installation: installationId, kept: count },
    after: null,
  });
}
