// The steps of an erasure: who it is, the ledger, its facts, bodies of events, what people typed.
import type { Clock } from '../clock.ts';
import type { RecordRef } from '../ledger/entities.ts';
import { ERASED_LINE, erasureFact, impersonal, ownersOf, payerName, type Payer } from '../ledger/erasure.ts';
import { recordKey, rowKey, type Fact } from '../ledger/facts.ts';
import { parentOfFact } from '../ledger/fold.ts';
import { releaseFact } from '../ledger/links.ts';
import type { Post } from '../posting/post.ts';
import type { DesiredState } from '../records/desired-state.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { Store } from '../store/store.ts';
import type { Addresses } from './addresses.ts';
import type { Erasure } from './request.ts';
import { addressesOf, othersWith, payersOfContact } from './whom.ts';

export type StepDeps = {
  store: Store;
  clock: Clock;
  post: Post;
  secrets: Secrets;
  addresses: Addresses;
};

/** `wait`: something else has to end first. */
export type Step = (
  deps: StepDeps,
  workspaceId: string,
  erasure: Erasure,
) => Promise<Erasure | 'done' | 'wait'>;

/** Facts, and bodies, that are looked through at once: few enough that nobody waits for the store meanwhile. */
const FACTS = 500;
const BODIES = 200;
const COPIES = 500;

const ADDRESSES = 'work.addresses';

/** Kept before anything is erased: afterwards nobody could say any more whose addresses to look for. */
const findWho: Step = async ({ store, secrets, addresses }, workspaceId, erasure) => {
  const { record } = erasure;
  const ofContact = record ? await payersOfContact(store, workspaceId, record) : [];
  const first = unique([...erasure.customers, ...ofContact]);
  const known = await addressesOf(store, workspaceId, first);
  const customers = unique([...first, ...(await othersWith(store, workspaceId, known, first))]);
  await addresses.bury(workspaceId, known);
  const sealed = secrets.seal(JSON.stringify(known), { workspaceId, column: ADDRESSES });
  return { ...erasure, stage: 'ledger', customers, addresses: sealed };
};

const unique = (payers: readonly Payer[]): Payer[] => [
  ...new Map(payers.map((payer) => [payerName(payer), payer])).values(),
];

/** From here on nothing brings them back: whatever is posted about them loses what it says of a person. */
const eraseInLedger: Step = async (deps, workspaceId, erasure) => {
  const source = erasure.isGone ? 'crm' : 'payside';
  for (const payer of erasure.customers) await deps.post(workspaceId, [erasureFact(payer, source)]);
  if (erasure.record && erasure.isGone) await takeOff(deps, workspaceId, erasure.record, erasure.customers);
  return { ...erasure, stage: 'copies', afterKey: '' };
};

/** From a contact that is gone, as a person would take them off it: also invoices that were made from it count there no more. */
async function takeOff(
  { store, post }: StepDeps,
  workspaceId: string,
  record: RecordRef,
  customers: readonly Payer[],
): Promise<void> {
  const number = await store.drawNumber();
  const key = recordKey(record);
  const { rows } = await store.loadCluster(workspaceId, { owners: [], ids: [], records: [key] });
  const here = new Set(
    rows
      .filter((row) => row.record === key)
      .map(({ account, owner }) => payerName({ account, customerId: owner ?? '' })),
  );
  const facts = customers
    .filter((payer) => here.has(payerName(payer)))
    .map((payer) => releaseFact({ ...payer, number }, { record, reason: 'record' }));
  if (facts.length > 0) await post(workspaceId, facts);
}

/** Copies in a CRM that is gone, or takes none any more: nobody computes them, so that they still say what they said. */
const eraseInCopies: Step = async ({ store }, workspaceId, erasure) => {
  const owners = erasure.customers.map(({ customerId }) => customerId);
  const lines = new Set((await store.rowsOf(workspaceId, owners, ['line'])).map(nameOf));
  const page = await store.desiredAfter(workspaceId, erasure.afterKey, COPIES);
  const left = page.filter(({ desired }) => saysOfLine(desired, lines)).map(({ key }) => key);
  if (left.length > 0) await store.dropDesired(workspaceId, left);
  const last = page.at(-1);
  return last && page.length === COPIES
    ? { ...erasure, afterKey: last.key }
    : { ...erasure, stage: 'facts', after: 0 };
};

const nameOf = ({ account, id }: { account: string; id: string }): string => `${account}|${id}`;

function saysOfLine(desired: DesiredState, lines: ReadonlySet<string>): boolean {
  if (desired.kind === 'line')
    return lines.has(nameOf(desired)) && desired.values.description !== ERASED_LINE;
  return (
    desired.kind === 'whole' &&
    desired.values.of === 'line' &&
    lines.has(nameOf(desired)) &&
    desired.values.fields['description'] !== ERASED_LINE
  );
}

const eraseInFacts: Step = async ({ store }, workspaceId, erasure) => {
  const page = await store.allFacts(workspaceId, erasure.after, FACTS);
  const theirs = await theirFacts(
    store,
    workspaceId,
    erasure.customers,
    page.map(({ fact }) => fact),
  );
  const cleaned = page.flatMap(({ id, fact }) => {
    const clean = theirs(fact) ? impersonal(fact) : fact;
    return clean === fact ? [] : [{ id, fact: clean }];
  });
  if (cleaned.length > 0) await store.replaceFacts(workspaceId, cleaned);
  const facts = erasure.facts + cleaned.length;
  const last = page.at(-1);
  return last && page.length === FACTS
    ? { ...erasure, facts, after: last.id }
    : { ...erasure, facts, stage: 'bodies', after: 0 };
};

/** Some facts name nobody: the rows of what they are about, or hang on, say whose they are. */
async function theirFacts(
  store: Pick<Store, 'findRows'>,
  workspaceId: string,
  customers: readonly Payer[],
  facts: readonly Fact[],
): Promise<(fact: Fact) => boolean> {
  const erased = new Set(customers.map(payerName));
  const nameless = facts.filter(({ owner }) => owner === null);
  const invoices = [...new Set(nameless.flatMap((fact) => [fact.id, parentOfFact(fact) ?? fact.id]))];
  const rows = invoices.length > 0 ? await store.findRows(workspaceId, 'invoice', invoices) : [];
  const ownerOf = ownersOf([], new Map(rows.map((row) => [rowKey(row), row])));
  return (fact) => erased.has(payerName({ account: fact.account, customerId: ownerOf(fact) ?? '' }));
}

const eraseInBodies: Step = async ({ store, secrets }, workspaceId, erasure) => {
  const { addresses: sealed, since, after } = erasure;
  const said =
    sealed === null ? [] : (JSON.parse(secrets.open(sealed, { workspaceId, column: ADDRESSES })) as string[]);
  const ids = await idsOf(store, workspaceId, erasure.customers);
  const texts = [...ids.map((id) => `"${id}"`), ...said];
  const { erased, last } = await store.eraseMentions(workspaceId, { after, since, texts }, BODIES);
  const bodies = erasure.bodies + erased;
  return last === null
    ? { ...erasure, bodies, stage: 'requests', after: 0 }
    : { ...erasure, bodies, after: last };
};

/** Ids by which the gateway's events speak of them. */
async function idsOf(
  store: Pick<Store, 'rowsOf'>,
  workspaceId: string,
  customers: readonly Payer[],
): Promise<string[]> {
  const owners = customers.map(({ customerId }) => customerId);
  const rows = await store.rowsOf(workspaceId, owners, ['invoice', 'payment', 'subscription', 'method']);
  return [...new Set([...owners, ...rows.map(({ id }) => id)])];
}

const eraseInRequests: Step = async ({ store, clock }, workspaceId, erasure) => {
  const { record, customers, actor, facts, bodies } = erasure;
  const ids = await idsOf(store, workspaceId, customers);
  const open = await store.eraseRequests(workspaceId, { records: record ? [recordKey(record)] : [], ids });
  if (open > 0) return 'wait';
  await store.scrub();
  if (actor !== null)
    await store.audit({
      workspaceId,
      at: clock.now().toISOString(),
      actor,
      action: 'erase-person',
      operationId: null,
      record: record && recordKey(record),
      before: null,
      after: { customers: customers.map(payerName), facts, bodies },
    });
  return 'done';
};

export const STEPS: Readonly<Record<Erasure['stage'], Step>> = {
  who: findWho,
  ledger: eraseInLedger,
  copies: eraseInCopies,
  facts: eraseInFacts,
  bodies: eraseInBodies,
  requests: eraseInRequests,
};
