// What facts say that the ledger does not say yet: reading again what is known leaves nothing behind.
import { canonical } from '../canonical-json.ts';
import type { EntityKind, Personal } from '../ledger/entities.ts';
import { erasedAmong, impersonal, ownersOf, payerName } from '../ledger/erasure.ts';
import { rowKey, type Fact, type Row } from '../ledger/facts.ts';
import { fold } from '../ledger/fold.ts';
import { ledgerOf } from '../ledger/ledger.ts';
import { readWith } from '../ledger/read-with.ts';
import type { Store } from '../store/store.ts';

export type News = {
  facts: Fact[];
  /**
   * Objects of the gateway that the ledger did not have, and those of which it said something else. Movements of the balance
   * are not among them: nobody tells of these.
   */
  missing: number;
  different: number;
};

export type NewsIn = (workspaceId: string, facts: readonly Fact[]) => Promise<News>;

type Reader = Pick<Store, 'findRows' | 'loadPersonal'>;

export const createNewsIn =
  (store: Reader): NewsIn =>
  (workspaceId, facts) =>
    newsOf(store, workspaceId, facts);

async function newsOf(store: Reader, workspaceId: string, facts: readonly Fact[]): Promise<News> {
  const [before, people] = await Promise.all([
    rowsOf(store, workspaceId, facts),
    peopleOf(store, workspaceId, facts),
  ]);
  const rows = new Map(before);
  const news = withoutErased(facts, before).filter((fact) => {
    const key = rowKey(fact);
    const row = rows.get(key);
    const next = fold(rows, [fact]).get(key);
    const isNew = next !== undefined && !(row && saysTheSame(row, next));
    if (isNew) rows.set(key, next);
    return isNew || isOtherPerson(fact, people);
  });
  const lost = news.filter(({ entity }) => entity !== 'balanceTransaction');
  const objects = new Set(lost.map((fact) => rowKey({ ...readWith(fact), account: fact.account })));
  const missing = [...objects].filter((key) => !before.has(key)).length;
  return { facts: news, missing, different: objects.size - missing };
}

async function rowsOf(store: Reader, workspaceId: string, facts: readonly Fact[]): Promise<Map<string, Row>> {
  const wanted = new Map<EntityKind, Set<string>>();
  const want = (entity: EntityKind, id: string): void =>
    void wanted.set(entity, (wanted.get(entity) ?? new Set()).add(id));
  for (const fact of facts) {
    const { entity, id } = readWith(fact);
    want(fact.entity, fact.id);
    want(entity, id);
    if (fact.owner) want('customer', fact.owner);
  }
  const found = await Promise.all(
    [...wanted].map(([entity, ids]) => store.findRows(workspaceId, entity, [...ids])),
  );
  return new Map(found.flat().map((row) => [rowKey(row), row]));
}

/** What is not taken in again is no news either. */
function withoutErased(facts: readonly Fact[], rows: ReadonlyMap<string, Row>): Fact[] {
  const erased = erasedAmong(rows.values(), []);
  const ownerOf = ownersOf(facts, rows);
  return facts.map((fact) =>
    erased.has(payerName({ account: fact.account, customerId: ownerOf(fact) ?? '' }))
      ? impersonal(fact)
      : fact,
  );
}

type People = Record<string, Personal>;

async function peopleOf(store: Reader, workspaceId: string, facts: readonly Fact[]): Promise<People> {
  const ids = facts.flatMap(({ id, personal }) => (personal ? [id] : []));
  return ids.length > 0 ? store.loadPersonal(workspaceId, ids) : {};
}

const isOtherPerson = ({ id, personal }: Fact, people: People): boolean =>
  personal !== undefined && !people[id]?.erased && canonical(personal) !== canonical(people[id] ?? null);

/** When something was read says nothing; an owner that was lent is kept. */
function saysTheSame(before: Row, after: Row): boolean {
  const said = (row: Row): string =>
    canonical({ owner: row.owner ?? before.owner, body: ledgerOf([row])[row.entity][0]?.body ?? null });
  return said(before) === said(after);
}
