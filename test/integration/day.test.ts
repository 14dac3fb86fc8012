// The day boundary and what matching reads along: no event says that a day has ended or what a payer has saved.
import { afterEach, describe, expect, it } from 'vitest';
import { deliver, event, rowsOf } from '../billing/scene.ts';
import { PORTAL, startRig, waitFor, type Rig } from './rig.ts';

const DAY_MS = 86_400_000;

let rig: Rig | undefined;
afterEach(async () => {
  await rig?.close();
  rig = undefined;
});

const property = (world: Rig, name: string): string | undefined => {
  const portal = world.hubspot.portal(PORTAL);
  return portal.properties('contacts', portal.ref('ada'))?.[name];
};

function openInvoice(world: Rig, customer: string, dueInDays: number): void {
  const draft = world.account.create('invoices', {
    customer,
    collection_method: 'send_invoice',
    days_until_due: dueInDays,
    currency: 'eur',
  });
  world.account.act('invoices', draft.id, 'add_lines', {
    lines: [{ description: 'Stairs', amount: 12_000 }],
  });
  world.account.act('invoices', draft.id, 'finalize');
}

describe('a day that ends', () => {
  it('makes an open invoice overdue in HubSpot by itself, once its due day is over', async () => {
    rig = await startRig();
    const world = rig;
    openInvoice(world, world.account.create('customers', { email: 'ada@example.com' }).id, 3);
    await world.setUp();
    await waitFor('the invoice as open', () =>
      property(world, 'payside_status') === 'open' ? true : undefined,
    );
    expect(property(world, 'payside_overdue')).toBe('0.00');
    for (let day = 0; day < 5; day += 1) world.clock.advance(DAY_MS);
    await waitFor('the invoice as overdue', () =>
      property(world, 'payside_overdue') === '120.00' ? true : undefined,
    );
    expect(property(world, 'payside_status')).toBe('overdue');
  });

  it('writes nothing for a payer of whom nothing became overdue', async () => {
    rig = await startRig();
    const world = rig;
    openInvoice(world, world.account.create('customers', { email: 'ada@example.com' }).id, 30);
    openInvoice(world, world.account.create('customers', { email: 'grace@example.com' }).id, 1);
    await world.setUp();
    await waitFor('the invoice as open', () =>
      property(world, 'payside_status') === 'open' ? true : undefined,
    );
    const portal = world.hubspot.portal(PORTAL);
    const ada = portal.ref('ada');
    const writes = () =>
      world.hubspot.calls.filter(
        ({ path, body }) => path.includes('/contacts/batch/update') && body.includes(`"${ada}"`),
      );
    const before = writes().length;
    world.clock.advance(3 * DAY_MS);
    await waitFor('the other payer as overdue', () =>
      portal.properties('contacts', portal.ref('grace'))?.['payside_status'] === 'overdue' ? true : undefined,
    );
    expect(writes()).toHaveLength(before);
  });
});

describe('a quarter of a year later', () => {
  it('the events that came before are forgotten, and one that comes again changes nothing', async () => {
    rig = await startRig();
    const world = rig;
    const { id } = world.account.create('customers', { email: 'ada@example.com' });
    openInvoice(world, id, 100);
    await world.setUp();
    await waitFor('the invoice as open', () =>
      property(world, 'payside_status') === 'open' ? true : undefined,
    );
    const invoice = world.account.all('invoices').find(({ customer }) => customer === id);
    const body = event(world, 'invoice.updated', invoice);
    expect(await deliver(world, body)).toMatchObject({ word: 'stored' });
    expect(await deliver(world, body)).toMatchObject({ word: 'duplicate' });
    for (let day = 0; day < 102; day += 1) world.clock.advance(DAY_MS);
    await waitFor('the invoice as overdue', () =>
      property(world, 'payside_status') === 'overdue' ? true : undefined,
    );
    expect(await rowsOf(world, 'SELECT kind FROM inbox')).toEqual([]);
    const facts = (): Promise<object[]> => rowsOf(world, 'SELECT count(*) AS facts FROM fact');
    const before = await facts();
    expect(await deliver(world, body)).toMatchObject({ word: 'stored' });
    await waitFor('the event to be read', async () => {
      const [row] = await rowsOf(world, `SELECT count(*) AS n FROM inbox WHERE state = 'done'`);
      return row?.['n'] === 1 ? true : undefined;
    });
    expect(await facts()).toEqual(before);
  });
});

describe('a payer who was matched', () => {
  it('brings what they have saved at the gateway onto the card', async () => {
    rig = await startRig();
    const world = rig;
    const customer = world.account.create('customers', { email: 'ada@example.com' });
    world.account.act('payment_methods', 'pm_card_visa', 'attach', { customer: customer.id });
    await world.setUp();
    const portal = world.hubspot.portal(PORTAL);
    const methods = await waitFor('the saved card', async () => {
      const view = await world.view('contacts', portal.ref('ada'));
      return view.methods.length > 0 ? view.methods : undefined;
    });
    expect(methods).toEqual([expect.objectContaining({ text: 'Visa •••• 4242', chargeable: false })]);
  });
});
