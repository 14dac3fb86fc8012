// A reversed amount that somebody else has asked for again while the click was on its way.
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { createInvoice } from '../../src/billing/create-invoice.ts';
import type { Bench } from '../../src/billing/operation.ts';
import type { EntityBody, EntityKind } from '../../src/ledger/entities.ts';
import type { Fact } from '../../src/ledger/facts.ts';
import { fold } from '../../src/ledger/fold.ts';
import { ledgerOf } from '../../src/ledger/ledger.ts';

function fact<K extends EntityKind>(entity: K, id: string, body: Partial<EntityBody[K]>): Fact {
  const base = { account: 'ga_1', aspect: entity, owner: 'cus_1', source: 'gateway', number: 1 };
  return { ...base, entity, id, body } as unknown as Fact;
}

const euros = { currency: 'EUR', customerId: 'cus_1' };
const REVERSED: Fact[] = [
  fact('invoice', 'in_1', { ...euros, status: 'paid', totalMinor: 5_000, paidMinor: 5_000 }),
  fact('payment', 'pi_1', { ...euros, status: 'succeeded', amountMinor: 5_000, capturedMinor: 5_000 }),
  fact('allocation', 'inpay_1', {
    invoiceId: 'in_1',
    paymentId: 'pi_1',
    amountMinor: 5_000,
    currency: 'EUR',
    status: 'paid',
  }),
  fact('dispute', 'du_1', { paymentId: 'pi_1', amountMinor: 5_000, currency: 'EUR', status: 'lost' }),
];

const again = (totalMinor: number): Fact =>
  fact('invoice', 'in_2', { ...euros, status: 'open', totalMinor, replacesId: 'in_1' });

/** Everything up to the gateway, which nobody may ask where nothing is left to collect. */
function benchOver(facts: Fact[]): Bench {
  const ledger = ledgerOf(fold(new Map(), facts).values());
  const bench: Partial<Bench> = {
    workspaceId: 'ws_1',
    record: { installationId: 'inst_1', objectType: 'contacts', recordId: '1' },
    zone: 'UTC',
    clock: { now: () => new Date('2026-05-04T10:00:00Z') },
    ledgerOf: async () => ({ ...ledger, payers: ledger }),
    step: (name, act) =>
      name === 'lines' ? act(name) : Promise.reject(new Error(`${name} goes to the gateway`)),
  };
  return bench as Bench;
}

const request = {
  operationId: randomUUID(),
  currency: 'EUR',
  lines: [{ description: 'Again', quantity: 1, amount: '50.00' }],
  dueDate: '2026-06-01',
  send: false,
  replaces: 'in_1',
};

it('is not asked for twice', async () => {
  const ending = await createInvoice.run(request, benchOver([...REVERSED, again(5_000)]));
  expect(ending).toMatchObject({ state: 'refused', result: { code: 'invoice_not_reversed' } });
});

it('in part, leaves the rest to be asked for', async () => {
  const run = createInvoice.run(request, benchOver([...REVERSED, again(2_000)]));
  await expect(run).rejects.toThrow('payer goes to the gateway');
});
