// The demo's rep works in Salesforce: on an opportunity, with the card beside its details.
import type { Page } from 'playwright-core';
import type { Fields } from '../salesforce/start.ts';
import { larkfield } from '../seed/orgs.ts';
import type { World } from '../world/world.ts';
import type { AccountDefinition } from '../stripe/start.ts';
import { stripeAccount } from '../world/keys.ts';
import { waitFor } from '../world/wait.ts';
import { connectKeys } from './browser-steps.ts';
import type { Desk } from './desk.ts';

const { id: ORG } = larkfield;
const ADMIN = larkfield.users[0]?.id ?? '';

const orgIn = (world: World) => world.salesforce.org(ORG);
const opportunityId = (world: World): string => orgIn(world).ref('lark-orchard-frost');

export const lightningUrl = (world: World, path: string, userId = ADMIN): string =>
  `${world.salesforce.url}${path}?${new URLSearchParams({ org: ORG, user: userId })}`;

const text = (fields: Fields | undefined, name: string): string | undefined => {
  const value = fields?.[name];
  return value === null || value === undefined ? undefined : String(value);
};

/** The lines are the opportunity's products; the link is read where the rep would copy it. */
async function invoice(page: Page): Promise<string> {
  await card(page).getByRole('button', { name: 'New invoice' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: /^Create/ }).click();
  await dialog.getByRole('button', { name: 'Copy link' }).waitFor();
  const address = await dialog.getByRole('link').getAttribute('href');
  await dialog.getByRole('button', { name: 'Close', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  return address ?? '';
}

const card = (page: Page) => page.locator('c-payside-payments');

/** Who and what else shows the money, and what each has to say once it is paid. */
function missing(world: World): string | null {
  const org = orgIn(world);
  const invoices = org
    .all('Payside_Invoice__c')
    .filter((one) => one['Opportunity__c'] === opportunityId(world));
  if (invoices.length !== 1 || invoices[0]?.['Status__c'] !== 'paid')
    return 'a paid invoice of the opportunity';
  const others: [type: string, ref: string][] = [
    ['Contact', 'lark-una'],
    ['Account', 'lark-orchard'],
  ];
  const late = others.find(
    ([type, ref]) => text(org.fields(type, org.ref(ref)), 'Payside_Status__c') !== 'paid',
  );
  return late ? `the ${late[0].toLowerCase()} to be paid` : null;
}

const DAY_MS = 86_400_000;

/** Invoices that have been waiting: cents, days since they were due, whose. */
const WAITING: readonly [cents: number, days: number, email: string][] = [
  [128_000, 21, 'office@youghal-harbour.example'],
  [74_999, 9, 'orla@shannon-hydrology.example'],
  [31_950, 2, 'aymeric@pic-noir.example'],
  [18_400, 1, 'walk-in@wren-books.example'],
];

/** What finance finds on a Monday: some invoices are overdue, and one customer belongs to no record. */
async function showFinance(
  page: Page,
  world: World,
  { id, currency }: AccountDefinition,
  take: (name: string) => Promise<void>,
): Promise<void> {
  const stripe = world.stripe.account(id);
  for (const [amount, days, email] of WAITING) {
    const at = new Date(world.clock.now().getTime() - (days + 14) * DAY_MS);
    const customer = stripe.create('customers', { email, name: email.split('@')[1] }, { at, silent: false });
    const terms = { customer: customer.id, collection_method: 'send_invoice', days_until_due: 14, currency };
    const invoice = stripe.create('invoices', terms, { at });
    stripe.act('invoices', invoice.id, 'add_lines', { lines: [{ description: 'Service', amount }] }, { at });
    stripe.act('invoices', invoice.id, 'finalize', {}, { at, silent: false });
  }
  await page.goto(lightningUrl(world, '/lightning/n/Payside_Finance'));
  const list = page.locator('c-payside-finance-list').filter({ hasText: 'Overdue invoices' });
  const sums = page.locator('c-payside-sums').getByText(`${WAITING.length} invoices`);
  await waitFor('the overdue invoices on the finance page, and their sum', async () => {
    await page.getByRole('button', { name: 'Refresh sums and lists' }).click();
    const isListed = (await list.locator('tbody tr').count()) === WAITING.length;
    return isListed && (await sums.count()) > 0 ? true : undefined;
  });
  await take('finance');
}

export const salesforceDesk: Desk = {
  crm: 'Salesforce',
  prefix: 'salesforce-',
  pictures: new Set(['card', 'finance']),
  account: () => stripeAccount('acct_larkfield', 'Larkfield Instruments', 'IE', 'eur'),
  seeds: async () => ({ portals: [], orgs: [larkfield] }),
  standIn: ({ salesforce }) => salesforce,
  recordId: opportunityId,
  recordUrl: (world) => lightningUrl(world, `/lightning/r/Opportunity/${opportunityId(world)}/view`),
  async install(page, world, account) {
    await page.goto(`${world.url}/install/salesforce`);
    await page.getByLabel('Org and user').selectOption(`${ORG}:${ADMIN}`);
    await page.getByRole('button', { name: 'Allow' }).click();
    await connectKeys(page, account);
  },
  card,
  invoice,
  says(world) {
    const fields = orgIn(world).fields('Opportunity', opportunityId(world));
    const owed = text(fields, 'Payside_Owed__c');
    return {
      status: text(fields, 'Payside_Status__c'),
      owed: owed === undefined ? undefined : Number(owed).toFixed(2),
    };
  },
  missing,
  showMore: showFinance,
  unmapped: (page) => page.locator(':not(:defined)').count(),
};
