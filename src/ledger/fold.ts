// The fold: facts join into rows; any order, any duplication, the same result.
import type { EntityBody, EntityKind } from './entities.ts';
import { recordKey, rowKey, type Fact, type Row } from './facts.ts';
import { MOVED } from './moves.ts';
import { compareFacts, compareStrength, compareText } from './rank.ts';

/**
 * Joins facts into the rows they touch.
 * @param rows what is known so far, by `rowKey`; not changed
 * @returns only the rows that are new or differ, by `rowKey`
 */
export function fold(rows: ReadonlyMap<string, Row>, facts: readonly Fact[]): Map<string, Row> {
  const changed = new Map<string, Row>();
  for (const fact of facts) {
    const key = rowKey(fact);
    const before = changed.get(key) ?? rows.get(key);
    const after = join(before, fact);
    if (after !== before) changed.set(key, after);
  }
  return changed;
}

function join(row: Row | undefined, fact: Fact): Row {
  const known = row?.aspects[fact.aspect];
  if (row && known && compareFacts(fact, known) <= 0) return row;
  const aspects = { ...row?.aspects, [fact.aspect]: fact };
  const base = { entity: fact.entity, account: fact.account, id: fact.id };
  return {
    ...base,
    // An owner that was lent is lent again by `adopt`.
    owner: firstOf(aspects, (stated) => stated.owner),
    parent: firstOf(aspects, parentOfFact),
    record: firstOf(aspects, recordOfFact),
    aspects,
  };
}

/** What the first aspect that says something says: that of a move, then in the order of aspect names, not of arrival. */
function firstOf(aspects: Record<string, Fact>, read: (fact: Fact) => string | null): string | null {
  for (const name of [MOVED, ...Object.keys(aspects).sort()]) {
    const fact = aspects[name];
    const said = fact && read(fact);
    if (said) return said;
  }
  return null;
}

const recordOfFact = (fact: Fact): string | null =>
  (fact.entity === 'invoice' || fact.entity === 'link') && fact.body.record
    ? recordKey(fact.body.record)
    : null;

/** What the entities of a kind hang on; nothing hangs on something that hangs itself. */
const PARENT_KIND: Partial<Record<EntityKind, 'payment' | 'invoice'>> = {
  refund: 'payment',
  dispute: 'payment',
  balanceTransaction: 'payment',
  line: 'invoice',
  allocation: 'invoice',
  creditNote: 'invoice',
};

/** Id of the payment or invoice an entity hangs on, or null. */
export function parentOfFact(fact: Fact): string | null {
  const kind = PARENT_KIND[fact.entity];
  const body: { paymentId?: string; invoiceId?: string | null } = fact.body as object;
  return (kind === 'payment' ? body.paymentId : kind === 'invoice' ? body.invoiceId : null) ?? null;
}

/** Rows that name no owner take that of the row they hang on, once it is known. @returns only the rows that changed */
export function adopt(rows: ReadonlyMap<string, Row>): Row[] {
  return [...rows.values()].flatMap((row) => {
    const entity = PARENT_KIND[row.entity];
    const parent =
      entity && row.parent ? rows.get(rowKey({ entity, account: row.account, id: row.parent })) : undefined;
    if (!parent || firstOf(row.aspects, (fact) => fact.owner) !== null || parent.owner === row.owner)
      return [];
    return [{ ...row, owner: parent.owner }];
  });
}

/** An entity as the rest of the house reads it. */
export type Entry<K extends EntityKind> = {
  id: string;
  account: string;
  owner: string | null;
  body: EntityBody[K];
};

/** Among aspects that state equally much, later ones in this list win; one that is not listed comes first. */
const ASPECT_ORDER = ['charge', 'intent', 'late'];

/** The aspects of a row merged into one body over the defaults of its kind. */
export function assemble<K extends EntityKind>(row: Row, defaults: EntityBody[K]): Entry<K> {
  const { id, account, owner, aspects } = row;
  const body = { ...defaults };
  for (const fact of inOrder(Object.values(aspects))) say(body, fact.body);
  Object.assign(body, aspects[MOVED]?.body);
  return { id, account, owner, body };
}

/** The weakest first: most rows have one aspect, and every row that is read comes by here. */
const inOrder = (facts: Fact[]): Fact[] =>
  facts.length < 2
    ? facts
    : facts.sort(
        (a, b) =>
          // A charge that went through is not undone by an intent that was read before.
          compareStrength(a, b) ||
          ASPECT_ORDER.indexOf(a.aspect) - ASPECT_ORDER.indexOf(b.aspect) ||
          compareText(a.aspect, b.aspect),
      );

/** What a fact leaves undefined says nothing. */
function say(body: Record<string, unknown>, said: Readonly<Record<string, unknown>>): void {
  for (const name of Object.keys(said)) {
    const value = said[name];
    if (value !== undefined) body[name] = value;
  }
}
