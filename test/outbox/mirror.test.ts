// Invoices, line items and payments mirrored into a portal: made once, kept true, linked, and cheap.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fact } from '../../src/ledger/facts.ts';
import { portalSeed } from '../crms/hubspot/rig.ts';
import {
  customerFact,
  fact,
  invoiceFact,
  linkFact,
  LIVE,
  ONE,
  startOutboxWorld,
  WORKSPACE,
  type OutboxWorld,
} from './world.ts';

let world: OutboxWorld;
const start = async (more: Parameters<typeof portalSeed>[1] = {}): Promise<void> => {
  world = await startOutboxWorld({ mirrors: true, portals: [portalSeed(ONE, more)] });
};
beforeEach(() => start());
afterEach(() => world.close());

const door = () => world.rig.hubspot.portal(ONE);
const post = (...facts: Fact[]) => world.post(WORKSPACE, facts);

type Shown = {
  id: string;
  properties: Record<string, string>;
  associations: Record<string, { id: string }[]>;
};
async function shown(kind: string): Promise<Shown[]> {
  const response = await fetch(`${world.rig.hubspot.url}/_sandbox/objects/${kind}`);
  return (await response.json()) as Shown[];
}
const one = async (kind: string, id: string): Promise<Shown> => {
  const found = (await shown(kind)).filter(({ properties }) => properties['payside_id'] === `${LIVE}:${id}`);
  expect(found).toHaveLength(1);
  return found[0]!;
};
const linked = ({ associations }: Shown, kind: string) => (associations[kind] ?? []).map(({ id }) => id);

const line = (id: string, invoiceId: string, owner: string, more: object = {}) =>
  fact('line', id, owner, {
    invoiceId,
    description: 'Oak step',
    quantity: '2',
    amountMinor: 10_000,
    currency: 'EUR',
    ...more,
  });

/** A payment that went through and paid an invoice. */
function paid(name: string, amountMinor: number): Fact[] {
  const [payment, invoice] = [`pi_${name}`, `in_${name}`];
  const body = {
    customerId: name,
    status: 'succeeded',
    amountMinor,
    capturedMinor: amountMinor,
    currency: 'EUR',
    createdAt: '2026-02-01T09:00:00.000Z',
    succeededAt: '2026-02-01T09:00:00.000Z',
  };
  const allocation = { invoiceId: invoice, paymentId: payment, amountMinor, currency: 'EUR', status: 'paid' };
  return [
    fact('payment', payment, name, body),
    fact('allocation', `al_${name}`, name, allocation),
    invoiceFact(invoice, name, amountMinor, { status: 'paid', paidMinor: amountMinor, remainingMinor: 0 }),
  ];
}

function contact(name: string): { id: string; facts: Fact[] } {
  const id = door().create('contacts', { email: `${name}@acorn.test` });
  return { id, facts: [customerFact(name), linkFact(name, { portal: ONE, objectType: 'contacts', id })] };
}

describe('an invoice', () => {
  it('becomes one non-billable record with its lines, linked with the people it is for', async () => {
    const ada = contact('ada');
    const company = door().create('companies', { name: 'Acorn' });
    const deal = door().create('deals', { dealname: 'Stairs' });
    const record = { installationId: world.installation(ONE), objectType: 'deals', recordId: deal };
    await post(
      ...ada.facts,
      linkFact('ada', { portal: ONE, objectType: 'companies', id: company }),
      invoiceFact('in_ada', 'ada', 20_000, { dueAt: '2026-01-31T23:00:00.000Z', record }),
      line('il_1', 'in_ada', 'ada'),
      line('il_2', 'in_ada', 'ada', { quantity: '1.5', amountMinor: 10_001 }),
    );
    await world.drain();
    const invoice = await one('invoices', 'in_ada');
    expect(invoice.properties).toMatchObject({
      hs_currency: 'EUR',
      hs_invoice_billable: 'false',
      payside_number: 'NO-in_ada',
      payside_status: 'overdue',
      payside_total: '200.00',
      payside_total_text: 'EUR 200.00',
      payside_due: '200.00',
      payside_due_date: '2026-02-01',
    });
    expect([linked(invoice, 'contacts'), linked(invoice, 'companies'), linked(invoice, 'deals')]).toEqual([
      [ada.id],
      [company],
      [deal],
    ]);
    const lines = [await one('line_items', 'il_1'), await one('line_items', 'il_2')];
    expect(linked(invoice, 'line_items').sort()).toEqual(lines.map(({ id }) => id).sort());
    expect(
      lines.map(({ properties }) => [properties['name'], properties['quantity'], properties['price']]),
    ).toEqual([
      ['Oak step', '2', '50.00'],
      ['Oak step (1.5)', '1', '100.01'],
    ]);
  });

  it('is not shown while it is a draft, nor for test money, and shows its own currency as text only', async () => {
    const ada = contact('ada');
    await post(
      ...ada.facts,
      invoiceFact('in_draft', 'ada', 100, { status: 'draft' }),
      invoiceFact('in_deleted', 'ada', 100, { status: 'deleted' }),
      invoiceFact('in_test', 'ada', 100, {}, { account: 'ga_test' }),
      invoiceFact('in_yen', 'ada', 5_000, { currency: 'JPY' }),
    );
    await world.drain();
    const all = await shown('invoices');
    expect(all.map(({ properties }) => properties['payside_id'])).toEqual([`${LIVE}:in_yen`]);
    expect(all[0]?.properties).toMatchObject({ hs_currency: 'JPY', payside_total_text: 'JPY 5,000' });
    expect(all[0]?.properties['payside_total'] ?? '').toBe('');
  });

  it('is written again only when something changed, its links only when they did', async () => {
    const ada = contact('ada');
    await post(...ada.facts, invoiceFact('in_ada', 'ada', 20_000), line('il_1', 'in_ada', 'ada'));
    await world.drain();
    world.forgetCalls();
    await post(invoiceFact('in_ada', 'ada', 20_000), line('il_1', 'in_ada', 'ada'), ...ada.facts);
    await world.drain();
    expect(world.calls()).toEqual([]);
    await post(
      invoiceFact('in_ada', 'ada', 20_000, { paidMinor: 5_000, remainingMinor: 15_000 }, { number: 2 }),
    );
    await world.drain();
    expect(world.calls()).toEqual(['contacts/batch/update', 'invoices/batch/upsert']);
    const { properties } = await one('invoices', 'in_ada');
    expect(properties).toMatchObject({ payside_status: 'partially_paid', payside_due: '150.00' });
  });

  it('moves along when its payer is given to another person', async () => {
    const [ada, bob] = [contact('ada'), door().create('contacts', { email: 'bob@acorn.test' })];
    const other = door().create('contacts', { email: 'friend@acorn.test' });
    await post(...ada.facts, invoiceFact('in_ada', 'ada', 20_000));
    await world.drain();
    const { id } = await one('invoices', 'in_ada');
    door().associate({ kind: 'invoices', id }, { kind: 'contacts', id: other });
    await post(
      linkFact('ada', { portal: ONE, objectType: 'contacts', id: ada.id }, { number: 5, active: false }),
      linkFact('ada', { portal: ONE, objectType: 'contacts', id: bob }, { number: 5 }),
    );
    await world.drain();
    expect(linked(await one('invoices', 'in_ada'), 'contacts').sort()).toEqual([bob, other].sort());
  });

  it('leaves the person and the company a person took its payer off, also where it was made from there', async () => {
    const ada = contact('ada');
    const [company, friend] = [
      door().create('companies', { name: 'Acorn' }),
      door().create('contacts', { email: 'friend@acorn.test' }),
    ];
    const deal = door().create('deals', { dealname: 'Stairs' });
    const at = (objectType: string, recordId: string) => ({
      installationId: world.installation(ONE),
      objectType,
      recordId,
    });
    const [toAda, toCompany] = [
      { portal: ONE, objectType: 'contacts', id: ada.id },
      { portal: ONE, objectType: 'companies', id: company },
    ] as const;
    await post(
      ...ada.facts,
      linkFact('ada', toCompany),
      invoiceFact('in_ada', 'ada', 20_000, { record: at('contacts', ada.id) }),
      invoiceFact('in_deal', 'ada', 5_000, { record: at('deals', deal) }),
    );
    await world.drain();
    const { id } = await one('invoices', 'in_ada');
    door().associate({ kind: 'invoices', id }, { kind: 'contacts', id: friend });
    const released = { number: 5, active: false, released: true };
    await post(linkFact('ada', toAda, released), linkFact('ada', toCompany, released));
    await world.drain();
    const [invoice, ofDeal] = [await one('invoices', 'in_ada'), await one('invoices', 'in_deal')];
    expect([linked(invoice, 'contacts'), linked(invoice, 'companies')]).toEqual([[friend], []]);
    expect([linked(ofDeal, 'contacts'), linked(ofDeal, 'deals')]).toEqual([[], [deal]]);
    expect(door().properties('contacts', ada.id)).toMatchObject({
      payside_owed: '0.00',
      payside_status: 'none',
    });
  });

  it.each(['reset-after', 'status-500', 'reset'])(
    'is made once although an answer was lost (%s)',
    async (kind) => {
      const ada = contact('ada');
      await post(...ada.facts);
      await world.drain();
      await post(invoiceFact('in_ada', 'ada', 20_000), line('il_1', 'in_ada', 'ada'));
      world.rig.hubspot.faults.arm(kind, 3, 0);
      await world.drain();
      const invoice = await one('invoices', 'in_ada');
      expect(await shown('invoices')).toHaveLength(1);
      expect(await shown('line_items')).toHaveLength(1);
      expect(linked(invoice, 'contacts')).toEqual([ada.id]);
      expect((await world.store.counts()).dead).toBe(0);
    },
  );

  it('is linked after a restart, when the ids of its records are no longer at hand', async () => {
    const ada = contact('ada');
    await post(...ada.facts, invoiceFact('in_ada', 'ada', 20_000));
    await world.drain();
    const { createHubspotCrm } = await import('../../src/crms/hubspot/index.ts');
    const settings = { apiBase: world.rig.hubspot.url, appBase: '', clientId: '', clientSecret: '' };
    const crm = createHubspotCrm({ ...settings, redirectUri: '', publicBaseUrl: '' }, world.rig.clock);
    const bob = door().create('contacts', {});
    const to = [{ objectType: 'contacts', recordId: bob }];
    const write = { key: 'k', paysideId: `${LIVE}:in_ada`, to, drop: [] };
    expect(await crm.link!(world.connection(ONE), 'invoice', [write])).toEqual([
      { key: 'k', outcome: 'written' },
    ]);
    expect(linked(await one('invoices', 'in_ada'), 'contacts')).toContain(bob);
  });
});

describe('a payment', () => {
  it('is shown with its state and linked with its person and the invoice it paid', async () => {
    const ada = contact('ada');
    await post(...ada.facts, invoiceFact('in_ada', 'ada', 20_000));
    await post(...paid('ada', 20_000));
    await world.drain();
    const payment = await one('commerce_payments', 'pi_ada');
    const invoice = await one('invoices', 'in_ada');
    expect(payment.properties).toMatchObject({
      hs_initial_amount: '200.00',
      hs_currency_code: 'EUR',
      hs_latest_status: 'succeeded',
      hs_initiated_date: '2026-02-01T09:00:00.000Z',
      hs_reference_number: 'pi_ada',
    });
    expect([linked(payment, 'contacts'), linked(payment, 'invoices')]).toEqual([[ada.id], [invoice.id]]);
    expect(invoice.properties['payside_status']).toBe('paid');
  });

  it('follows refunds and disputes', async () => {
    const ada = contact('ada');
    await post(...ada.facts, ...paid('ada', 20_000));
    const states: (string | undefined)[] = [];
    const look = async (): Promise<void> => {
      await world.drain();
      states.push((await one('commerce_payments', 'pi_ada')).properties['hs_latest_status']);
    };
    const refund = (id: string, status: string, amountMinor: number) =>
      fact('refund', id, 'ada', { paymentId: 'pi_ada', amountMinor, currency: 'EUR', status });
    const dispute = (status: string) =>
      fact('dispute', 'dp_1', 'ada', { paymentId: 'pi_ada', amountMinor: 20_000, currency: 'EUR', status });
    for (const change of [
      refund('re_1', 'pending', 5_000),
      refund('re_1', 'succeeded', 5_000),
      refund('re_2', 'succeeded', 15_000),
      dispute('needs_response'),
      dispute('lost'),
    ]) {
      await post(change);
      await look();
    }
    expect(states).toEqual([
      'processing_refund',
      'partially_refunded',
      'refunded',
      'disputed_action_required',
      'disputed_lost',
    ]);
  });

  it('that never began or only pays a part is not linked with the invoice', async () => {
    const ada = contact('ada');
    const [payment, allocation] = paid('ada', 5_000);
    const begun = fact('payment', 'pi_begun', 'ada', {
      status: 'requires_action',
      currency: 'EUR',
      amountMinor: 1,
    });
    const part = invoiceFact('in_ada', 'ada', 20_000, { paidMinor: 5_000, remainingMinor: 15_000 });
    await post(...ada.facts, part, payment!, allocation!, begun);
    await world.drain();
    expect(await shown('commerce_payments')).toHaveLength(1);
    expect(linked(await one('commerce_payments', 'pi_ada'), 'invoices')).toEqual([]);
    expect((await one('invoices', 'in_ada')).properties['payside_status']).toBe('partially_paid');
  });
});

describe('an account without the objects', () => {
  it('that cannot have payments gets the invoices all the same', async () => {
    await world.close();
    await start({ commercePayments: false });
    expect(world.capabilities.get(world.installation(ONE))).toEqual({
      mirrorInvoices: true,
      commercePayments: false,
    });
    const ada = contact('ada');
    await post(...ada.facts, ...paid('ada', 20_000));
    await world.drain();
    expect(await shown('commerce_payments')).toEqual([]);
    expect((await one('invoices', 'in_ada')).properties['payside_status']).toBe('paid');
    expect((await world.store.counts()).dead).toBe(0);
  });

  it('that did not grant invoices gets the fields on its people', async () => {
    await world.close();
    await start({ withheldScopes: ['crm.objects.invoices.write'] });
    expect(world.capabilities.get(world.installation(ONE))).toEqual({
      mirrorInvoices: false,
      commercePayments: false,
    });
    const ada = contact('ada');
    await post(...ada.facts, ...paid('ada', 20_000));
    await world.drain();
    expect(await shown('invoices')).toEqual([]);
    expect(door().properties('contacts', ada.id)).toMatchObject({ payside_lifetime_collected: '200.00' });
    expect(world.calls()).toEqual(['contacts/batch/update']);
  });
});

describe('the calls of a burst of 1,000 payments', () => {
  const MOST_LINKS = 2_000;
  /** Σ ⌈n / limit⌉ over what is written: performance of the CRM’s own limits, nothing of ours. */
  const bound = (records: number[], links: number[]): number =>
    records.reduce((sum, n) => sum + Math.ceil(n / 100), 0) +
    links.reduce((sum, n) => sum + Math.ceil(n / MOST_LINKS), 0);

  type Burst = { calls: number; limited: number };
  async function burst(people: number, meanwhile = async () => {}): Promise<Burst> {
    const names = Array.from({ length: people }, (_, index) => `p${index}`);
    for (const name of names) await post(...contact(name).facts);
    world.forgetCalls();
    for (let start = 0; start < 1_000; start += people) {
      const posted = names.map((name, index) => {
        const number = start + index;
        return post(...paid(name, 1_000 + number).map((one) => renamed(one, number)));
      });
      await Promise.all(posted);
      await meanwhile();
    }
    await world.drain();
    const limited = world.rig.hubspot.calls.filter(({ status }) => status === 429).length;
    return { calls: world.calls().length, limited };
  }

  /** The same payment under ids of its own. */
  const renamed = (one: Fact, index: number): Fact => {
    const named = (id: string) => id.replace(/_p\d+$/, `_${index}`);
    const text = JSON.stringify(one.body).replaceAll(/"(in|pi)_p\d+"/g, `"$1_${index}"`);
    return { ...one, id: named(one.id), body: JSON.parse(text) } as Fact;
  };

  it.each([
    ['1,000 people, with the mirror', 1_000, {}, bound([1_000, 1_000, 1_000], [1_000, 1_000, 1_000])],
    ['100 people, with the mirror', 100, {}, bound([100, 1_000, 1_000], [1_000, 1_000, 1_000])],
    ['1,000 people, without payments', 1_000, { commercePayments: false }, bound([1_000, 1_000], [1_000])],
    [
      '1,000 people, without the mirror',
      1_000,
      { withheldScopes: ['crm.objects.invoices.write'] },
      bound([1_000], []),
    ],
  ])(
    '%s',
    async (name, people, more, least) => {
      await world.close();
      await start(more);
      const { calls, limited } = await burst(people);
      console.log(
        `CRM calls per 1,000 payments, ${name}: ${calls}, bound ${least}, ratio ${(calls / least).toFixed(2)}`,
      );
      expect(limited).toBe(0);
      expect(calls).toBeLessThanOrEqual(2 * least);
    },
    60_000,
  );

  it('stays within twice the bound when they arrive a hundred a second', async () => {
    const least = bound([1_000, 1_000, 1_000], [1_000, 1_000, 1_000]);
    const { calls, limited } = await burst(100, async () => {
      world.rig.clock.advance(1_000);
      await world.flush();
    });
    console.log(`CRM calls per 1,000 payments, a hundred a second: ${calls}, bound ${least}`);
    expect(limited).toBe(0);
    expect(calls).toBeLessThanOrEqual(2 * least);
  }, 60_000);

  it.each([
    ['with payments', {}, 8],
    ['without payments', { commercePayments: false }, 6],
  ])('are few for a lone payment of an open invoice, %s', async (name, more, most) => {
    await world.close();
    await start(more);
    const ada = contact('ada');
    await post(...ada.facts, invoiceFact('in_ada', 'ada', 20_000), line('il_1', 'in_ada', 'ada'));
    await world.drain();
    world.forgetCalls();
    await post(...paid('ada', 20_000));
    await world.drain();
    console.log(`CRM calls of a lone payment ${name}: ${world.calls().length}`);
    expect(world.calls().length).toBeLessThanOrEqual(most);
  });
});
