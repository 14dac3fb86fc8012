// Erased persons: what the ledger keeps of them, and what it takes out of everything that is said about them.
import type { Personal } from './entities.ts';
import { rowKey, type Fact, type Row } from './facts.ts';
import { parentOfFact } from './fold.ts';

/** What stands where a person stood. */
export const ERASED_PERSON: Personal = { name: 'Erased person', email: null, phone: null, erased: true };

/** Higher than that of any reading, so that none brings the person back. */
export const ERASED_NUMBER = Number.MAX_SAFE_INTEGER;

/** What a line says that was about them. */
export const ERASED_LINE = 'Item';

export type Payer = { account: string; customerId: string };

export const payerName = ({ account, customerId }: Payer): string => `${account}|${customerId}`;

/** Says that the person behind a payer was erased. It lives as long as the ledger: rebuilding one keeps it. */
export const erasureFact = ({ account, customerId }: Payer, source: 'payside' | 'crm'): Fact => ({
  entity: 'customer',
  account,
  id: customerId,
  aspect: 'erasure',
  owner: customerId,
  source,
  number: 0,
  body: { erased: true },
});

export const isErasure = (fact: Fact): boolean => fact.entity === 'customer' && fact.body.erased === true;

/** Names of the payers among rows and facts who were erased. */
export function erasedAmong(rows: Iterable<Row>, facts: readonly Fact[]): Set<string> {
  const said = [
    ...facts,
    ...[...rows].flatMap(({ entity, aspects }) => (entity === 'customer' ? Object.values(aspects) : [])),
  ];
  return new Set(said.filter(isErasure).map(({ account, id }) => payerName({ account, customerId: id })));
}

/** Whose a fact is; what names nobody belongs to whom the thing it hangs on belongs to. */
export function ownersOf(
  facts: readonly Fact[],
  rows: ReadonlyMap<string, Row>,
): (fact: Fact) => string | null {
  const stated = new Map(facts.map((fact) => [rowKey(fact), fact.owner]));
  const ownerAt = (key: string): string | null => stated.get(key) ?? rows.get(key)?.owner ?? null;
  return (fact) => {
    const parent = parentOfFact(fact);
    return (
      fact.owner ??
      ownerAt(rowKey(fact)) ??
      (parent === null ? null : ownerAt(rowKey({ entity: 'invoice', account: fact.account, id: parent })))
    );
  };
}

type Bodies = Readonly<Record<string, unknown>>;

/** What kinds of things say of a person, and what stands there without. */
const SAID: Partial<Record<Fact['entity'], Bodies>> = {
  // The contact's id, by which they would be found again.
  customer: { externalId: null },
  invoice: { memo: null },
  line: { description: ERASED_LINE },
};

/** A fact without what it says of a person: amounts, states and ids stay. The same one where it says nothing of the kind. */
export function impersonal(fact: Fact): Fact {
  const { personal, ...rest } = fact;
  const plain = (personal ? rest : fact) as Fact;
  const body: Bodies = plain.body;
  const said = Object.entries(SAID[fact.entity] ?? {}).filter(
    ([name, without]) => (body[name] ?? without) !== without,
  );
  return said.length === 0 ? plain : ({ ...plain, body: { ...body, ...Object.fromEntries(said) } } as Fact);
}

/** The same of a row. */
export function impersonalRow(row: Row): Row {
  const entries = Object.entries(row.aspects).map(([name, fact]) => [name, impersonal(fact)] as const);
  return entries.every(([name, fact]) => row.aspects[name] === fact)
    ? row
    : { ...row, aspects: Object.fromEntries(entries) };
}
