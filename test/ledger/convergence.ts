// Properties of the fold: any order, any repetition, any interruption, the same rows.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { rowKey, type Fact, type Row } from '../../src/ledger/facts.ts';
import { adopt, fold } from '../../src/ledger/fold.ts';
import type { EntityKind } from '../../src/ledger/entities.ts';
import { desiredStates, digestOf } from '../../src/records/summary.ts';
import {
  asText,
  cut,
  disordered,
  ledgerAfter,
  life,
  posted,
  property,
  rowsAfter,
  seed,
  twoLives,
  type Property,
  type Rows,
} from './property.ts';
import { stated } from './life.ts';

const BERLIN = { asOf: new Date('2026-03-11T12:00:00Z'), zone: 'Europe/Berlin', counts: () => true };

const inPosts = (facts: Fact[], by: number): Rows =>
  cut(facts, by).reduce<Rows>((rows, post) => posted(rows, post), new Map());

const digests = (rows: Rows): string[] => desiredStates([...rows.values()], BERLIN).map(digestOf);

/** Children before what they hang on: every orphan there can be. */
const CHILDREN = new Set<EntityKind>(['refund', 'dispute', 'line', 'allocation', 'creditNote']);
const orphansFirst = (facts: readonly Fact[]): Fact[] => {
  const isChild = (fact: Fact): boolean => CHILDREN.has(fact.entity);
  return [...facts.filter(isChild), ...facts.filter((fact) => !isChild(fact))];
};

const statusIn = (row: Row): string => {
  const body: object = Object.values(row.aspects)[0]?.body ?? {};
  return 'status' in body ? String(body.status) : '';
};

const statusesOf = (rows: Rows, entity: EntityKind): Record<string, string> =>
  Object.fromEntries(
    [...rows.values()].filter((row) => row.entity === entity).map((row) => [row.id, statusIn(row)]),
  );

const STATUSES = {
  payment: ['requires_action', 'processing', 'succeeded', 'failed', 'canceled'],
  invoice: ['draft', 'deleted', 'open', 'paid', 'void', 'uncollectible'],
  refund: ['pending', 'requires_action', 'succeeded', 'failed', 'canceled'],
  dispute: ['warning', 'needs_response', 'under_review', 'won', 'lost', 'prevented'],
  allocation: ['open', 'paid', 'canceled'],
  creditNote: ['issued', 'void'],
  payout: ['pending', 'paid', 'failed', 'canceled'],
  customer: [undefined],
};

/** Facts that any gateway could state about one entity, without a story behind them. */
const looseFact: fc.Arbitrary<Fact> = fc
  .record({
    entity: fc.constantFrom(...(Object.keys(STATUSES) as (keyof typeof STATUSES)[])),
    id: fc.constantFrom('x1', 'x2'),
    account: fc.constantFrom('acct_a', 'acct_b'),
    aspect: fc.constantFrom('charge', 'intent', 'other'),
    owner: fc.constantFrom(null, 'cus_1', 'cus_2'),
    number: fc.integer({ min: 0, max: 3 }),
    amount: fc.integer({ min: 0, max: 2 }),
    status: fc.nat(10),
    parent: fc.constantFrom('x1', 'x2'),
  })
  .map(({ amount, status, parent, ...named }) =>
    stated({
      ...named,
      body: {
        amountMinor: amount,
        status: STATUSES[named.entity][status % STATUSES[named.entity].length],
        paymentId: parent,
        invoiceId: parent,
      },
    } as never),
  );

export const CONVERGENCE: Property[] = [
  property(
    'P1: any order, any repetition and any cut into posts gives the same rows, owners included',
    fc.tuple(twoLives, seed),
    ([[a, b], by]) => {
      const facts = [...a.facts, ...b.facts];
      assert.equal(asText(inPosts(disordered(facts, by), by)), asText(rowsAfter(facts)));
    },
  ),
  property(
    'P1: orphans whose parent comes later end with the same rows',
    fc.tuple(life, seed),
    ([{ facts }, by]) => {
      assert.equal(asText(inPosts(orphansFirst(facts), by)), asText(rowsAfter(facts)));
    },
  ),
  property(
    'P1: facts without a story converge as well, also where two accounts use the same ids',
    fc.tuple(fc.array(looseFact, { maxLength: 12 }), seed),
    ([facts, by]) => {
      const rows = inPosts(disordered(facts, by), by);
      assert.equal(asText(rows), asText(rowsAfter(facts)));
      assert.deepEqual(ledgerAfter(disordered(facts, by)), ledgerAfter(facts));
    },
  ),
  property(
    'P1: everything that hangs on a payment or invoice has its owner',
    life,
    ({ facts, customerId }) => {
      const owners = new Set([...rowsAfter(orphansFirst(facts)).values()].map((row) => row.owner));
      assert.deepEqual([...owners], facts.length > 0 ? [customerId] : []);
    },
  ),
  property(
    'P1: an owner is lent only by the row an entity hangs on, of the same account and kind',
    fc.constantFrom('refund', 'dispute', 'line', 'allocation', 'creditNote'),
    (entity) => {
      const body = { paymentId: 'same', invoiceId: 'same' };
      const child = stated({ entity, id: 'child', body } as never);
      const parent = entity === 'refund' || entity === 'dispute' ? 'payment' : 'invoice';
      const wrong = parent === 'payment' ? 'invoice' : 'payment';
      const of = (kind: string, more: object = {}): Fact =>
        stated({ entity: kind, id: 'same', owner: 'cus_1', body: {}, ...more } as never);
      const ownerIn = (facts: Fact[]): string | null | undefined =>
        [...rowsAfter([child, ...facts]).values()].find((row) => row.id === 'child')?.owner;
      assert.equal(ownerIn([of(wrong)]), null);
      assert.equal(ownerIn([of(parent, { account: 'acct_other' })]), null);
      assert.equal(ownerIn([of(parent)]), 'cus_1');
      assert.equal(
        ownerIn([of(parent), stated({ entity, id: 'child', owner: 'cus_2', body } as never)]),
        'cus_2',
      );
    },
  ),
  property('P2: posting again what is known changes no row', fc.tuple(life, seed), ([{ facts }, by]) => {
    const rows = rowsAfter(facts);
    assert.equal(fold(rows, disordered(facts, by)).size, 0);
    assert.deepEqual(adopt(rows), []);
  }),
  property(
    'P2: a restart after any part, which then posts everything again, ends with the same rows',
    fc.tuple(life, seed, fc.double({ min: 0, max: 1, noNaN: true })),
    ([{ facts }, by, part]) => {
      const shuffled = disordered(facts, by);
      const before = rowsAfter(shuffled.slice(0, Math.floor(shuffled.length * part)));
      assert.equal(asText(posted(before, facts)), asText(rowsAfter(facts)));
    },
  ),
  property(
    'P2: the fold leaves the rows it was given as they were',
    fc.tuple(life, seed),
    ([{ facts }, by]) => {
      const rows = rowsAfter(facts.slice(0, Math.floor(facts.length / 2)));
      const before = asText(rows);
      posted(rows, disordered(facts, by));
      assert.equal(asText(rows), before);
    },
  ),
  property(
    'P9: what is final stays final, whatever arrives afterwards',
    fc.tuple(life, seed),
    ([{ facts }, by]) => {
      const final: Record<string, string[]> = {
        refund: ['failed'],
        dispute: ['won'],
        allocation: ['paid'],
        invoice: ['paid'],
        creditNote: ['void'],
      };
      let rows: Rows = new Map();
      for (const fact of disordered(facts, by)) {
        const after = posted(rows, [fact]);
        for (const [entity, states] of Object.entries(final)) {
          const now = statusesOf(after, entity as EntityKind);
          for (const [id, status] of Object.entries(statusesOf(rows, entity as EntityKind))) {
            if (states.includes(status)) assert.equal(now[id], status, `${entity} ${id}`);
          }
        }
        rows = after;
      }
    },
  ),
  property(
    'P9: a succeeded payment never returns to processing, whichever of its objects says so first',
    fc.tuple(life, seed),
    ([{ facts }, by]) => {
      const seen = new Set<string>();
      const soFar: Fact[] = [];
      for (const fact of disordered(facts, by)) {
        soFar.push(fact);
        if (fact.entity !== 'payment') continue;
        for (const { id, body } of ledgerAfter(soFar).payment) {
          if (body.status === 'succeeded') seen.add(id);
          else assert.ok(!seen.has(id), `${id} went back to ${body.status}`);
        }
      }
    },
  ),
  property(
    'P14: any order gives the same digests of what records should say',
    fc.tuple(twoLives, seed),
    ([[a, b], by]) => {
      const facts = [...a.facts, ...b.facts];
      assert.deepEqual(digests(inPosts(disordered(facts, by), by)), digests(rowsAfter(facts)));
    },
  ),
  property('P20: rows are the same after a trip through JSON', life, ({ facts }) => {
    const rows = rowsAfter(facts);
    const kept = JSON.parse(JSON.stringify([...rows.values()])) as Row[];
    assert.equal(asText(new Map(kept.map((row) => [rowKey(row), row]))), asText(rows));
  }),
];
