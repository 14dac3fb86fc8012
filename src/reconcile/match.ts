// Payer matching: says which CRM records a gateway customer belongs to, or leaves it for a person to say.
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { asConnectorError } from '../errors.ts';
import type { CrmConnection, CrmRecord } from '../crms/crm.ts';
import type { Personal, RecordRef } from '../ledger/entities.ts';
import { linkFacts } from '../ledger/links.ts';
import { recordKey, type Fact } from '../ledger/facts.ts';
import { ledgerOf } from '../ledger/ledger.ts';
import type { Log } from '../log.ts';
import type { Post } from '../posting/post.ts';
import { isFinal, retryAt } from '../retry.ts';
import type { ClaimedWork, Store, WorkItem } from '../store/store.ts';
import { isRoleOrFreeMail } from './mail-domains.ts';
import { standingLinks, type StandingLinks } from './standing-links.ts';
import type { UnmatchedReason } from './unmatched.ts';

export type MatchDeps = {
  store: Store;
  clock: Clock;
  log: Log;
  post: Post;
  /** Ids of the workspace's installations that are installed. */
  installedIn: (workspaceId: string) => Promise<string[]>;
  connectionFor: (installationId: string) => Promise<CrmConnection>;
  findByEmail: (connection: CrmConnection, emails: string[]) => Promise<CrmRecord[]>;
  /** Contacts by id; those that are gone are left out. */
  readContacts: (connection: CrmConnection, ids: string[]) => Promise<CrmRecord[]>;
  isRecordId: (text: string) => boolean;
  retryBaseMs: number;
  leaseMs: number;
};

/** As many addresses as one batch read takes. */
const BATCH = 100;
/** The CRM may get the contact later; looking again costs one call for a hundred payers. */
const LOOK_AGAIN_MS = 24 * 3_600_000;

const payloadShape = z.object({ account: z.string(), id: z.string() });
type Payer = {
  account: string;
  customerId: string;
  email: string | null;
  externalId: string | null;
  /** Nobody is to be found again. */
  isErased: boolean;
};

/** What was found for a payer in one installation. */
type Finding = { facts: Fact[]; reason: UnmatchedReason; candidates: RecordRef[] };

export const matchWork = (
  workspaceId: string,
  account: string,
  customerId: string,
  nextAt: string,
): WorkItem => ({
  workspaceId,
  kind: 'match',
  key: `${account}|${customerId}`,
  payload: { account, id: customerId },
  nextAt,
});

/** As matching would leave it: the payer is on the list at once, also while the CRM does not answer. */
export function releasedWork(
  workspaceId: string,
  released: { account: string; customerId: string; record: RecordRef },
  nextAt: string,
): WorkItem {
  const item = matchWork(workspaceId, released.account, released.customerId, nextAt);
  const reason: UnmatchedReason = 'released';
  return { ...item, payload: { ...item.payload, reason, candidates: [released.record] } };
}

/** @returns how many payers were looked at */
export async function matchPayers(deps: MatchDeps): Promise<number> {
  const items = await deps.store.claimWork(['match'], deps.clock.now(), BATCH, deps.leaseMs);
  const groups = Map.groupBy(items, (item) => item.workspaceId);
  for (const [workspaceId, group] of groups) await matchOrSplit(deps, workspaceId, group);
  return items.length;
}

/** A group that fails for good is halved until the culprit stands alone: a payer who cannot be matched harms nobody else. */
async function matchOrSplit(deps: MatchDeps, workspaceId: string, group: ClaimedWork[]): Promise<void> {
  try {
    await matchGroup(deps, workspaceId, group);
  } catch (error) {
    const attempts = Math.max(...group.map((item) => item.attempts));
    if (group.length === 1 || !isFinal(asConnectorError(error), attempts)) return failed(deps, group, error);
    const middle = Math.ceil(group.length / 2);
    await matchOrSplit(deps, workspaceId, group.slice(0, middle));
    await matchOrSplit(deps, workspaceId, group.slice(middle));
  }
}

async function matchGroup(deps: MatchDeps, workspaceId: string, group: ClaimedWork[]): Promise<void> {
  // Drawn before anything is read: what a person says while the CRM is asked comes later, and wins.
  const number = await deps.store.drawNumber();
  const payers = await payersOf(deps.store, workspaceId, group);
  const standing = await standingLinks(deps.store, workspaceId, payers);
  const installed = await deps.installedIn(workspaceId);
  const findings = payers.map((): Finding[] => []);
  const failures: unknown[] = [];
  for (const id of installed) {
    const open = payers.filter((payer) => !payer.isErased && !standing.isLinked(payer, id));
    // A CRM that does not answer keeps nobody from being found in the other one.
    const found = await findIn(deps, id, { payers: open, standing, number }).catch((error: unknown) => {
      failures.push(error);
      return new Map<string, Finding>();
    });
    for (const [index, payer] of payers.entries()) {
      const finding = found.get(nameOf(payer));
      if (finding) findings[index]?.push(finding);
    }
  }
  const isFound = (index: number): boolean => findings[index]?.some(({ facts }) => facts.length > 0) === true;
  const isSettled = (index: number): boolean =>
    payers[index]?.isErased === true ||
    (findings[index]?.every(({ facts }) => facts.length > 0) === true &&
      installed.length > 0 &&
      failures.length === 0);
  await deps.post(
    workspaceId,
    findings.flat().flatMap(({ facts }) => facts),
    {
      work: group.filter((_, index) => isSettled(index)).map((item) => item.id),
      add: payers
        .filter((payer, index) => isFound(index) && !standing.isLinkedAnywhere(payer))
        .map((payer) => methodsWork(deps, workspaceId, payer)),
    },
  );
  if (failures.length > 0) throw failures[0];
  for (const [index, item] of group.entries())
    if (!isSettled(index)) await leaveToAPerson(deps, item, findings[index] ?? []);
}

/** History lists customers without what they have saved; a card that shows one needs it, but nobody waits for it. */
const methodsWork = (deps: MatchDeps, workspaceId: string, { account, customerId }: Payer): WorkItem => ({
  workspaceId,
  kind: 'methods',
  key: `customer|${account}|${customerId}`,
  payload: { account, entity: 'customer', id: customerId },
  nextAt: deps.clock.now().toISOString(),
});

async function payersOf(store: Store, workspaceId: string, group: ClaimedWork[]): Promise<Payer[]> {
  const wanted = group.map((item) => payloadShape.parse(item.payload));
  const personal: Record<string, Personal> = await store.loadPersonal(
    workspaceId,
    wanted.map(({ id }) => id),
  );
  const rows = await store.findRows(
    workspaceId,
    'customer',
    wanted.map(({ id }) => id),
  );
  const customers = ledgerOf(rows).customer;
  return wanted.map(({ account, id }) => ({
    account,
    customerId: id,
    email: personal[id]?.email?.toLowerCase() ?? null,
    isErased: personal[id]?.erased === true,
    externalId: customers.find((one) => one.id === id && one.account === account)?.body.externalId ?? null,
  }));
}

const nameOf = ({ account, customerId }: { account: string; customerId: string }): string =>
  `${account}|${customerId}`;

/** What is asked in one installation: about payers who have no link there, as things stood before the CRM was asked. */
type Question = { payers: Payer[]; standing: StandingLinks; number: number };

async function findIn(
  deps: MatchDeps,
  installationId: string,
  { payers, standing, number }: Question,
): Promise<Map<string, Finding>> {
  if (payers.length === 0) return new Map();
  const connection = await deps.connectionFor(installationId);
  const emails = new Set(payers.flatMap(({ email }) => email ?? []));
  const contacts = emails.size > 0 ? await deps.findByEmail(connection, [...emails]) : [];
  const named = await namedContacts(deps, connection, payers);
  return new Map(
    payers.map((payer) => {
      const own = named.get(payer.externalId ?? '');
      const found = contacts.filter(({ emails: known }) => payer.email && known.includes(payer.email));
      const released = standing.releasedFrom(payer, installationId);
      const finding =
        released.length > 0
          ? leftToPeople([...(own ? [own] : []), ...found], released)
          : decided(payer, { own, found }, number);
      return [nameOf(payer), finding];
    }),
  );
}

/** Exactly one contact with this address, and an address that belongs to one person or company: anything else is asked. */
function decided(
  payer: Payer,
  { own, found }: { own: CrmRecord | undefined; found: CrmRecord[] },
  number: number,
): Finding {
  if (own) {
    const facts = linkFacts({ ...payer, number }, own, 'external_id');
    return { facts, reason: 'no_contact', candidates: [] };
  }
  const reason = reasonOf(payer, found);
  const [contact] = found;
  const facts = contact && !reason ? linkFacts({ ...payer, number }, contact, 'email') : [];
  return { facts, reason: reason ?? 'no_contact', candidates: found.map(({ record }) => record) };
}

/** Whom it could be, those last that a person has said no to: they may still say yes. */
function leftToPeople(found: CrmRecord[], released: RecordRef[]): Finding {
  const refused = new Set(released.map(recordKey));
  const others = new Map(found.map(({ record }) => [recordKey(record), record]));
  for (const key of refused) others.delete(key);
  return { facts: [], reason: 'released', candidates: [...others.values(), ...released] };
}

/** Contacts that payers name by their id at the gateway: a merchant's own system said so, which is better than an address. */
async function namedContacts(
  deps: MatchDeps,
  connection: CrmConnection,
  payers: Payer[],
): Promise<Map<string, CrmRecord>> {
  const ids = new Set(
    payers.flatMap(({ externalId }) => (externalId && deps.isRecordId(externalId) ? [externalId] : [])),
  );
  if (ids.size === 0) return new Map();
  const contacts = await deps.readContacts(connection, [...ids]);
  return new Map(contacts.map((contact) => [contact.record.recordId, contact]));
}

function reasonOf({ email }: Payer, found: CrmRecord[]): UnmatchedReason | null {
  if (!email || found.length === 0) return 'no_contact';
  if (found.length > 1) return 'several_contacts';
  return isRoleOrFreeMail(email) ? 'shared_address' : null;
}

const URGENCY: readonly UnmatchedReason[] = ['released', 'several_contacts', 'shared_address', 'no_contact'];

/**
 * The row stays, with what was found, until a person or a later look settles it: what a CRM holds today is no fact about
 * money, and would not belong among those that live for ever. Candidates are ids only, so that nobody's name is kept here.
 */
async function leaveToAPerson(deps: MatchDeps, item: ClaimedWork, findings: Finding[]): Promise<void> {
  const open = findings.filter(({ facts }) => facts.length === 0);
  const reason = URGENCY.find((word) => open.some((finding) => finding.reason === word)) ?? 'no_contact';
  const candidates = open.flatMap((finding) => finding.candidates);
  const nextAt = new Date(deps.clock.now().getTime() + LOOK_AGAIN_MS);
  const payload = { ...payloadShape.parse(item.payload), reason, candidates };
  await deps.store.postponeWork(item.id, nextAt, reason, payload);
}

async function failed(deps: MatchDeps, group: ClaimedWork[], error: unknown): Promise<void> {
  const known = asConnectorError(error);
  const now = deps.clock.now();
  deps.log.error('payers could not be matched', error, { count: group.length });
  for (const item of group) {
    const nextAt = retryAt(now, deps.retryBaseMs, item.attempts, known);
    if (isFinal(known, item.attempts)) await deps.store.buryWork(item.id, known.code, now);
    else await deps.store.postponeWork(item.id, nextAt, known.code);
  }
}
