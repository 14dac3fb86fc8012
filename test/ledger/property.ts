// What properties of the ledger share: a property with its name, ways to disorder facts, and rows as they would be kept.
import * as fc from 'fast-check';
import { balanceOf, type Balance } from '../../src/ledger/balance.ts';
import { rowKey, type Fact, type Row } from '../../src/ledger/facts.ts';
import { adopt, fold } from '../../src/ledger/fold.ts';
import type { InvoiceFigures } from '../../src/ledger/invoice-figures.ts';
import { ledgerOf, type Ledger } from '../../src/ledger/ledger.ts';
import { canonical } from '../../src/canonical-json.ts';
import { live, type Life } from './life.ts';
import { payerPlan } from './plans.ts';

/** Throws when the property does not hold. @param runs how many examples to try */
export type Property = { name: string; holds: (runs: number) => void };

export const property = <T>(
  name: string,
  examples: fc.Arbitrary<T>,
  check: (example: T) => void,
): Property => ({
  name,
  holds: (numRuns) => fc.assert(fc.property(examples, check), { numRuns }),
});

/** One payer's life. */
export const life: fc.Arbitrary<Life> = payerPlan.map((plan) => live(plan, 'a'));

/** Two payers of one account who know nothing of each other. */
export const twoLives = fc.tuple(payerPlan, payerPlan).map(([a, b]) => [live(a, 'a'), live(b, 'b')] as const);

export type Rows = ReadonlyMap<string, Row>;

/** Facts after one post: what a store would hold. */
export function posted(rows: Rows, facts: readonly Fact[]): Rows {
  const after = new Map([...rows, ...fold(rows, facts)]);
  for (const row of adopt(after)) after.set(rowKey(row), row);
  return after;
}

export const rowsAfter = (facts: readonly Fact[]): Rows => posted(new Map(), facts);
export const ledgerAfter = (facts: readonly Fact[]): Ledger => ledgerOf(rowsAfter(facts).values());

/** Rows as text, whatever order they came in. */
export const asText = (rows: Rows): string =>
  canonical([...rows.values()].sort((a, b) => (rowKey(a) < rowKey(b) ? -1 : 1)));

/** Numbers between 0 and 1 that follow from a seed alone. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The same facts in another order, some of them more than once. */
export function disordered(facts: readonly Fact[], seed: number): Fact[] {
  const roll = dice(seed);
  const repeated = facts.filter(() => roll() < 0.3);
  return [...facts, ...repeated]
    .map((fact) => ({ fact, place: roll() }))
    .sort((a, b) => a.place - b.place)
    .map(({ fact }) => structuredClone(fact));
}

/** Facts cut into posts of arbitrary sizes. */
export function cut(facts: readonly Fact[], seed: number): Fact[][] {
  const roll = dice(seed);
  const posts: Fact[][] = [[]];
  for (const fact of facts) {
    if (roll() < 0.4) posts.push([]);
    posts.at(-1)?.push(fact);
  }
  return posts;
}

export const seed = fc.integer({ min: 1, max: 2 ** 31 });

export const ZONES = ['UTC', 'Europe/Berlin', 'America/Los_Angeles', 'Pacific/Kiritimati', 'Asia/Kolkata'];
export const zone = fc.constantFrom(...ZONES);

/** Moments around the sample day, near its due days and between them. */
export const moment = fc
  .integer({ min: -5 * 24 * 60, max: 5 * 24 * 60 })
  .map((minutes) => new Date(Date.UTC(2026, 2, 10, 12) + minutes * 60_000));

export const balanceAfter = (facts: readonly Fact[], asOf = new Date(0), inZone = 'UTC'): Balance =>
  balanceOf(ledgerAfter(facts), asOf, inZone);

export function figureOf(figures: readonly InvoiceFigures[], id: string): InvoiceFigures {
  const found = figures.find((figure) => figure.id === id);
  if (!found) throw new Error(`no figures of ${id}`);
  return found;
}

/** Sums by currency without the product's own arithmetic; sums of zero are left out. */
export function sums(list: readonly { amountMinor: number; currency: string }[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { amountMinor, currency } of list) found[currency] = (found[currency] ?? 0) + amountMinor;
  return Object.fromEntries(Object.entries(found).filter(([, sum]) => sum !== 0));
}

/** The calendar day of a moment in a zone, as the platform's own calendar says. */
export const localDay = (at: Date, inZone: string): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: inZone, dateStyle: 'short' }).format(at);
