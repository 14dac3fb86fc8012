// Follows a CRM record that was merged into another or is gone: its payers move along or are let go.
import type { RecordRef } from '../ledger/entities.ts';
import { recordKey, type Fact } from '../ledger/facts.ts';
import { ledgerOf } from '../ledger/ledger.ts';
import type { Post } from '../posting/post.ts';
import type { Store } from '../store/store.ts';
import { linkFact } from './match.ts';

export type Follow = (workspaceId: string, from: RecordRef, to: string | null) => Promise<void>;

/** @returns a function that ends the links to `from` and, where the CRM named one, makes the same links to `to` */
export const createFollow =
  (store: Store, post: Post): Follow =>
  async (workspaceId, from, to) => {
    const { rows } = await store.loadCluster(workspaceId, {
      owners: [],
      ids: [],
      records: [recordKey(from)],
    });
    const number = await store.drawNumber();
    const links = ledgerOf(rows).link.filter(
      ({ body }) => body.active && recordKey(body.record) === recordKey(from),
    );
    const facts = links.flatMap(({ account, body }): Fact[] => {
      const base = { account, customerId: body.customerId, number };
      const ended = linkFact(base, from, body.reason, false);
      return to ? [ended, linkFact(base, { ...from, recordId: to }, body.reason, true)] : [ended];
    });
    await post(workspaceId, facts);
  };
