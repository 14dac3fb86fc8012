// Posts facts: the only caller of the fold and of the store's commit.
import type { Clock } from '../clock.ts';
import { storeUnavailable } from '../errors.ts';
import { inTurn } from '../in-turn.ts';
import { isErasure, erasureFact } from '../ledger/erasure.ts';
import { rowKey, recordKey, type Fact, type Row } from '../ledger/facts.ts';
import { adopt, fold, parentOfFact } from '../ledger/fold.ts';
import { ledgerOf } from '../ledger/ledger.ts';
import { desiredKey, isSummary, type DesiredState } from '../records/desired-state.ts';
import { mirrorStates, type MirrorTarget } from '../records/mirror.ts';
import { wholeStates } from '../records/whole.ts';
import { desiredStates, digestOf, recordsOf, type SummaryContext } from '../records/summary.ts';
import type { Commit, Offered, PersonRow, Store, Touched, WorkItem } from '../store/store.ts';
import { forgotten } from './forgotten.ts';

export type PostContext = {
  zone: string;
  counts: (account: string, installationId: string) => boolean;
  /** Installations that take copies of invoices; none when left out. */
  mirrors?: readonly MirrorTarget[];
};

export type PostDeps = {
  store: Store;
  clock: Clock;
  /** What decides how the workspace's records are computed. */
  contextOf: (workspaceId: string) => Promise<PostContext>;
  /** Which of these addresses belong to somebody who was erased; nobody's when left out. */
  erasedAddresses?: (workspaceId: string, addresses: string[]) => Promise<ReadonlySet<string>>;
  /** Called after a commit that left something to deliver or to do. */
  wake: () => void;
};

/** What is done once these facts are in the ledger. */
export type Finish = {
  events?: number[];
  work?: number[];
  add?: WorkItem[];
  /** Payers whose records and copies are computed anew although no fact is: a day has ended, a setting has changed. */
  renew?: string[];
  /** Keys of records that are computed anew, also where nothing counts on them any more, and however many payers they have. */
  records?: string[];
  /** The facts are old: what they leave to deliver may wait for what is new. */
  history?: boolean;
};

export type PostOutcome = { newFacts: number; changedRecords: number };

export type Post = (workspaceId: string, facts: Fact[], finish?: Finish) => Promise<PostOutcome>;

/** A post of another process on the same payers won the race; a handful of tries is enough as each race has a winner. */
const TRIES = 8;

/** What of a history waits for the rest of it; after so long it is written, whatever became of that. */
const WAIT_MS = 5 * 60_000;

/** With more payers than this, what a record says takes longer than everything else of a post: it is computed apart. */
const CROWD = 50;

/** @returns how many facts were new and how many CRM records now have something to be written */
export function createPost(deps: PostDeps): Post {
  // In one process there is no need to race: losers would only compute in vain.
  return (workspaceId, facts, finish = {}) =>
    inTurn(deps.store, `post:${workspaceId}`, () => tryPost(deps, workspaceId, facts, finish));
}

async function tryPost(
  deps: PostDeps,
  workspaceId: string,
  given: Fact[],
  finish: Finish,
): Promise<PostOutcome> {
  const facts = [...given, ...(await erasures(deps, workspaceId, given))];
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const wish = await prepare(deps, workspaceId, facts, finish);
    const outcome = await deps.store.commit(wish);
    if (!outcome.committed) continue;
    if (outcome.changedRecords > 0 || wish.work.length > 0) deps.wake();
    return { newFacts: outcome.newFacts, changedRecords: outcome.changedRecords };
  }
  throw storeUnavailable({ context: { workspace: workspaceId } });
}

/** Whoever comes with the address of an erased person is that person. */
async function erasures(
  { erasedAddresses }: PostDeps,
  workspaceId: string,
  facts: readonly Fact[],
): Promise<Fact[]> {
  const addressed = facts.flatMap(({ account, id, personal }) =>
    personal?.email ? [{ account, customerId: id, address: personal.email }] : [],
  );
  if (!erasedAddresses || addressed.length === 0) return [];
  const erased = await erasedAddresses(
    workspaceId,
    addressed.map(({ address }) => address),
  );
  return addressed
    .filter(({ address }) => erased.has(address))
    .map((customer) => erasureFact(customer, 'payside'));
}

async function prepare(deps: PostDeps, workspaceId: string, facts: Fact[], finish: Finish): Promise<Commit> {
  const renew = { owners: new Set(finish.renew), records: finish.records ?? [] };
  const touched = touchedBy(facts, renew);
  const [cluster, context] = await Promise.all([
    deps.store.loadCluster(workspaceId, touched, renew.records.length > 0 ? undefined : CROWD),
    deps.contextOf(workspaceId),
  ]);
  const before = new Map(cluster.rows.map((row) => [rowKey(row), row]));
  const now = deps.clock.now();
  const clean = forgotten(workspaceId, facts, before, now);
  const { stated, personal } = splitPersonal(clean.facts);
  const changed = fold(before, stated);
  const after = new Map([...before, ...changed]);
  const change = (row: Row): void => {
    changed.set(rowKey(row), row);
    after.set(rowKey(row), row);
  };
  adopt(after).forEach(change);
  clean.rows(after.values()).forEach(change);
  const rows = [...changed.values()];
  const persons = [...personal, ...clean.personal];
  const summary = { asOf: now, mirrors: [], ...context };
  const known = [...after.values()];
  const mirrored = [...rows, ...known.filter((row) => isCopied(row, renew))];
  const full = new Set(cluster.crowded);
  const records = new Set(recordsTouched({ before, changed, after, renew }, summary));
  const crowded = [...records].filter((record) => full.has(record));
  const computed = [...records].filter((record) => !full.has(record));
  const desired: DesiredState[] = [
    ...desiredStates(known, summary, computed),
    ...mirrorStates(mirrored, known, summary),
    ...wholeStates(mirrored, known, summary),
  ];
  return {
    workspaceId,
    facts: stated,
    rows,
    desired: desired.map((state) => offered(state, now, finish)),
    history: finish.history ?? false,
    personal: persons,
    versions: cluster.versions,
    scopes: scopesOf(rows, before, persons),
    finish: { events: finish.events ?? [], work: finish.work ?? [] },
    work: [
      ...(finish.add ?? []),
      ...clean.work,
      ...followUps(workspaceId, rows, after, now),
      ...crowded.map((record) => totalWork(workspaceId, record, now)),
    ],
    at: now.toISOString(),
  };
}

/** Each page of a history says more about the same people, and has few links for a call; all that is copied it has once. */
function offered(state: DesiredState, now: Date, { history = false }: Finish): Offered {
  const offer = { key: desiredKey(state), state, digest: digestOf(state) };
  if (!history || (!isSummary(state) && state.kind !== 'links')) return offer;
  return { ...offer, dueAt: new Date(now.getTime() + WAIT_MS).toISOString() };
}

type Renew = { owners: ReadonlySet<string>; records: readonly string[] };

type Change = {
  before: ReadonlyMap<string, Row>;
  changed: ReadonlyMap<string, Row>;
  after: ReadonlyMap<string, Row>;
  renew: Renew;
};

/** What nobody owns stands for itself. */
const isRenewed = (row: Row, { owners }: Renew): boolean => owners.has(row.owner ?? row.id);

/** Kinds whose copies bring along those of whatever hangs on them. */
const COPIED: ReadonlySet<Row['entity']> = new Set(['subscription', 'invoice', 'payment']);

const isCopied = (row: Row, renew: Renew): boolean => COPIED.has(row.entity) && isRenewed(row, renew);

/**
 * Records of the payers whose rows changed, and those that changed rows point at or pointed at. Others were loaded only
 * because they share one of these, so that not all is known about them here.
 */
function recordsTouched({ before, changed, after, renew }: Change, context: SummaryContext): string[] {
  const rows = [...changed].flatMap(([key, row]) => [row, before.get(key) ?? row]);
  const owners = new Set(rows.map((row) => row.owner));
  const isTheirs = (row: Row): boolean => row.owner !== null && owners.has(row.owner);
  const theirs = [...after.values()].filter((row) => isTheirs(row) || isRenewed(row, renew));
  return [...recordsOf([...rows, ...theirs], context), ...renew.records];
}

/** Personal data is kept apart from facts, which live as long as the ledger. */
function splitPersonal(facts: Fact[]): { stated: Fact[]; personal: PersonRow[] } {
  const personal: PersonRow[] = [];
  const stated = facts.map((fact) => {
    if (!fact.personal) return fact;
    const { personal: data, ...rest } = fact;
    personal.push({ account: fact.account, customerId: fact.id, number: fact.number, personal: data });
    return rest as Fact;
  });
  return { stated, personal };
}

function touchedBy(facts: Fact[], renew: Renew): Touched {
  const records = facts.flatMap((fact) =>
    (fact.entity === 'invoice' || fact.entity === 'link') && fact.body.record
      ? [recordKey(fact.body.record)]
      : [],
  );
  return {
    owners: unique([...facts.map((fact) => fact.owner), ...renew.owners]),
    ids: unique([...facts.flatMap((fact) => [fact.id, parentOfFact(fact), otherEnd(fact)]), ...renew.owners]),
    records: unique([...records, ...renew.records]),
  };
}

/** An allocation hangs on its invoice and names its payment. */
const otherEnd = (fact: Fact): string | null =>
  fact.entity === 'allocation' ? (fact.body.paymentId ?? null) : null;

/** Where rows are and where they were: who looks at the second is to see that they went. */
function scopesOf(rows: Row[], before: ReadonlyMap<string, Row>, personal: PersonRow[]): string[] {
  const known = [...rows, ...rows.flatMap((row) => before.get(rowKey(row)) ?? [])];
  return unique([
    ...known.flatMap((row) => [row.owner, row.id, row.parent, row.record]),
    ...personal.map(({ customerId }) => customerId),
  ]);
}

const unique = (values: (string | null)[]): string[] => [
  ...new Set(values.filter((value) => value !== null)),
];

/** However often it is left, the record is computed once for all of them. */
const totalWork = (workspaceId: string, record: string, now: Date): WorkItem => ({
  workspaceId,
  kind: 'total',
  key: record,
  payload: { record },
  nextAt: now.toISOString(),
});

const payerOf = (row: Row): string => `${row.account}|${row.owner}`;

/**
 * A payer or a subscription the ledger has not read yet is fetched; a payer that nobody has linked to a record is matched.
 */
function followUps(
  workspaceId: string,
  changed: Row[],
  after: ReadonlyMap<string, Row>,
  now: Date,
): WorkItem[] {
  const rows = [...after.values()];
  const ofKind = (entity: Row['entity']): Row[] => rows.filter((row) => row.entity === entity);
  const known = new Set(ofKind('customer').map(payerOf));
  const linked = new Set(ofKind('link').map(payerOf));
  // Nobody is looked for who was erased.
  for (const row of ofKind('customer'))
    if (Object.values(row.aspects).some(isErasure)) linked.add(payerOf(row));
  const nextAt = now.toISOString();
  const items = new Map<string, WorkItem>();
  for (const { account, id } of subscriptionsNamed(changed)) {
    const item = fetchItem(workspaceId, { account, id, entity: 'subscription' }, nextAt);
    if (!after.has(rowKey({ account, id, entity: 'subscription' }))) items.set(item.key, item);
  }
  for (const row of changed) {
    if (!row.owner) continue;
    const payload = { account: row.account, id: row.owner };
    if (!known.has(payerOf(row))) {
      const item = fetchItem(workspaceId, { ...payload, entity: 'customer' }, nextAt);
      items.set(item.key, item);
    } else if (row.entity === 'customer' && !linked.has(payerOf(row))) {
      items.set(payerOf(row), {
        workspaceId,
        kind: 'match',
        key: `${row.account}|${row.owner}`,
        payload,
        nextAt,
      });
    }
  }
  return [...items.values()];
}

type Named = { account: string; id: string; entity: Row['entity'] };

function fetchItem(workspaceId: string, named: Named, nextAt: string): WorkItem {
  const key = `${named.entity}|${named.account}|${named.id}`;
  return { workspaceId, kind: 'fetch', key, payload: named, nextAt };
}

/** What invoices say made them. */
const subscriptionsNamed = (rows: Row[]): { account: string; id: string }[] =>
  ledgerOf(rows.filter(({ entity }) => entity === 'invoice')).invoice.flatMap(({ account, body }) =>
    body.subscriptionId === null ? [] : [{ account, id: body.subscriptionId }],
  );
