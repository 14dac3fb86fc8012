// Keeps erased persons erased: what is posted about them loses what it says of them before anything is stored.
import {
  ERASED_NUMBER,
  ERASED_PERSON,
  erasedAmong,
  impersonal,
  impersonalRow,
  isErasure,
  ownersOf,
  payerName,
} from '../ledger/erasure.ts';
import type { Fact, Row } from '../ledger/facts.ts';
import type { PersonRow, WorkItem } from '../store/store.ts';

export type Forgotten = {
  /** The facts as they may be stored, and the persons that come with them. */
  facts: Fact[];
  personal: PersonRow[];
  /** Rows, of those that are known now, that still say something of an erased person: as they should be. */
  rows(after: Iterable<Row>): Row[];
  /** Bodies of events that brought this are looked through once more. */
  work: WorkItem[];
};

/** How far back the bodies lie that a late reading came from: a gateway tells for three days what was not taken at once. */
const BACK_MS = 4 * 86_400_000;

export function forgotten(
  workspaceId: string,
  facts: readonly Fact[],
  known: ReadonlyMap<string, Row>,
  now: Date,
): Forgotten {
  const erased = erasedAmong(known.values(), facts);
  if (erased.size === 0) return { facts: [...facts], personal: [], rows: () => [], work: [] };
  const ownerOf = ownersOf(facts, known);
  const isTheirs = (fact: Fact): boolean => {
    const owner = ownerOf(fact);
    return owner !== null && erased.has(payerName({ account: fact.account, customerId: owner }));
  };
  const told = facts.filter((fact) => fact.source === 'gateway' && isTheirs(fact));
  return {
    facts: facts.map((fact) => (isTheirs(fact) ? impersonal(fact) : fact)),
    personal: facts.filter(isErasure).map(({ account, id }) => ({
      account,
      customerId: id,
      number: ERASED_NUMBER,
      personal: ERASED_PERSON,
    })),
    rows: (after) =>
      [...after].flatMap((row) => {
        const isOf =
          row.owner !== null && erased.has(payerName({ account: row.account, customerId: row.owner }));
        const clean = isOf ? impersonalRow(row) : row;
        return clean === row ? [] : [clean];
      }),
    work: followUps(
      workspaceId,
      { facts: told, ownerOf, erasedBefore: erasedAmong(known.values(), []) },
      now,
    ),
  };
}

type Told = {
  facts: readonly Fact[];
  ownerOf: (fact: Fact) => string | null;
  erasedBefore: ReadonlySet<string>;
};

/**
 * However often somebody who was erased is told of, their bodies are looked for once after it. Of whom is known only now, by
 * their address, more may have been kept before.
 */
function followUps(workspaceId: string, { facts, ownerOf, erasedBefore }: Told, now: Date): WorkItem[] {
  const customers = new Map(
    facts.map((fact) => {
      const customer = { account: fact.account, customerId: ownerOf(fact) ?? fact.id };
      return [payerName(customer), customer] as const;
    }),
  );
  const since = new Date(now.getTime() - BACK_MS).toISOString();
  return [...customers].map(([name, customer]) => {
    const customersOf = { customers: [customer] };
    return {
      workspaceId,
      kind: 'erase',
      ...(erasedBefore.has(name)
        ? { key: `late|${name}`, payload: { stage: 'bodies', isLate: true, since, ...customersOf } }
        : { key: `known|${name}`, payload: { stage: 'facts', ...customersOf } }),
      nextAt: now.toISOString(),
    };
  });
}
