// States of mirrored records, computed change by change, against those computed from everything at once.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fact, Row } from '../../src/ledger/facts.ts';
import { adopt, fold } from '../../src/ledger/fold.ts';
import { rowKey } from '../../src/ledger/facts.ts';
import { desiredKey, type DesiredState } from '../../src/records/desired-state.ts';
import { mirrorStates, type MirrorContext } from '../../src/records/mirror.ts';
import { digestOf } from '../../src/records/summary.ts';
import { fact, invoiceFact, linkFact, LIVE, ONE, TWO } from './world.ts';

const context: MirrorContext = {
  asOf: new Date('2026-03-01T12:00:00.000Z'),
  zone: 'Europe/Berlin',
  counts: (account, installationId) => account === LIVE && installationId !== `inst_${TWO}`,
  mirrors: [
    { installationId: `inst_${ONE}`, payments: true },
    { installationId: `inst_${TWO}`, payments: true },
  ],
};

const OWNER = 'cus_1';
const pick = (name: string) => fc.constantFrom(`${name}_1`, `${name}_2`);
const number = fc.nat(4);
const amountMinor = fc.constantFrom(500, 1_000);
const base = { currency: 'EUR' };

/** How a link can stand: it holds, it ended, a person took it back. */
const STANDS = [{ active: true }, { active: false }, { active: false, released: true }];

/** Where an invoice can have been made from; one of them is linked to its payer now and then. */
const MADE_FROM = [null, { installationId: `inst_${ONE}`, objectType: 'contacts', recordId: '9_1' }];

const facts = fc.oneof(
  fc
    .record({
      id: pick('in'),
      status: fc.constantFrom('draft', 'open', 'paid', 'void'),
      number,
      replaces: fc.boolean(),
      record: fc.constantFrom(...MADE_FROM),
    })
    .map(({ id, status, number: at, replaces, record }) =>
      invoiceFact(
        id,
        OWNER,
        1_000,
        { status, record, replacesId: replaces && id === 'in_2' ? 'in_1' : null },
        { number: at },
      ),
    ),
  fc
    .record({
      id: pick('pi'),
      status: fc.constantFrom('processing', 'succeeded', 'failed', 'canceled'),
      number,
    })
    .map(({ id, status, number: at }) =>
      fact(
        'payment',
        id,
        OWNER,
        { ...base, status, amountMinor: 1_000, capturedMinor: 1_000 },
        { number: at },
      ),
    ),
  fc
    .record({
      invoiceId: pick('in'),
      paymentId: pick('pi'),
      amountMinor,
      status: fc.constantFrom('open', 'paid'),
    })
    .map((body) => fact('allocation', `al ${body.invoiceId} ${body.paymentId}`, OWNER, { ...base, ...body })),
  fc
    .record({ paymentId: pick('pi'), amountMinor, status: fc.constantFrom('pending', 'succeeded', 'failed') })
    .map((body) => fact('refund', `re ${body.paymentId}`, OWNER, { ...base, ...body })),
  fc
    .record({ paymentId: pick('pi'), amountMinor, status: fc.constantFrom('needs_response', 'lost', 'won') })
    .map((body) => fact('dispute', `dp ${body.paymentId}`, OWNER, { ...base, ...body })),
  fc
    .record({ invoiceId: pick('in'), quantity: fc.constantFrom('1', '3', '2.5') })
    .map((body) => fact('line', `il ${body.invoiceId}`, OWNER, { ...base, ...body, amountMinor: 1_000 })),
  fc
    .record({ id: pick('9'), stands: fc.constantFrom(...STANDS), number, portal: fc.constantFrom(ONE, TWO) })
    .map(({ id, stands, portal, number: at }) =>
      linkFact(OWNER, { portal, objectType: 'contacts', id }, { ...stands, number: at }),
    ),
);

const digests = (states: DesiredState[]): Map<string, string> =>
  new Map(states.map((state) => [desiredKey(state), digestOf(state)]));

/** Posts one by one and keeps the last state of each key, as the outbox does. */
function oneByOne(list: Fact[]): { rows: Row[]; said: Map<string, string> } {
  const rows = new Map<string, Row>();
  const said = new Map<string, string>();
  for (const one of list) {
    const changed = fold(rows, [one]);
    for (const [key, row] of changed) rows.set(key, row);
    for (const row of adopt(rows)) {
      changed.set(rowKey(row), row);
      rows.set(rowKey(row), row);
    }
    const states = mirrorStates([...changed.values()], [...rows.values()], context);
    for (const [key, digest] of digests(states)) said.set(key, digest);
  }
  return { rows: [...rows.values()], said };
}

describe('states of mirrored records', () => {
  it('are the same change by change as from everything at once: no change is missed', () => {
    fc.assert(
      fc.property(fc.array(facts, { maxLength: 25 }), (list) => {
        const { rows, said } = oneByOne(list);
        const whole = digests(mirrorStates(rows, rows, context));
        for (const [key, digest] of whole) expect([key, said.get(key)]).toEqual([key, digest]);
      }),
      { numRuns: 400 },
    );
  });

  it('are never of an account that does not count, nor twice under one key', () => {
    fc.assert(
      fc.property(fc.array(facts, { maxLength: 15 }), (list) => {
        const { rows } = oneByOne(list);
        const states = mirrorStates(rows, rows, context);
        expect(states.filter((state) => JSON.stringify(state).includes(`inst_${TWO}`))).toEqual([]);
        expect(digests(states).size).toBe(states.length);
      }),
      { numRuns: 100 },
    );
  });

  it('of an invoice whose money came back change when another one replaces it', () => {
    const body = { ...base, amountMinor: 1_000 };
    const lost = [
      invoiceFact('in_1', OWNER, 1_000, { status: 'paid', remainingMinor: 0 }),
      fact('payment', 'pi_1', OWNER, { ...body, status: 'succeeded', capturedMinor: 1_000 }),
      fact('allocation', 'al_1', OWNER, { ...body, invoiceId: 'in_1', paymentId: 'pi_1', status: 'paid' }),
      fact('dispute', 'dp_1', OWNER, { ...body, paymentId: 'pi_1', status: 'lost' }),
    ];
    const key = [`inst_${ONE}`, 'invoice', LIVE, 'in_1'].join('|');
    const before = oneByOne(lost).said.get(key);
    const replacing = invoiceFact('in_2', OWNER, 1_000, { replacesId: 'in_1' });
    const after = oneByOne([...lost, replacing]).said.get(key);
    expect(before).toBeDefined();
    expect(after).not.toBe(before);
  });
});
