// A gateway in trouble for hours: what could not be read meanwhile is read when it answers again.
import { afterEach, describe, expect, it } from 'vitest';
import { MAX_ATTEMPTS } from '../../src/retry.ts';
import { PORTAL, propertiesWhen, startRig, waitFor, type Rig } from './rig.ts';

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
