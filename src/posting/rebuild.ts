// Folds all facts of a workspace again: what the stored ledger says otherwise is told, or put right.
import { randomUUID } from 'node:crypto';
import { canonical } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import { rowKey, type Fact, type Row } from '../ledger/facts.ts';
import { adopt, fold } from '../ledger/fold.ts';
import type { Renewal } from '../reconcile/renew.ts';
import type { Cluster, Commit, RowName, Store, WorkItem } from '../store/store.ts';

export type RebuildDeps = {
  store: Pick<Store, 'allFacts' | 'rowsAfter' | 'findRows' | 'loadCluster' | 'commit' | 'addWork'>;
  clock: Clock;
  /** Called when records are left to be computed anew. */
  wake?: () => void;
  /** Facts that are folded at once, in memory; more of them are read once for each portion. */
  atOnce?: number;
};

export type Rebuilt = {
  facts: number;
  /** Rows of the stored ledger. */
  rows: number;
  /** Keys of rows that say something else than their facts, that are missing, or that no fact speaks of. */
  different: string[];
};

/**
 * Safe beside posts: what differs is looked at again, as of one version of the row, before it is told or written.
 * @param isCheck leaves the ledger as it is
 */
export async function rebuild(deps: RebuildDeps, workspaceId: string, isCheck: boolean): Promise<Rebuilt> {
  const run: Run = { deps, workspaceId, isCheck, id: randomUUID() };
  const different = new Set<string>();
  for (let pass = 1; ; pass += 1) {
    const found = await look(run);
    for (const key of found.different) different.add(key);
    // What was put right may have lent something to others.
    if (!isCheck && found.different.length > 0 && pass < PASSES) continue;
    if (!isCheck && different.size > 0) await renew(run);
    return { ...found, different: [...different] };
  }
}

const PASSES = 4;

async function renew(run: Run): Promise<void> {
  await run.deps.store.addWork([renewal(run, `${run.id}.end`, 0)]);
  run.deps.wake?.();
}

async function look(run: Run): Promise<Rebuilt> {
  const { atOnce = 50_000 } = run.deps;
  const found: Rebuilt = { facts: 0, rows: 0, different: [] };
  for await (const page of factsOf(run)) found.facts += page.length;
  const portions = Math.max(1, Math.ceil(found.facts / atOnce));
  for (let portion = 0; portion < portions; portion += 1) {
    const isMine = (name: RowName): boolean => portionOf(rowKey(name), portions) === portion;
    const { rows, suspects } = await compare(run, isMine);
    found.rows += rows;
    found.different.push(...(await confirm(run, suspects.toSorted(lendersFirst))));
  }
  return found;
}

type Run = { deps: RebuildDeps; workspaceId: string; isCheck: boolean; id: string };
type Rows = Map<string, Row>;

/** Spreads keys evenly, and the same way each time. */
function portionOf(key: string, portions: number): number {
  let hash = 0;
  for (let index = 0; index < key.length; index += 1)
    hash = (Math.imul(hash, 31) + key.charCodeAt(index)) | 0;
  return Math.abs(hash) % portions;
}

const PAGE = 500;

async function* factsOf({ deps: { store }, workspaceId }: Run): AsyncGenerator<Fact[]> {
  for (let after = 0; ;) {
    const page = await store.allFacts(workspaceId, after, PAGE);
    if (page.length === 0) return;
    yield page.map(({ fact }) => fact);
    after = page.at(-1)?.id ?? after;
  }
}

async function* storedRows({ deps: { store }, workspaceId }: Run): AsyncGenerator<Row[]> {
  for (let after: RowName | null = null; ;) {
    const page: Row[] = await store.rowsAfter(workspaceId, after, PAGE);
    if (page.length === 0) return;
    yield page;
    after = page.at(-1) ?? null;
  }
}

async function folded(run: Run, isMine: (name: RowName) => boolean): Promise<Rows> {
  const rows: Rows = new Map();
  for await (const page of factsOf(run))
    for (const [key, row] of fold(rows, page.filter(isMine))) rows.set(key, row);
  return rows;
}

/** @returns how many rows are stored, and those that may differ: posts went on while facts and rows were read */
async function compare(
  run: Run,
  isMine: (name: RowName) => boolean,
): Promise<{ rows: number; suspects: RowName[] }> {
  const expected = await folded(run, isMine);
  const suspects: RowName[] = [];
  let rows = 0;
  for await (const page of storedRows(run)) {
    const mine = page.filter(isMine);
    rows += mine.length;
    const parents = await parentsOf(run, mine);
    for (const row of mine) {
      const wanted = lentOwner(expected.get(rowKey(row)), parents);
      if (!wanted || !isSame(row, wanted)) suspects.push(row);
      expected.delete(rowKey(row));
    }
  }
  return { rows, suspects: [...suspects, ...expected.values()] };
}

const isSame = (a: Row, b: Row): boolean => canonical(a) === canonical(b);

const isLender = ({ entity }: RowName): boolean => entity === 'payment' || entity === 'invoice';

/** What they lend has to be right before it is lent. */
const lendersFirst = (a: RowName, b: RowName): number => Number(isLender(b)) - Number(isLender(a));

/** The stored ones; whether these are right is seen at their own turn. */
async function parentsOf({ deps: { store }, workspaceId }: Run, rows: Row[]): Promise<Rows> {
  const ids = [...new Set(rows.flatMap(({ parent }) => parent ?? []))];
  if (ids.length === 0) return new Map();
  const found = await Promise.all(
    (['payment', 'invoice'] as const).map((entity) => store.findRows(workspaceId, entity, ids)),
  );
  return new Map(found.flat().map((row) => [rowKey(row), row]));
}

function lentOwner(row: Row | undefined, parents: Rows): Row | undefined {
  if (!row?.parent) return row;
  const [lent] = adopt(new Map([...parentsNamed(row, parents), [rowKey(row), row]]));
  return lent ?? row;
}

const parentsNamed = ({ account, parent }: Row, parents: Rows): [string, Row][] =>
  (['payment', 'invoice'] as const).flatMap((entity) => {
    const key = rowKey({ entity, account, id: parent ?? '' });
    const row = parents.get(key);
    return row ? [[key, row] as [string, Row]] : [];
  });

/** Rows that are looked at, and written, together. */
const TOGETHER = 50;
/** Of a row that is written again and again, the next rebuild may say more. */
const LOOKS = 5;

/** @returns keys of those that differ indeed; put right unless it is a check */
async function confirm(run: Run, suspects: RowName[]): Promise<string[]> {
  const different: string[] = [];
  let open = suspects;
  for (let look = 0; look < LOOKS && open.length > 0; look += 1) {
    const seen: Seen[] = [];
    for (let from = 0; from < open.length; from += TOGETHER)
      seen.push(await see(run, open.slice(from, from + TOGETHER)));
    const wanted = new Set(open.map(rowKey));
    const expected = await folded(run, (name) => wanted.has(rowKey(name)));
    open = [];
    for (const one of seen) {
      const settled = await settle(run, one, expected);
      if (settled) different.push(...settled);
      else open.push(...one.names);
    }
  }
  return different;
}

/** Rows as they are stored, with the versions they had then. */
type Seen = { names: RowName[]; stored: Rows; versions: Cluster['versions'] };

async function see({ deps: { store }, workspaceId }: Run, names: RowName[]): Promise<Seen> {
  const ids = [...new Set(names.map(({ id }) => id))];
  const { rows, versions } = await store.loadCluster(workspaceId, { owners: [], ids, records: [] }, 0);
  return {
    names,
    stored: new Map(rows.map((row) => [rowKey(row), row])),
    // Whatever changes a row raises the version of its id.
    versions: Object.fromEntries(ids.map((id) => [id, versions[id] ?? 0])),
  };
}

/** @returns the keys that differ; null where the rows changed meanwhile, so that nobody can say */
async function settle(run: Run, seen: Seen, expected: Rows): Promise<string[] | null> {
  const stale = [...seen.stored.values()].filter((row) =>
    seen.names.some((name) => rowKey(name) === rowKey(row)),
  );
  const wanted = seen.names.flatMap((name) => expected.get(rowKey(name)) ?? []);
  const parents = await parentsOf(run, wanted);
  const rows = wanted
    .map((row) => lentOwner(row, parents) ?? row)
    .filter((row) => !isSame(row, seen.stored.get(rowKey(row)) ?? NOBODY));
  const gone = stale.filter((row) => !expected.has(rowKey(row)));
  const keys = [...rows, ...gone].map(rowKey);
  if (keys.length === 0) return [];
  if (!run.isCheck) return (await put(run, seen, { rows, gone })) ? keys : null;
  const now = await see(run, seen.names);
  return canonical(now.versions) === canonical(seen.versions) ? keys : null;
}

const NOBODY = {} as Row;

/** @returns whether it was written */
async function put(
  run: Run,
  seen: Seen,
  { rows, gone }: Pick<Commit, 'rows'> & { gone: Row[] },
): Promise<boolean> {
  const { deps, workspaceId } = run;
  const before = [...rows, ...gone].flatMap((row) => seen.stored.get(rowKey(row)) ?? []);
  const touched = [...rows, ...before];
  const names = (read: (row: Row) => string | null): string[] => [
    ...new Set(touched.flatMap((row) => read(row) ?? [])),
  ];
  const records = names(({ record }) => record);
  const at = deps.clock.now().toISOString();
  const outcome = await deps.store.commit({
    workspaceId,
    facts: [],
    rows,
    gone,
    desired: [],
    personal: [],
    versions: seen.versions,
    scopes: [
      ...new Set([
        ...names(({ id }) => id),
        ...names(({ owner }) => owner),
        ...names(({ parent }) => parent),
        ...records,
      ]),
    ],
    finish: { events: [], work: [] },
    // The first is for a run that is cut off; the whole workspace is computed anew when this one has ended.
    work: [renewal(run, run.id, GRACE_MS), ...records.map((record) => total(run, record))],
    at,
  });
  return outcome.committed;
}

const GRACE_MS = 60_000;

const ANEW: Renewal = { again: null, installationId: null, anew: true };

const renewal = ({ deps, workspaceId }: Run, key: string, inMs: number): WorkItem => ({
  workspaceId,
  kind: 'renew',
  key,
  payload: ANEW,
  nextAt: new Date(deps.clock.now().getTime() + inMs).toISOString(),
});

/** Also of records that nothing points at any more. */
const total = ({ deps, workspaceId }: Run, record: string): WorkItem => ({
  workspaceId,
  kind: 'total',
  key: record,
  payload: { record },
  nextAt: deps.clock.now().toISOString(),
});
