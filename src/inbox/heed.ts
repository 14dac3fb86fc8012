// Heeds a CRM's notice: whom it has forgotten is erased, records it names are left to be looked at, and the next poll comes sooner.
import type { Clock } from '../clock.ts';
import type { Noticed } from '../crms/crm.ts';
import type { RecordRef } from '../ledger/entities.ts';
import type { ClaimedEvent, WorkItem } from '../store/store.ts';

export type HeedDeps = {
  clock: Clock;
  /** null for a notice that has not the shape it should have. */
  readNotice: (installationId: string, raw: Uint8Array) => Promise<Noticed[] | null>;
  /** What erasing a person takes whom their CRM has deleted for good. */
  forgetWork: (workspaceId: string, record: RecordRef, at: Date) => WorkItem;
};

export type Heeded =
  | { outcome: 'work'; add: WorkItem[] }
  | { outcome: 'ignored' | 'malformed'; reason: string; add: WorkItem[] };

export type Heed = (event: ClaimedEvent, installationId: string) => Promise<Heeded>;

/** What a notice does not name may have changed beside it; many notices bring one poll. */
const POLL_WITHIN_MS = 5 * 60_000;

export function createHeed({ clock, readNotice, forgetWork }: HeedDeps): Heed {
  return async ({ workspaceId, raw }, installationId) => {
    const noticed = await readNotice(installationId, raw);
    if (!noticed) return { outcome: 'malformed', reason: 'malformed', add: [] };
    const now = clock.now();
    const forgotten = noticed.filter(({ what }) => what === 'forgotten');
    if (forgotten.length > 0)
      return {
        outcome: 'work',
        add: forgotten.map(({ objectType, recordId }) =>
          forgetWork(workspaceId, { installationId, objectType, recordId }, now),
        ),
      };
    const poll = pollWork(workspaceId, installationId, new Date(now.getTime() + POLL_WITHIN_MS));
    const won = noticed.filter(({ what }) => what === 'deal-won');
    if (won.length > 0)
      return {
        outcome: 'work',
        add: [...won.map((one) => look(workspaceId, installationId, one, now)), poll],
      };
    // Payside keeps no address of anybody: invoices take theirs from the gateway.
    const isAddress = noticed.some(({ what }) => what === 'address-changed');
    return { outcome: 'ignored', reason: isAddress ? 'address_not_kept' : 'unknown_kind', add: [poll] };
  };
}

const look = (
  workspaceId: string,
  installationId: string,
  { objectType, recordId }: Noticed,
  now: Date,
): WorkItem => ({
  workspaceId,
  kind: 'look',
  key: `${installationId}|${objectType}|${recordId}`,
  payload: { installationId, objectType, recordId },
  nextAt: now.toISOString(),
});

const pollWork = (workspaceId: string, installationId: string, at: Date): WorkItem => ({
  workspaceId,
  kind: 'poll',
  key: installationId,
  payload: { installationId },
  nextAt: at.toISOString(),
});
