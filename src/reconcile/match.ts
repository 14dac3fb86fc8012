// Payer matching: says which CRM records a gateway customer belongs to, or leaves it for a person to say.
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { asConnectorError } from '../errors.ts';
import type { CrmConnection, CrmRecord } from '../crms/crm.ts';
import type { Link, Personal, RecordRef } from '../ledger/entities.ts';
import { recordKey, type Fact } from '../ledger/facts.ts';
import type { Log } from '../log.ts';
import type { Post } from '../posting/post.ts';
import { MAX_ATTEMPTS, retryAt } from '../retry.ts';
import type { ClaimedWork, Store } from '../store/store.ts';
import { isRoleOrFreeMail } from './mail-domains.ts';

export type MatchDeps = {
  store: Store;
  clock: Clock;
  log: Log;
  post: Post;
  /** Connections of the workspace's installations that are installed. */
  connectionsOf: (workspaceId: string) => Promise<CrmConnection[]>;
  findByEmail: (connection: CrmConnection, emails: string[]) => Promise<CrmRecord[]>;
  retryBaseMs: number;
  leaseMs: number;
};

/** As many addresses as one batch read takes. */
const BATCH = 100;

const payloadShape = z.object({ account: z.string(), id: z.string() });
type Payer = { account: string; customerId: string; email: string | null };

/** @returns how many payers were looked at */
export async function matchPayers(deps: MatchDeps): Promise<number> {
  const items = await deps.store.claimWork(['match'], deps.clock.now(), BATCH, deps.leaseMs);
  const groups = Map.groupBy(items, (item) => item.workspaceId);
  for (const [workspaceId, group] of groups) {
    await matchGroup(deps, workspaceId, group).catch((error: unknown) => failed(deps, group, error));
  }
  return items.length;
}

async function matchGroup(deps: MatchDeps, workspaceId: string, group: ClaimedWork[]): Promise<void> {
  const payers = await payersOf(deps.store, workspaceId, group);
  const connections = await deps.connectionsOf(workspaceId);
  const facts: Fact[] = [];
  for (const connection of connections) facts.push(...(await linksIn(deps, connection, payers)));
  await deps.post(workspaceId, facts, { work: group.map((item) => item.id) });
}

async function payersOf(store: Store, workspaceId: string, group: ClaimedWork[]): Promise<Payer[]> {
  const wanted = group.map((item) => payloadShape.parse(item.payload));
  const personal: Record<string, Personal> = await store.loadPersonal(
    workspaceId,
    wanted.map(({ id }) => id),
  );
  return wanted.map(({ account, id }) => ({
    account,
    customerId: id,
    email: personal[id]?.email?.toLowerCase() ?? null,
  }));
}

/** Exactly one contact with this address, and an address that belongs to one person or company: anything else is asked. */
async function linksIn(deps: MatchDeps, connection: CrmConnection, payers: Payer[]): Promise<Fact[]> {
  const emails = [
    ...new Set(payers.flatMap(({ email }) => (email && !isRoleOrFreeMail(email) ? [email] : []))),
  ];
  const contacts = await deps.findByEmail(connection, emails);
  const number = await deps.store.drawNumber();
  return payers.flatMap((payer) => {
    const candidates = contacts.filter((contact) => payer.email && contact.emails.includes(payer.email));
    const [contact] = candidates;
    if (!contact || candidates.length > 1) return [];
    return linkFacts({ ...payer, number }, contact, 'email');
  });
}

export type LinkBase = { account: string; customerId: string; number: number };

/** Links of a payer to a contact, and to the company that is the contact's primary one. */
export function linkFacts(base: LinkBase, contact: CrmRecord, reason: Link['reason']): Fact[] {
  const links = [linkFact(base, contact.record, reason, true)];
  if (contact.record.objectType === 'contacts' && contact.primaryCompanyId) {
    const company = { ...contact.record, objectType: 'companies', recordId: contact.primaryCompanyId };
    links.push(linkFact(base, company, 'primary_company', true));
  }
  return links;
}

export function linkFact(base: LinkBase, record: RecordRef, reason: Link['reason'], active: boolean): Fact {
  return {
    entity: 'link',
    account: base.account,
    id: `${base.customerId}>${recordKey(record)}`,
    aspect: 'link',
    owner: base.customerId,
    source: 'payside',
    number: base.number,
    body: { customerId: base.customerId, record, reason, active },
  };
}

async function failed(deps: MatchDeps, group: ClaimedWork[], error: unknown): Promise<void> {
  const known = asConnectorError(error);
  const now = deps.clock.now();
  deps.log.error('payers could not be matched', error, { count: group.length });
  for (const item of group) {
    if (known.retry === 'never' || item.attempts >= MAX_ATTEMPTS)
      await deps.store.buryWork(item.id, known.code, now);
    else
      await deps.store.postponeWork(
        item.id,
        retryAt(now, deps.retryBaseMs, item.attempts, known),
        known.code,
      );
  }
}
