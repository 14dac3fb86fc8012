// The shortest way through the house: a signed invoice.paid at the gateway becomes `payside_owed` on a contact.
import { connect, install } from '../world/admin.ts';
import { stripeAccount } from '../world/keys.ts';
import { waitFor } from '../world/wait.ts';
import { startWorld, type World } from '../world/world.ts';
import type { DemoOptions, DemoOutcome } from './demos.ts';

const PORTAL = 4_240_009;
const ADMIN = 9001;
const EMAIL = 'ada@lattice-labs.example';

export async function walk({ folder }: DemoOptions): Promise<DemoOutcome> {
  const account = stripeAccount('acct_walk', 'Lattice sandbox', 'US', 'usd');
  const world = await startWorld({ folder, accounts: [account], portals: [portal()] });
  try {
    const stripe = world.stripe.account(account.id);
    const customer = stripe.create('customers', { email: EMAIL, name: 'Ada Fairweather' });
    const draft = stripe.create('invoices', {
      customer: customer.id,
      collection_method: 'send_invoice',
      days_until_due: 14,
      currency: 'usd',
    });
    stripe.act('invoices', draft.id, 'add_lines', { lines: [{ description: 'Rollout', amount: 125_000 }] });
    stripe.act('invoices', draft.id, 'finalize');
    await connect(world, await install(world, PORTAL, ADMIN), account);
    const owedBefore = await owed(world, (value) => value !== undefined && Number(value) > 0);
    const started = Date.now();
    stripe.act('invoices', draft.id, 'pay', { paid_out_of_band: true }, { silent: false });
    const owedAfter = await owed(world, (value) => value !== undefined && Number(value) === 0);
    const result = { writtenBack: 1, owedBefore, owedAfter, webhookToCrmMs: Date.now() - started };
    return { held: owedBefore === '1250.00' && owedAfter === '0.00', result };
  } finally {
    await world.close();
  }
}

const owed = (world: World, fits: (value: string | undefined) => boolean): Promise<string> =>
  waitFor('payside_owed on the contact', () => {
    const portalDoor = world.hubspot.portal(PORTAL);
    const value = portalDoor.properties('contacts', portalDoor.ref('ada'))?.['payside_owed'];
    return value !== undefined && fits(value) ? value : undefined;
  });

const portal = () => ({
  id: PORTAL,
  name: 'Walk (sandbox)',
  currency: 'USD',
  timeZone: 'America/New_York',
  commercePayments: false,
  testAccount: true,
  users: [{ id: ADMIN, email: 'admin@payside.example', firstName: 'Ann', lastName: 'Admin' }],
  contacts: [{ ref: 'ada', properties: { firstname: 'Ada', lastname: 'Fairweather', email: EMAIL } }],
});
