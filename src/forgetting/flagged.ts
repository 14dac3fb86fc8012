// Leaves an erasure for whoever their CRM has flagged to be forgotten, and still has a name here.
import type { Clock } from '../clock.ts';
import type { FlaggedPerson } from '../crms/crm.ts';
import { erasedAmong, payerName, type Payer } from '../ledger/erasure.ts';
import { recordKey } from '../ledger/facts.ts';
import type { Store } from '../store/store.ts';
import { eraseContact } from './request.ts';
import { payersOfContact } from './whom.ts';

export type FlaggedDeps = { store: Store; clock: Clock };

/** Records whose payers are loaded at once. */
const AT_A_TIME = 50;

/** Who is named again, or pays nothing, leaves no work. */
export const createForgetFlagged =
  ({ store, clock }: FlaggedDeps) =>
  async (workspaceId: string, people: readonly FlaggedPerson[]): Promise<void> => {
    for (let start = 0; start < people.length; start += AT_A_TIME) {
      const known = await knownAmong(store, workspaceId, people.slice(start, start + AT_A_TIME));
      for (const { record, isGone } of known) {
        const payers = await payersOfContact(store, workspaceId, record);
        if (await areErased(store, workspaceId, payers)) continue;
        const asked = { workspaceId, actor: record.installationId, at: clock.now() };
        await store.addWork([eraseContact(asked, record, isGone)]);
      }
    }
  };

/** Of all people in a CRM few pay. */
async function knownAmong(
  store: Store,
  workspaceId: string,
  people: readonly FlaggedPerson[],
): Promise<FlaggedPerson[]> {
  const records = people.map(({ record }) => recordKey(record));
  const { rows } = await store.loadCluster(workspaceId, { owners: [], ids: [], records });
  const known = new Set(rows.map(({ record }) => record));
  return people.filter(({ record }) => known.has(recordKey(record)));
}

async function areErased(store: Store, workspaceId: string, payers: readonly Payer[]): Promise<boolean> {
  const ids = payers.map(({ customerId }) => customerId);
  const erased = erasedAmong(await store.findRows(workspaceId, 'customer', ids), []);
  return payers.every((payer) => erased.has(payerName(payer)));
}
