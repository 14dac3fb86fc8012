// Holds the ledger against the movements of the gateway's balance: what to look at because of them, and what is proven.
import type { EntityRef } from '../gateways/gateway.ts';
import { dayOf, startsBefore } from '../ledger/calendar.ts';
import type { Instant } from '../ledger/entities.ts';
import type { Fact } from '../ledger/facts.ts';
import { ledgerOf } from '../ledger/ledger.ts';
import {
  addToProof,
  gapsOf,
  newProof,
  PROVEN,
  provenUntil,
  type GapDay,
  type SettledDay,
} from '../ledger/proof.ts';
import type { GatewayAccount } from '../workspaces/workspace.ts';
import type { Store } from '../store/store.ts';

/** Objects that moved the balance and are not known, or of which the ledger says another amount. */
export async function behindMovements(
  store: Pick<Store, 'findRows' | 'rowsOf'>,
  workspaceId: string,
  facts: readonly Fact[],
): Promise<EntityRef[]> {
  const moved = facts.flatMap((fact) =>
    fact.entity === 'balanceTransaction' && fact.body.paymentId ? [fact.body.paymentId] : [],
  );
  const ids = [...new Set(moved)];
  if (ids.length === 0) return [];
  const payments = await store.findRows(workspaceId, 'payment', ids);
  const known = new Set(payments.map(({ id }) => id));
  const owners = [...new Set(payments.map(({ owner, id }) => owner ?? id))];
  const rows = await store.rowsOf(workspaceId, owners, [...PROVEN]);
  const gaps = gapsOf(ledgerOf(rows)).filter(
    ({ state, paymentId }) => state === 'different' && known.has(paymentId),
  );
  return [
    ...ids.filter((id) => !known.has(id)).map((id): EntityRef => ({ entity: 'payment', id })),
    ...gaps.map(({ entity, id }): EntityRef => ({ entity, id })),
  ];
}

/** What of a workspace is proven: its days, and where ledger and balance say different amounts. */
export type ProofReport = {
  /** The last day up to which all of every account is proven; null where that is none, or nothing is known of a balance. */
  until: string | null;
  /** Of the last month, by account, day and the currency it is settled in. */
  settled: SettledDay[];
  gaps: GapDay[];
};

const OWNERS = 100;
const SETTLED_DAYS = 31;

export async function proofOf(
  store: Pick<Store, 'ownersAfter' | 'rowsOf'>,
  workspaceId: string,
  about: { zone: string; now: Date; accounts: readonly Pick<GatewayAccount, 'id' | 'verifiedAt'>[] },
): Promise<ProofReport> {
  const { zone, now, accounts } = about;
  const verifiedAt = new Map<string, Instant | null>(accounts.map((one) => [one.id, one.verifiedAt]));
  const settledFrom = dayOf(new Date(startsBefore(now, zone, SETTLED_DAYS)), zone);
  const scope = { zone, verifiedAt, settledFrom };
  const proof = newProof();
  for (let after = ''; ;) {
    const owners = await store.ownersAfter(workspaceId, after, OWNERS);
    const last = owners.at(-1);
    if (last === undefined) break;
    addToProof(proof, ledgerOf(await store.rowsOf(workspaceId, owners, [...PROVEN])), scope);
    after = last;
  }
  const ends = accounts.map(({ id }) => provenUntil(proof, id, scope));
  return {
    until: ends.includes(null) ? null : (ends.toSorted()[0] ?? null),
    settled: [...proof.settled.values()].toSorted(byDay),
    gaps: [...proof.gaps.values()].filter(({ account }) => proof.moved.has(account)).toSorted(byDay),
  };
}

const byDay = (a: { day: string }, b: { day: string }): number =>
  a.day < b.day ? -1 : a.day > b.day ? 1 : 0;
