// Asks CRMs that keep such a flag which people are to be forgotten: always for all of them, as a flag is a state and no event.
import type { CrmConnection, FlaggedPage, FlaggedPerson } from '../crms/crm.ts';
import { createPolling, type PollingDeps } from './polling.ts';

export type PollFlaggedDeps = PollingDeps & {
  connectionFor: (installationId: string) => Promise<CrmConnection>;
  flagged: (connection: CrmConnection, cursor: string | null) => Promise<FlaggedPage | null>;
  forget: (workspaceId: string, people: FlaggedPerson[]) => Promise<void>;
};

/** Soon enough for what the law gives weeks for, and 24 calls a day where few are flagged. */
const EVERY_MS = 60 * 60_000;

/** A loop's work. @returns how many pages were read */
export const createPollFlagged = (deps: PollFlaggedDeps): (() => Promise<number>) =>
  createPolling(deps, {
    kind: 'forget',
    everyMs: EVERY_MS,
    async page({ workspaceId, installationId, cursor }) {
      const page = await deps.flagged(await deps.connectionFor(installationId), cursor);
      // Not there, or not shown to us: an admin may change that any day, so that it is asked again.
      if (page === null) return null;
      await deps.forget(workspaceId, page.people);
      return page.next;
    },
  });
