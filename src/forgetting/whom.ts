// Whom an erasure is about: the payers of a contact, and those who have the same address and belong to nobody else.
import type { RecordRef } from '../ledger/entities.ts';
import { payerName, type Payer } from '../ledger/erasure.ts';
import { recordKey } from '../ledger/facts.ts';
import { besides, isOfContact } from '../ledger/links.ts';
import { ledgerOf, type Ledger } from '../ledger/ledger.ts';
import type { Store } from '../store/store.ts';
import { sameAddress } from './addresses.ts';

type Reader = Pick<Store, 'loadCluster' | 'loadPersonal' | 'personsAfter'>;

/** Persons that are opened at once. */
const AT_A_TIME = 500;

/**
 * Payers of a contact. Where the CRM deleted it first, its links have ended by now: then those who have gone to no other contact
 * since, but never whom a person took off it.
 */
export async function payersOfContact(
  store: Reader,
  workspaceId: string,
  contact: RecordRef,
): Promise<Payer[]> {
  const key = recordKey(contact);
  const { rows } = await store.loadCluster(workspaceId, { owners: [], ids: [], records: [key] });
  const { link: links } = ledgerOf(rows);
  const here = links.filter(({ body }) => recordKey(body.record) === key && !body.released);
  const theirs = here.filter((one) => one.body.active || !besides(links, one).some(isOfContact));
  return theirs.map(({ account, body }) => ({ account, customerId: body.customerId }));
}

/** Addresses of these payers, as they were written. */
export async function addressesOf(
  store: Reader,
  workspaceId: string,
  payers: readonly Payer[],
): Promise<string[]> {
  const people = await store.loadPersonal(
    workspaceId,
    payers.map(({ customerId }) => customerId),
  );
  return [...new Set(Object.values(people).flatMap(({ email }) => email ?? []))];
}

/** Persons are sealed, so that all are looked at; a shared address is left to whom it belongs to as well. */
export async function othersWith(
  store: Reader,
  workspaceId: string,
  addresses: readonly string[],
  besidesThese: readonly Payer[],
): Promise<Payer[]> {
  if (addresses.length === 0) return [];
  const wanted = new Set(addresses.map(sameAddress));
  const known = new Set(besidesThese.map(payerName));
  const found: Payer[] = [];
  for (let after = ''; ;) {
    const page = await store.personsAfter(workspaceId, after, AT_A_TIME);
    for (const { account, customerId, personal } of page) {
      const isSame = personal.email !== null && wanted.has(sameAddress(personal.email));
      if (isSame && !known.has(payerName({ account, customerId }))) found.push({ account, customerId });
    }
    const last = page.at(-1)?.customerId;
    if (last === undefined) break;
    after = last;
  }
  return unclaimed(store, workspaceId, found);
}

async function unclaimed(store: Reader, workspaceId: string, payers: readonly Payer[]): Promise<Payer[]> {
  if (payers.length === 0) return [];
  const owners = payers.map(({ customerId }) => customerId);
  const { rows } = await store.loadCluster(workspaceId, { owners, ids: [], records: [] });
  const { link: links } = ledgerOf(rows);
  const has = (payer: Payer, link: Ledger['link'][number]): boolean =>
    link.account === payer.account && link.body.customerId === payer.customerId;
  return payers.filter(
    (payer) => !links.some((link) => has(payer, link) && link.body.active && isOfContact(link)),
  );
}
