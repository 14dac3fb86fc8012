// Objects of the ledger that are not final: their gateway may have moved them on without anybody being told.
import type { EntityRef } from '../gateways/gateway.ts';
import type { EntityKind } from '../ledger/entities.ts';
import type { Fact, Row } from '../ledger/facts.ts';
import { ledgerOf } from '../ledger/ledger.ts';
import { compareText } from '../ledger/rank.ts';
import type { Store } from '../store/store.ts';

const UNSETTLED: Partial<Record<EntityKind, readonly string[]>> = {
  invoice: ['draft', 'open', 'uncollectible'],
  payment: ['requires_action', 'processing', 'failed'],
  refund: ['pending', 'requires_action'],
  dispute: ['warning', 'needs_response', 'under_review'],
  subscription: ['trialing', 'active', 'past_due', 'unpaid', 'incomplete', 'paused'],
};

/** A declined payment may be tried again; after so long it is found by the invoice that it was for. */
const RETRIED_MS = 30 * 86_400_000;

/** Payers whose objects are looked through at once, and how many of these are read before the next look. */
const OWNERS = 20;
const MOST = 100;

export type Place = {
  /** Payers up to here are done. */
  after: string;
  /** Of the payers that come next, objects up to here are done. */
  within: string;
};

type Whose = { workspaceId: string; account: string; now: Date };

/** @returns what is to be read now; `next` is null once every payer was looked at */
export async function unsettledAfter(
  store: Pick<Store, 'ownersAfter' | 'loadCluster'>,
  { workspaceId, account, now }: Whose,
  { after, within }: Place,
): Promise<{ look: EntityRef[]; next: Place | null }> {
  const owners = await store.ownersAfter(workspaceId, after, OWNERS);
  if (owners.length === 0) return { look: [], next: null };
  // What nobody owns stands for itself.
  const { rows } = await store.loadCluster(workspaceId, { owners, ids: owners, records: [] });
  const wanted = new Set(owners);
  const open = rows
    .filter((row) => row.account === account && wanted.has(row.owner ?? row.parent ?? row.id))
    .filter((row) => isUnsettled(row, now))
    .filter((row) => nameOf(row) > within)
    .sort((a, b) => compareText(nameOf(a), nameOf(b)));
  const page = open.slice(0, MOST);
  const last = page.at(-1);
  return {
    look: page.map(({ entity, id }) => ({ entity, id })),
    next:
      last && open.length > MOST ? { after, within: nameOf(last) } : { after: lastOf(owners), within: '' },
  };
}

const lastOf = (owners: string[]): string => owners.at(-1) ?? '';

const nameOf = ({ entity, id }: EntityRef): string => `${entity} ${id}`;

function isUnsettled(row: Row, now: Date): boolean {
  const states = UNSETTLED[row.entity];
  const body = states && ledgerOf([row])[row.entity][0]?.body;
  if (!body || !('status' in body) || !states.includes(body.status)) return false;
  const isDeclined = row.entity === 'payment' && body.status === 'failed' && 'createdAt' in body;
  return !isDeclined || now.getTime() - Date.parse(body.createdAt) < RETRIED_MS;
}

/** Payments by which an invoice was paid, as far as neither the facts nor the ledger say that these have ended. */
export async function paymentsBehind(
  store: Pick<Store, 'findRows'>,
  workspaceId: string,
  facts: readonly Fact[],
): Promise<EntityRef[]> {
  const said = new Set(facts.flatMap(({ entity, id }) => (entity === 'payment' ? [id] : [])));
  const named = facts.flatMap((fact) =>
    fact.entity === 'allocation' && fact.body.status === 'paid' && fact.body.paymentId
      ? [fact.body.paymentId]
      : [],
  );
  const ids = [...new Set(named)].filter((id) => !said.has(id));
  if (ids.length === 0) return [];
  const rows = await store.findRows(workspaceId, 'payment', ids);
  const ended = new Set(
    ledgerOf(rows).payment.flatMap(({ id, body }) => (UNSETTLED.payment?.includes(body.status) ? [] : [id])),
  );
  return ids.filter((id) => !ended.has(id)).map((id) => ({ entity: 'payment', id }));
}
