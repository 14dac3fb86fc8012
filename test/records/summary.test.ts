// What contacts and deals should say, and how an installation is told: by property over life cycles, and by example.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Row } from '../../src/ledger/facts.ts';
import type { SummaryState, SummaryValues } from '../../src/records/desired-state.ts';
import { render, type RenderFor } from '../../src/records/render.ts';
import { desiredStates, digestOf, recordsOf } from '../../src/records/summary.ts';
import { INSTALLATION, owedOf, partsOn, type Life } from '../ledger/life.ts';
import { disordered, life, rowsAfter, seed, sums } from '../ledger/property.ts';

const context = { asOf: new Date('2026-03-11T12:00:00Z'), zone: 'Europe/Berlin', counts: () => true };
const target: RenderFor = {
  currency: 'EUR',
  schemaVersion: 1,
  linkTo: ({ id }) => `https://pay.example.com/${id}`,
};

const statesOf = (facts: Life['facts']): SummaryState[] =>
  desiredStates([...rowsAfter(facts).values()], context);

/** The CRM as fields by record; writing is setting them. @returns how many records it had to write */
function write(crm: Map<string, string>, digests: Map<string, string>, states: SummaryState[]): number {
  const changed = states.filter((state) => digests.get(state.record.recordId) !== digestOf(state));
  for (const state of changed) {
    digests.set(state.record.recordId, digestOf(state));
    crm.set(state.record.recordId, JSON.stringify(render(state, target)));
  }
  return changed.length;
}

describe('desired states', () => {
  it('P14: written twice are written once, also from facts in another order', () => {
    fc.assert(
      fc.property(life, seed, ({ facts }, by) => {
        const [crm, digests] = [new Map<string, string>(), new Map<string, string>()];
        const written = write(crm, digests, statesOf(facts));
        const before = new Map(crm);
        expect(written).toBe(crm.size);
        expect(write(crm, digests, statesOf(disordered(facts, by)))).toBe(0);
        expect(crm).toEqual(before);
      }),
    );
  });

  it('say on a contact what all invoices of its payer say, as long as the link holds', () => {
    fc.assert(
      fc.property(life, (of) => {
        const owed = of.invoices.map((truth) => ({
          amountMinor: owedOf(of, truth),
          currency: truth.currency,
        }));
        const contacts = statesOf(of.facts).filter(({ record }) => record.objectType === 'contacts');
        expect(contacts).toHaveLength(of.links.length);
        for (const { record, values } of contacts) {
          const holds = of.links[Number(record.recordId.slice(1))];
          expect(sums(values.owed)).toEqual(holds ? sums(owed) : {});
        }
      }),
    );
  });

  it('say on a deal what its own invoices say, and its part of what was collected', () => {
    fc.assert(
      fc.property(life, (of) => {
        const own = of.invoices.filter((truth) => truth.deal !== null);
        const deals = statesOf(of.facts).filter(({ record }) => record.objectType === 'deals');
        expect(deals).toHaveLength(own.length > 0 ? 1 : 0);
        const owed = own.map((truth) => ({ amountMinor: owedOf(of, truth), currency: truth.currency }));
        if (deals[0]) expect(sums(deals[0].values.owed)).toEqual(sums(owed));
        const paying = of.payments.filter(({ parts }) =>
          parts.some((part) => own.some(({ id }) => id === part.invoiceId)),
        );
        const net = paying.flatMap((payment) => {
          const elsewhere = payment.parts.filter((part) => own.every(({ id }) => id !== part.invoiceId));
          const parts = elsewhere.map((part) => part.refunded + part.reversed + part.atRisk - part.paid);
          const whole = payment.captured - payment.refunded - payment.reversed - payment.atRisk;
          return [whole, ...parts].map((amountMinor) => ({ amountMinor, currency: payment.currency }));
        });
        if (deals[0]) expect(sums(deals[0].values.collected)).toEqual(sums(net));
        expect(own.flatMap(({ id }) => partsOn(of, id)).every((part) => part.paid >= 0)).toBe(true);
      }),
    );
  });

  it('are not made for records that only uncounted accounts point at', () => {
    fc.assert(
      fc.property(life, ({ facts }) => {
        const rows: Row[] = [...rowsAfter(facts).values()];
        const none = { ...context, counts: () => false };
        expect(recordsOf(rows, none)).toEqual([]);
        expect(desiredStates(rows, none)).toEqual([]);
      }),
    );
  });

  it('differ in their digest exactly where they differ in what they say', () => {
    const state = (change: Partial<SummaryValues>): SummaryState => ({
      record: { installationId: INSTALLATION, objectType: 'contacts', recordId: '1' },
      presence: 'present',
      values: { ...nothing, ...change },
    });
    const digests = [
      state({}),
      state({ owed: [{ amountMinor: 1, currency: 'EUR' }] }),
      state({ owed: [{ amountMinor: 1, currency: 'JPY' }] }),
      state({ status: 'paid' }),
      state({ nextDue: '2026-03-11' }),
      { ...state({}), presence: 'absent' as const },
    ].map(digestOf);
    expect(new Set(digests).size).toBe(digests.length);
    const { owed, ...rest } = nothing;
    expect(digestOf({ ...state({}), values: { ...rest, owed } })).toBe(digests[0]);
  });
});

const nothing: SummaryValues = {
  owed: [],
  overdue: [],
  collected: [],
  status: 'none',
  lastPaymentAt: null,
  nextDue: null,
  nextInvoice: null,
};

const rendered = (
  change: Partial<SummaryValues>,
  to: Partial<RenderFor> = {},
): Record<string, string | null> =>
  render(
    {
      record: { installationId: INSTALLATION, objectType: 'contacts', recordId: '1' },
      presence: 'present',
      values: { ...nothing, ...change },
    },
    { ...target, ...to },
  );

describe('a rendered state', () => {
  it('has numbers in the currency of the CRM alone, and every currency as text', () => {
    const owed = [
      { amountMinor: 12_000, currency: 'EUR' },
      { amountMinor: 5_000, currency: 'JPY' },
    ];
    expect(
      rendered({ owed, overdue: owed.slice(1), collected: [{ amountMinor: -5, currency: 'EUR' }] }),
    ).toMatchObject({
      owed: '120.00',
      overdue: '0.00',
      lifetime_collected: '-0.05',
      owed_text: 'EUR 120.00 · JPY 5,000',
    });
    expect(rendered({ owed }, { currency: 'JPY' })).toMatchObject({ owed: '5000', overdue: '0' });
    expect(rendered({ owed }, { currency: 'KWD' })).toMatchObject({ owed: '0.000' });
  });

  it('clears every field that has nothing to say', () => {
    expect(rendered({})).toEqual({
      owed: '0.00',
      overdue: '0.00',
      lifetime_collected: '0.00',
      owed_text: null,
      status: 'none',
      last_payment_at: null,
      next_due: null,
      link: null,
    });
  });

  it('carries the link of the next invoice only where the admin allows it', () => {
    const nextInvoice = { account: 'acct_a', id: 'in_1' };
    expect(rendered({ nextInvoice })['link']).toBe('https://pay.example.com/in_1');
    expect(rendered({ nextInvoice }, { linkTo: () => null })['link']).toBeNull();
  });

  it('carries days and times as they stand', () => {
    const values = { nextDue: '2026-03-11', lastPaymentAt: '2026-03-10T12:00:00.000Z', status: 'open' };
    expect(rendered(values)).toMatchObject({
      next_due: values.nextDue,
      last_payment_at: values.lastPaymentAt,
      status: 'open',
    });
  });
});
