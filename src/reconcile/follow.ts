// Follows a CRM record that was merged into another or is gone: its payers and invoices move along or are let go.
import type { Clock } from '../clock.ts';
import type { RecordRef } from '../ledger/entities.ts';
import { recordKey, type Fact, type Row } from '../ledger/facts.ts';
import { ledgerOf, type Ledger } from '../ledger/ledger.ts';
import type { Post } from '../posting/post.ts';
import type { Store } from '../store/store.ts';
import { linkFact } from '../ledger/links.ts';
import { movedFact } from '../ledger/moves.ts';
import { matchWork } from './match.ts';

export type Follow = (workspaceId: string, from: RecordRef, to: string | null) => Promise<void>;

export type FollowDeps = { store: Store; clock: Clock; post: Post };

/**
 * @returns a function that ends the links to `from` and, where the CRM named one, makes the same links to `to` and gives it
 *   the invoices that were made from `from`. Where it named none, the payers are matched again: a merged record keeps the
 *   addresses of both.
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
    const here = ledgerOf(rows).link.filter(({ body }) => recordKey(body.record) === recordKey(from));
    const links = here.filter(({ body }) => body.active);
    const facts = links.flatMap(({ account, body }): Fact[] => {
      const base = { account, customerId: body.customerId, number };
      const ended = linkFact(base, from, body.reason, false);
      return to ? [ended, linkFact(base, { ...from, recordId: to }, body.reason, true)] : [ended];
    });
    const nextAt = clock.now().toISOString();
    const again = links.map(({ account, body }) => matchWork(workspaceId, account, body.customerId, nextAt));
    if (!to) return void (await post(workspaceId, facts, { add: again }));
    const moved = invoicesOf(from, rows, here).map((row) =>
      movedFact(row, { ...from, recordId: to }, number),
    );
    await post(workspaceId, [...facts, ...moved]);
  };

/** Those made from a record, but for payers whom a person took off it: that holds for what it was merged into as well. */
function invoicesOf(record: RecordRef, rows: readonly Row[], here: Ledger['link']): Row[] {
  const released = new Set(
    here.flatMap(({ account, body }) => (body.released ? [`${account}|${body.customerId}`] : [])),
  );
  return rows.filter(
    (row) =>
      row.entity === 'invoice' &&
      row.record === recordKey(record) &&
      !released.has(`${row.account}|${row.owner}`),
  );
}
