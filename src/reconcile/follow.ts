// Follows a CRM record that was merged into another or is gone: its payers move along or are let go.
import type { Clock } from '../clock.ts';
import type { RecordRef } from '../ledger/entities.ts';
import { recordKey, type Fact } from '../ledger/facts.ts';
import { ledgerOf } from '../ledger/ledger.ts';
import type { Post } from '../posting/post.ts';
import type { Store } from '../store/store.ts';
import { linkFact } from '../ledger/links.ts';
import { matchWork } from './match.ts';

export type Follow = (workspaceId: string, from: RecordRef, to: string | null) => Promise<void>;

export type FollowDeps = { store: Store; clock: Clock; post: Post };

/**
 * @returns a function that ends the links to `from` and, where the CRM named one, makes the same links to `to`. Where it
 *   named none, the payers are matched again: a merged record keeps the addresses of both.
 */
export const createFollow =
  ({ store, clock, post }: FollowDeps): Follow =>
  async (workspaceId, from, to) => {
    // Drawn before the links are read: what a person says of them meanwhile comes later, and wins.
    const number = await store.drawNumber();
    const { rows } = await store.loadCluster(workspaceId, {
      owners: [],
      ids: [],
      records: [recordKey(from)],
    });
    const links = ledgerOf(rows).link.filter(
      ({ body }) => body.active && recordKey(body.record) === recordKey(from),
    );
    const facts = links.flatMap(({ account, body }): Fact[] => {
      const base = { account, customerId: body.customerId, number };
      const ended = linkFact(base, from, body.reason, false);
      return to ? [ended, linkFact(base, { ...from, recordId: to }, body.reason, true)] : [ended];
    });
    const nextAt = clock.now().toISOString();
    const again = links.map(({ account, body }) => matchWork(workspaceId, account, body.customerId, nextAt));
    await post(workspaceId, facts, to ? {} : { add: again });
  };
