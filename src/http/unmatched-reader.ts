// Puts the list of unmatched customers together: the store says who, the CRM says what their candidates are called.
import type { Actor } from '../billing/operation.ts';
import type { CrmRecord } from '../crms/crm.ts';
import type { UnmatchedAnswer } from '../views/unmatched-schema.ts';
import { payersToShow, unmatchedView, type UnmatchedInput } from '../views/unmatched-view.ts';
import type { Installation } from '../workspaces/workspace.ts';

export type UnmatchedReaderDeps = {
  /** As they look in one installation. */
  payersOf: (workspaceId: string, installationId: string) => Promise<UnmatchedInput[]>;
  /** Records of one object type; those that do not exist are left out. */
  read: (installation: Installation, objectType: string, recordIds: string[]) => Promise<CrmRecord[]>;
};

export type UnmatchedList = Omit<Extract<UnmatchedAnswer, { ok: true }>, 'ok'>;

/** As many as the CRM answers at once; a candidate beyond them is shown by its id. */
const BATCH = 100;

export const createUnmatchedReader =
  (deps: UnmatchedReaderDeps) =>
  async ({ workspace, installation }: Actor): Promise<UnmatchedList> => {
    const payers = await deps.payersOf(workspace.id, installation.id);
    const shown = payersToShow(payers);
    const names = await namesOf(deps, installation, shown);
    const nameOf = (objectType: string, recordId: string) => names.get(`${objectType}/${recordId}`) ?? null;
    return { payers: shown.map((payer) => unmatchedView(payer, nameOf)), total: payers.length };
  };

/** @returns by `objectType/recordId` */
async function namesOf(
  { read }: UnmatchedReaderDeps,
  installation: Installation,
  shown: UnmatchedInput[],
): Promise<Map<string, string | null>> {
  const byType = Map.groupBy(
    shown.flatMap(({ candidates }) => candidates),
    ({ objectType }) => objectType,
  );
  const found = await Promise.all(
    [...byType].map(([objectType, records]) => {
      const ids = new Set(records.map(({ recordId }) => recordId));
      // The list works without the CRM: candidates are then shown by their ids.
      return read(installation, objectType, [...ids].slice(0, BATCH)).catch(() => []);
    }),
  );
  return new Map(
    found.flat().map(({ record, name }) => [`${record.objectType}/${record.recordId}`, name] as const),
  );
}
