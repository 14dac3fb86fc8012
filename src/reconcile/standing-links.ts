// What was said so far about whom payers belong to: links that hold, and those that a person took back.
import type { RecordRef } from '../ledger/entities.ts';
import type { Entry } from '../ledger/fold.ts';
import { ledgerOf } from '../ledger/ledger.ts';
import type { Store } from '../store/store.ts';

type Payer = { account: string; customerId: string };

export type StandingLinks = {
  /** Whether a payer has a link there already; a company that came along with a contact is none of its own. */
  isLinked: (payer: Payer, installationId: string) => boolean;
  /** In any installation. */
  isLinkedAnywhere: (payer: Payer) => boolean;
  /** Records of an installation a person took a payer off; such a payer is linked by people alone. */
  releasedFrom: (payer: Payer, installationId: string) => RecordRef[];
};

export async function standingLinks(
  store: Pick<Store, 'loadCluster'>,
  workspaceId: string,
  payers: readonly Payer[],
): Promise<StandingLinks> {
  const owners = payers.map(({ customerId }) => customerId);
  const { rows } = await store.loadCluster(workspaceId, { owners, ids: [], records: [] });
  const links = ledgerOf(rows.filter((row) => row.entity === 'link')).link;
  const placeOf = ({ account, customerId }: Payer, installationId: string): string =>
    `${account}|${customerId}|${installationId}`;
  const at = Map.groupBy(links, ({ account, body }) =>
    placeOf({ account, customerId: body.customerId }, body.record.installationId),
  );
  const of = (payer: Payer, installationId: string) => at.get(placeOf(payer, installationId)) ?? [];
  return {
    isLinked: (payer, installationId) =>
      of(payer, installationId).some((link) => link.body.active && isOwn(link)),
    isLinkedAnywhere: ({ account, customerId }) =>
      links.some(
        (link) =>
          link.account === account && link.body.customerId === customerId && link.body.active && isOwn(link),
      ),
    releasedFrom(payer, installationId) {
      const released = of(payer, installationId).filter(({ body }) => body.released);
      const own = released.filter(isOwn);
      return (own.length > 0 ? own : released).map(({ body }) => body.record);
    },
  };
}

const isOwn = ({ body }: Entry<'link'>): boolean => body.reason !== 'primary_company';
