// Single cases that properties meet too seldom: ranks of every pair of states, due days at midnight, odd statements.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { dayOf, endOfDay, isPastDue, nextMidnight } from '../../src/ledger/calendar.ts';
import type { EntityKind } from '../../src/ledger/entities.ts';
import { ledgerOf } from '../../src/ledger/ledger.ts';
import { movedFact } from '../../src/ledger/moves.ts';
import { compareFacts, FETCHED } from '../../src/ledger/rank.ts';
import { ACCOUNT, INSTALLATION, stated } from './life.ts';
import {
  balanceAfter,
  disordered,
  ledgerAfter,
  localDay,
  property,
  rowsAfter,
  seed,
  type Property,
} from './property.ts';

/** States of an entity from the weakest to the strongest; those in one list decide by the number of the read. */
const STRENGTH: Partial<Record<EntityKind, string[][]>> = {
  invoice: [['draft'], ['deleted'], ['open'], ['uncollectible'], ['void'], ['paid']],
  payment: [['requires_action', 'failed', 'processing'], ['canceled'], ['succeeded']],
  refund: [['pending'], ['requires_action'], ['succeeded'], ['canceled'], ['failed']],
  dispute: [['warning'], ['needs_response'], ['under_review'], ['prevented'], ['lost'], ['won']],
  allocation: [['open'], ['canceled'], ['paid']],
  creditNote: [['issued'], ['void']],
  payout: [['pending'], ['paid'], ['canceled'], ['failed']],
};

const saying = (entity: EntityKind, body: object, number = 0): ReturnType<typeof stated> =>
  stated({ entity, id: 'one', number, body } as never);

function winnerOf(...facts: ReturnType<typeof stated>[]): object {
  const [row] = [...rowsAfter(facts).values()];
  return Object.values(row!.aspects)[0]!.body;
}

/** Days on which clocks change, in zones on both sides of Greenwich, and one whose day begins at one o'clock. */
const DAYS: [string, string][] = [
  ['2026-03-29', 'Europe/Berlin'],
  ['2026-10-25', 'Europe/Berlin'],
  ['2026-03-08', 'America/New_York'],
  ['2026-11-01', 'America/New_York'],
  ['2026-04-05', 'Australia/Lord_Howe'],
  ['2026-04-24', 'Africa/Cairo'],
  ['2026-09-06', 'America/Santiago'],
  ['2026-06-30', 'Pacific/Kiritimati'],
  ['2026-12-31', 'Asia/Kolkata'],
  ['2026-02-28', 'UTC'],
];

export const EXAMPLES: Property[] = [
  property(
    'P9: of two states of an entity the stronger wins, whenever each was read',
    fc.constantFrom(...Object.entries(STRENGTH)),
    ([kind, ranks]) => {
      const entity = kind as EntityKind;
      ranks.forEach((weaker, index) => {
        for (const strong of ranks.slice(index + 1).flat()) {
          for (const weak of weaker) {
            const won = winnerOf(saying(entity, { status: strong }, 1), saying(entity, { status: weak }, 9));
            assert.equal((won as { status: string }).status, strong, `${strong} over ${weak}`);
          }
        }
        for (const one of weaker) {
          for (const other of weaker) {
            const won = winnerOf(saying(entity, { status: one }, 9), saying(entity, { status: other }, 1));
            assert.equal((won as { status: string }).status, one, `later ${one} over ${other}`);
          }
        }
      });
    },
  ),
  property(
    'P9: among invoices in one state, and payments, the one with more money on it wins; then the later read',
    fc.constantFrom('open', 'paid', 'uncollectible'),
    (status) => {
      for (const field of ['paidMinor', 'overpaidMinor']) {
        const less = saying('invoice', { status, [field]: 1 }, 9);
        assert.deepEqual(winnerOf(saying('invoice', { status, [field]: 2 }), less), { status, [field]: 2 });
        assert.deepEqual(winnerOf(less, saying('invoice', { status })), less.body);
      }
      for (const field of ['failedLateMinor', 'capturedMinor']) {
        const more = { status: 'succeeded', [field]: 2 };
        assert.deepEqual(
          winnerOf(saying('payment', { ...more, [field]: 1 }, 9), saying('payment', more)),
          more,
        );
        assert.deepEqual(
          winnerOf(saying('payment', { status: 'succeeded' }, 9), saying('payment', more)),
          more,
        );
      }
      const small = saying('allocation', { status: 'paid', amountMinor: 1 }, 9);
      const large = saying('allocation', { status: 'paid', amountMinor: 2 });
      assert.deepEqual(winnerOf(small, large), large.body);
      assert.deepEqual(winnerOf(saying('allocation', { status: 'paid' }, 9), small), small.body);
    },
  ),
  property('P9: what was paid outranks what was overpaid', fc.constant('open'), (status) => {
    const strong = saying('invoice', { status, paidMinor: 2, overpaidMinor: 0 });
    const weak = saying('invoice', { status, paidMinor: 1, overpaidMinor: 9 }, 9);
    assert.deepEqual(winnerOf(strong, weak), strong.body);
  }),
  property(
    'P9: what was credited has no rank: it goes down again when a credit note is voided, and the later read says so',
    fc.tuple(fc.constantFrom('open', 'uncollectible'), fc.nat(9), fc.nat(9), fc.nat(9)),
    ([status, creditedMinor, before, number]) => {
      const earlier = saying('invoice', { status, creditedMinor: before }, number);
      const later = saying('invoice', { status, creditedMinor }, number + 1);
      assert.deepEqual(winnerOf(later, earlier), later.body);
    },
  ),
  property(
    'a draft is ordered by its reads alone, whatever it says about money',
    fc.tuple(fc.nat(9), fc.nat(9)),
    ([paidMinor, number]) => {
      const later = saying('invoice', { status: 'draft', totalMinor: 2 }, number + 1);
      assert.deepEqual(
        winnerOf(later, saying('invoice', { status: 'draft', paidMinor }, number)),
        later.body,
      );
    },
  ),
  property(
    'a statement without a state counts as the weakest one',
    fc.constantFrom(...Object.entries(STRENGTH)),
    ([kind, ranks]) => {
      const entity = kind as EntityKind;
      const silent = saying(entity, {}, 1);
      for (const status of ranks[0]!) {
        assert.ok(compareFacts(silent, saying(entity, { status }, 0)) > 0);
        assert.ok(compareFacts(saying(entity, { status }, 2), silent) > 0);
      }
      for (const status of ranks.slice(1).flat()) {
        assert.ok(compareFacts(saying(entity, { status }), silent) > 0);
        assert.ok(compareFacts(silent, saying(entity, { status })) < 0);
      }
    },
  ),
  property(
    'two facts compare the same from both sides, and as equal only when they state the same',
    fc.tuple(fc.constantFrom(null, 'cus_1', 'cus_2'), fc.nat(1), fc.constantFrom('a', 'b')),
    ([owner, number, memo]) => {
      const base = stated({
        entity: 'invoice',
        id: 'one',
        owner: 'cus_1',
        body: { status: 'open', memo: 'a' },
      });
      const other = stated({ entity: 'invoice', id: 'one', owner, number, body: { status: 'open', memo } });
      const same = owner === 'cus_1' && number === 0 && memo === 'a';
      assert.equal(compareFacts(base, other) === 0, same);
      assert.equal(Math.sign(compareFacts(base, other)), 0 - Math.sign(compareFacts(other, base)));
      if (number > 0) assert.ok(compareFacts(other, base) > 0, 'a later read');
      else if (owner === null) assert.ok(compareFacts(base, other) > 0, 'one that names the payer');
    },
  ),
  property(
    'a charge that went through speaks over an intent read before; of two that did, the intent speaks last',
    fc.constantFrom('processing', 'requires_action', 'failed'),
    (status) => {
      const say = (aspect: string, body: object): ReturnType<typeof stated> =>
        stated({ entity: 'payment', id: 'one', aspect, body } as never);
      const charge = say('charge', { status: 'succeeded', capturedMinor: 5, currency: 'EUR', failure: 'x' });
      const before = ledgerAfter([charge, say('intent', { status, capturedMinor: 0 })]).payment[0]!.body;
      assert.deepEqual([before.status, before.capturedMinor], ['succeeded', 5]);
      const intent = say('intent', {
        status: 'succeeded',
        capturedMinor: 5,
        failure: null,
        methodId: undefined,
      });
      const both = ledgerAfter([
        say('zulu', { status: 'succeeded', capturedMinor: 5, failure: 'y' }),
        intent,
        charge,
      ]);
      assert.deepEqual([both.payment[0]!.body.failure, both.payment[0]!.body.methodId], [null, null]);
      const two = ledgerAfter([charge, say('zulu', { status: 'succeeded', capturedMinor: 5, failure: 'y' })]);
      assert.equal(two.payment[0]!.body.failure, 'x');
      const named = ['zeta', 'alpha'].map((name) => say(name, { status: 'succeeded', failure: name }));
      for (const order of [named, named.toReversed()])
        assert.equal(ledgerAfter(order).payment[0]!.body.failure, 'zeta');
      const late = say('late', { status: 'succeeded', capturedMinor: 5, failure: 'late' });
      for (const order of [
        [late, intent],
        [intent, late],
      ])
        assert.equal(ledgerAfter(order).payment[0]!.body.failure, 'late');
    },
  ),
  property(
    'a row is of the owner and the record that its first aspect with one names',
    fc.constantFrom('invoice', 'link', 'customer'),
    (entity) => {
      const record = (recordId: string) => ({ installationId: INSTALLATION, objectType: 'deals', recordId });
      const say = (aspect: string, owner: string | null, body: object): ReturnType<typeof stated> =>
        stated({ entity, id: 'one', aspect, owner, body } as never);
      const facts = [
        say('c', 'cus_c', { record: record('3') }),
        say('b', 'cus_b', { record: record('2') }),
        say('a', null, {}),
      ];
      for (const order of [facts, facts.toReversed()]) {
        const [row] = [...rowsAfter(order).values()];
        assert.equal(row!.owner, 'cus_b');
        assert.equal(row!.record, entity === 'customer' ? null : `${INSTALLATION}|deals|2`);
      }
    },
  ),
  property(
    'an invoice belongs to the record it was moved to last, whatever the gateway says of where it began, in any order',
    fc.tuple(fc.constantFrom('draft', 'open', 'paid'), fc.uniqueArray(fc.integer({ min: 1, max: 9 })), seed),
    ([status, moves, shuffle]) => {
      const deal = (recordId: string) => ({ installationId: INSTALLATION, objectType: 'deals', recordId });
      const gateway = [0, 5, 20].map((number) =>
        saying('invoice', { status, paidMinor: number, record: deal('made from') }, number),
      );
      const moved = moves.map((number) =>
        movedFact({ account: ACCOUNT, id: 'one' }, deal(`${number}`), number),
      );
      const rows = rowsAfter(disordered([...gateway, ...moved], shuffle));
      const last = moves.length > 0 ? `${Math.max(...moves)}` : 'made from';
      const [row] = [...rows.values()];
      assert.equal(row!.record, `${INSTALLATION}|deals|${last}`);
      const { record, paidMinor } = ledgerOf(rows.values()).invoice[0]!.body;
      assert.deepEqual([record, paidMinor], [deal(last), 20]);
    },
  ),
  property(
    'a statement that takes the owner back takes it from the row, whichever came first',
    fc.boolean(),
    (isReversed) => {
      const say = (number: number, owner: string | null): ReturnType<typeof stated> =>
        stated({ entity: 'method', id: 'one', owner, number, body: {} });
      const facts = [say(1, 'cus_1'), say(2, null)];
      const [row] = [...rowsAfter(isReversed ? facts.toReversed() : facts).values()];
      assert.equal(row!.owner, null);
    },
  ),
  property(
    'kinds that are only ever read are decided by the number of the read',
    fc.constantFrom(...FETCHED),
    (entity) => {
      assert.deepEqual([...FETCHED].sort(), ['customer', 'mandate', 'method', 'subscription']);
      const later = saying(entity, { currency: 'A' }, 2);
      assert.deepEqual(winnerOf(later, saying(entity, { currency: 'Z' }, 1)), later.body);
    },
  ),
  property(
    'a due day ends at local midnight exactly, also where clocks change',
    fc.tuple(fc.constantFrom(...DAYS), fc.integer({ min: 0, max: 86_000 })),
    ([[day, zone], second]) => {
      const last = endOfDay(day, zone);
      assert.equal(dayOf(last, zone), day);
      assert.equal(localDay(last, zone), day);
      assert.equal(last.getTime() % 1000, 0);
      const midnight = new Date(last.getTime() + 1000);
      assert.ok(localDay(midnight, zone) > day);
      const dueAt = new Date(last.getTime() - second * 1000);
      const due = (localDay(dueAt, zone) === day ? dueAt : last).toISOString();
      assert.equal(isPastDue(due, last, zone), false);
      assert.equal(isPastDue(due, new Date(midnight.getTime() - 1), zone), false);
      assert.equal(isPastDue(due, midnight, zone), true);
      assert.equal(isPastDue(null, midnight, zone), false);
      assert.equal(dayOf(due.replace('Z', '+00:00'), zone), localDay(new Date(due), zone));
    },
  ),
  property(
    'the next day begins with its first moment in the zone, also where clocks change',
    fc.tuple(fc.constantFrom(...DAYS), fc.integer({ min: 0, max: 86_000 })),
    ([[day, zone], second]) => {
      const at = new Date(endOfDay(day, zone).getTime() - second * 1000);
      const next = nextMidnight(at, zone);
      assert.equal(localDay(new Date(next.getTime() - 1), zone), localDay(at, zone));
      assert.ok(localDay(next, zone) > localDay(at, zone));
    },
  ),
  property(
    'an open invoice turns overdue with the first moment of the next local day, and a paid one never does',
    fc.tuple(fc.constantFrom(...DAYS), fc.constantFrom('open', 'paid', 'void', 'uncollectible', 'draft')),
    ([[day, zone], status]) => {
      const dueAt = endOfDay(day, zone);
      const body = { status, currency: 'EUR', totalMinor: 5, remainingMinor: 5, dueAt: dueAt.toISOString() };
      const facts = [stated({ entity: 'invoice', id: 'in_1', owner: 'cus_1', body } as never)];
      const overdueAt = (time: number): number =>
        balanceAfter(facts, new Date(time), zone).figures.filter(({ flags }) => flags.includes('overdue'))
          .length;
      assert.equal(overdueAt(dueAt.getTime() + 999), 0);
      assert.equal(overdueAt(dueAt.getTime() + 1000), status === 'open' ? 1 : 0);
    },
  ),
  property(
    'an invoice the gateway calls overpaid says so, and one that asks for nothing is not overdue',
    fc.integer({ min: 0, max: 3 }),
    (overpaidMinor) => {
      const body = {
        status: 'open',
        currency: 'EUR',
        overpaidMinor,
        remainingMinor: 0,
        dueAt: '2020-01-01T00:00:00Z',
      };
      const facts = [stated({ entity: 'invoice', id: 'in_1', body } as never)];
      const [figure] = balanceAfter(facts, new Date('2026-01-01T00:00:00Z')).figures;
      assert.deepEqual(figure!.flags, overpaidMinor > 0 ? ['overpaid'] : []);
    },
  ),
];
