// Polls each CRM for what changed since the last time: finds what no notice told, or what a notice that was lost would have.
import type { ChangesPage, CrmConnection } from '../crms/crm.ts';
import type { ApplyChanges } from './changes.ts';
import { createPolling, type PollingDeps } from './polling.ts';

export type PollDeps = PollingDeps & {
  apply: ApplyChanges;
  connectionFor: (installationId: string) => Promise<CrmConnection>;
  changedSince: (connection: CrmConnection, since: string, cursor: string | null) => Promise<ChangesPage>;
};

/** Three calls each time where nothing happens: 288 a day, of at least 15,000 an org has. */
const EVERY_MS = 15 * 60_000;

/** A loop's work. @returns how many pages were read */
export const createPoll = (deps: PollDeps): (() => Promise<number>) =>
  createPolling(deps, {
    kind: 'poll',
    everyMs: EVERY_MS,
    async page({ workspaceId, installationId, since, cursor }) {
      const connection = await deps.connectionFor(installationId);
      const number = await deps.store.drawNumber();
      const { changes, next } = await deps.changedSince(connection, since, cursor);
      await deps.apply(workspaceId, changes, number);
      return next;
    },
  });
