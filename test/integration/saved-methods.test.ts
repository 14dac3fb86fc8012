// What payers of a history have saved: read after they were matched, at the pace of history.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { liveAccount, portalSeed, startRig, waitFor, type Rig } from './rig.ts';

const PAYERS = 40;
const emailOf = (nth: number): string => `payer${nth}@example.com`;

let rig: Rig;
let customers: string[];

beforeEach(async () => {
  const contacts = Array.from({ length: PAYERS }, (_, nth) => ({
    ref: `payer${nth}`,
    properties: { email: emailOf(nth), firstname: `Payer ${nth}` },
  }));
  const portals = [portalSeed({ contacts, companies: [], deals: [], associations: [] })];
  rig = await startRig({ portals, accounts: [liveAccount()], stripeLimits: true });
  customers = Array.from({ length: PAYERS }, (_, nth) => {
    const { id } = rig.account.create('customers', { email: emailOf(nth) });
    rig.account.act('payment_methods', 'pm_card_visa', 'attach', { customer: id });
    return String(id);
  });
});
afterEach(() => rig.close());

test('a history of many known payers uses up no call that webhooks need, and their cards are shown', async () => {
  await rig.setUp();

  await waitFor('every customer to be read', () => customers.every(isRead) || undefined, 30_000);
  const last = rig.hubspot.portal(portalSeed().id).ref(`payer${PAYERS - 1}`);
  await waitFor('the last one’s card', async () => {
    const { methods } = await rig.view('contacts', last);
    return methods.length > 0 || undefined;
  });

  expect(rig.stripe.calls.filter(({ status }) => status === 429)).toEqual([]);
}, 60_000);

const isRead = (customer: string): boolean =>
  rig.stripe.calls.some(({ path }) => path.startsWith(`/v1/customers/${customer}/payment_methods`));
