// A gateway or CRM in trouble: what could not be read meanwhile is read, and what was written late does not stay.
import { afterEach, describe, expect, it } from 'vitest';
import { MAX_ATTEMPTS } from '../../src/retry.ts';
import type { CardView } from '../../src/views/card-schema.ts';
import { LATE_MS } from '../../src/store/store.ts';
import { deliver, event, openInvoice, payByLink, place, VISA } from '../billing/scene.ts';
import { PORTAL, propertiesWhen, startRig, viewWhen, waitFor, type Rig } from './rig.ts';

/** Longer than the longest wait between two tries. */
const ROUND_MS = 16 * 60_000;

/** Events of it are sent. */
const LOUD = { silent: false };

let rig: Rig;
afterEach(() => rig.close());

function paidInvoice(world: Rig): string {
  const { id } = world.account.create('customers', { email: 'ada@example.com' }, LOUD);
  world.account.act('payment_methods', 'pm_card_visa', 'attach', { customer: id });
  const draft = world.account.create('invoices', { customer: id, currency: 'eur' });
  world.account.act('invoices', draft.id, 'add_lines', {
    lines: [{ description: 'Stairs', amount: 12_000 }],
  });
  world.account.act('invoices', draft.id, 'finalize', {}, LOUD);
  world.account.act('invoices', draft.id, 'pay', { payment_method: 'pm_card_visa' }, LOUD);
  return id;
}

describe('a payment of a new customer', () => {
  it('reaches HubSpot although Stripe answered nothing for hours, far more often than is tried', async () => {
    rig = await startRig();
    await rig.setUp();
    rig.stripe.faults.arm('status-500', 1_000, 0);
    const customer = paidInvoice(rig);
    const tries = (): number =>
      rig.stripe.calls.filter(
        ({ path, status }) => path.startsWith(`/v1/customers/${customer}`) && status === 500,
      ).length;
    for (let round = 0; round < MAX_ATTEMPTS + 2; round += 1) {
      const before = tries();
      await waitFor('another try', () => {
        if (tries() > before) return true;
        rig.clock.advance(ROUND_MS);
        return undefined;
      });
    }
    rig.stripe.faults.clear();
    rig.clock.advance(ROUND_MS);
    const place = { portalId: PORTAL, kind: 'contacts', id: rig.hubspot.portal(PORTAL).ref('ada') } as const;
    const written = await propertiesWhen(
      rig,
      place,
      ({ payside_lifetime_collected: collected }) => collected === '120.00',
    );
    expect(written).toMatchObject({ payside_status: 'paid' });
  });
});

describe('HubSpot that hangs', () => {
  it('makes no event wait: each is acknowledged within a second', async () => {
    rig = await startRig();
    await rig.setUp();
    const at = place(rig, 'contacts', 'ada');
    rig.hubspot.faults.arm('hang', 1_000, 0, 'batch');
    const { invoiceId } = await openInvoice(rig, at);
    await waitFor('a call that hangs', () =>
      (rig.hubspot.faults.armed()['hang']?.count ?? 1_000) < 1_000 ? true : undefined,
    );
    const invoice = rig.account.all('invoices').find(({ id }) => id === invoiceId);
    const took: number[] = [];
    for (let nth = 0; nth < 100; nth += 1) {
      const body = event(rig, 'invoice.updated', { ...invoice, footer: `told ${nth}` });
      const begun = performance.now();
      expect(await deliver(rig, body)).toEqual({ status: 200, word: 'stored' });
      took.push(performance.now() - begun);
    }
    expect(Math.max(...took)).toBeLessThan(1_000);
    expect(rig.hubspot.faults.armed()['hang']?.count).toBeLessThan(1_000);
    rig.hubspot.faults.clear();
  });
});

describe('HubSpot that has no call left', () => {
  it('is asked about once in its own time, and cards say since when the record is behind', async () => {
    rig = await startRig();
    await rig.setUp();
    const at = place(rig, 'contacts', 'ada');
    const says = (fits: (properties: Record<string, string>) => boolean) =>
      propertiesWhen(rig, { kind: 'contacts', id: at.recordId }, fits);
    const isBehind = ({ warnings }: CardView): boolean =>
      warnings.some(({ code }) => code === 'write_back_delayed');
    const { payUrl } = await openInvoice(rig, at);
    await says(({ payside_owed: owed }) => owed === '120.00');
    expect(isBehind(await rig.view(at.objectType, at.recordId))).toBe(false);
    const wait = 120_000;
    rig.hubspot.faults.arm('rate-limited', 1_000, wait);
    await payByLink(rig, payUrl, { number: VISA });
    await viewWhen(rig, at, (now) => isBehind(now) && now.invoices[0]?.state === 'paid');
    const tries = (): number => rig.hubspot.calls.filter(({ status }) => status === 429).length;
    await waitFor('another try', () => {
      if (tries() >= 2) return true;
      rig.clock.advance(wait);
      return undefined;
    });
    rig.hubspot.faults.clear();
    const contact = () => rig.hubspot.portal(PORTAL).properties('contacts', at.recordId);
    await waitFor('the next try', () => {
      if (contact()?.['payside_lifetime_collected'] === '120.00') return true;
      rig.clock.advance(wait / 10);
      return undefined;
    });
    await viewWhen(rig, at, (now) => !isBehind(now));
  });
});

describe('a write to HubSpot that gets no answer', () => {
  it('and is done after the payment was written does not make the record say that it is still owed', async () => {
    rig = await startRig();
    await rig.setUp();
    const at = place(rig, 'contacts', 'ada');
    const says = (fits: (properties: Record<string, string>) => boolean) =>
      propertiesWhen(rig, { kind: 'contacts', id: at.recordId }, fits);
    await openInvoice(rig, at, { lines: [{ description: 'Nail', quantity: 1, amount: '1.00' }] });
    await says(({ payside_owed: owed }) => owed === '1.00');
    rig.hubspot.faults.arm('late', 1, 0, 'contacts/batch/update');
    const { payUrl } = await openInvoice(rig, at);
    await waitFor('the write to be under way', () =>
      rig.hubspot.faults.armed()['late']?.count === 0 ? true : undefined,
    );
    await payByLink(rig, payUrl, { number: VISA });
    const isReadBack = ({ path, body }: { path: string; body: string }): boolean =>
      path.endsWith('/contacts/batch/read') && body.includes('payside_owed');
    // The connector waits ten seconds for an answer, and then some before it goes on.
    await waitFor(
      'the record to be read back',
      () => (rig.hubspot.calls.some(isReadBack) ? true : undefined),
      60_000,
    );
    const isPaid = ({ payside_lifetime_collected: collected }: Record<string, string>): boolean =>
      collected === '120.00';
    await says(isPaid);
    expect(await rig.hubspot.land()).toBe(1);
    await says(({ payside_owed: owed }) => owed === '121.00');
    rig.clock.advance(LATE_MS);
    expect(await says(isPaid)).toMatchObject({ payside_owed: '1.00' });
  });
});
