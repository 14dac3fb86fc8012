// The sandbox's seeds: believable accounts in which every state of an invoice and every kind of address occurs.
import { Stripe } from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandboxClock } from '../../sandbox/clock.ts';
import { startHubspot, type HubspotStandIn } from '../../sandbox/hubspot/start.ts';
import { startSalesforce, type SalesforceStandIn } from '../../sandbox/salesforce/start.ts';
import { seedHistory } from '../../sandbox/seed/history.ts';
import { orgs } from '../../sandbox/seed/orgs.ts';
import { people } from '../../sandbox/seed/people.ts';
import { portals } from '../../sandbox/seed/portals.ts';
import { startStripe, type AccountDefinition, type StripeStandIn } from '../../sandbox/stripe/start.ts';
import { stripeAccount } from '../../sandbox/world/keys.ts';
import { isRoleOrFreeMail } from '../../src/reconcile/mail-domains.ts';

const USD = 4_240_001;
const EUR = 4_240_002;
const usd = stripeAccount('acct_seed_usd', 'Northwind Cycles', 'US', 'usd');
const eur = stripeAccount('acct_seed_eur', 'Atelier Marée', 'FR', 'eur');
const lark = stripeAccount('acct_seed_lark', 'Larkfield Instruments', 'IE', 'eur');
const accounts = [usd, eur, lark];
const owners = { northwind: usd.id, maree: eur.id, larkfield: lark.id };
const clock = createSandboxClock();

const app = {
  clientId: 'seed-app',
  clientSecret: crypto.randomUUID(),
  appId: 7002,
  requiredScopes: [],
  optionalScopes: [],
  redirectUrls: [],
  permittedFetch: [],
};

let hubspot: HubspotStandIn;
let salesforce: SalesforceStandIn;
let stripe: StripeStandIn;
let made: ReturnType<typeof seedHistory>;
/** Of the processor: the clock would count what else the machine does. */
let seedingMs: number;

beforeAll(async () => {
  hubspot = await startHubspot({ port: 0, clock, app, portals });
  salesforce = await startSalesforce({
    port: 0,
    clock,
    app: { ...app, scopes: [] },
    orgs,
    packageFolder: 'extensions/salesforce/force-app/main/default',
  });
  stripe = await startStripe({ port: 0, clock, accounts });
  const started = process.cpuUsage();
  made = seedHistory(stripe, owners, clock.now());
  const { user, system } = process.cpuUsage(started);
  seedingMs = (user + system) / 1_000;
});
afterAll(() => Promise.all([hubspot, salesforce, stripe].map((standIn) => standIn.close())));

const clientOf = ({ secretKey }: AccountDefinition): Stripe =>
  new Stripe(secretKey, {
    host: '127.0.0.1',
    port: Number(new URL(stripe.url).port),
    protocol: 'http',
    telemetry: false,
  });

type Listed<T> = { autoPagingToArray(options: { limit: number }): Promise<T[]> };
const everything = <T>(list: Listed<T>): Promise<T[]> => list.autoPagingToArray({ limit: 1000 });
const page = { limit: 100 };
const overAll = async <T>(read: (client: Stripe) => Listed<T>): Promise<T[]> =>
  (await Promise.all(accounts.map((account) => everything(read(clientOf(account)))))).flat();

const emails = portals.flatMap(({ contacts = [] }) => contacts.map(({ properties }) => properties['email']!));
const [org] = orgs;
const inOrg = (type: string) => org!.records!.filter((record) => record.type === type);

describe('the portals', () => {
  const seeds = (kind: 'contacts' | 'companies' | 'deals') => portals.map((portal) => portal[kind] ?? []);

  it('hold 24 and 16 contacts, 20 companies and 16 deals, all accepted by the stand-in', () => {
    expect(seeds('contacts').map((records) => records.length)).toEqual([24, 16]);
    expect(seeds('companies').flat()).toHaveLength(20);
    expect(seeds('deals').flat()).toHaveLength(16);
    for (const { id, contacts = [] } of portals) {
      const portal = hubspot.portal(id);
      for (const { ref = '', properties } of contacts)
        expect(portal.properties('contacts', portal.ref(ref))).toMatchObject(properties);
    }
  });

  it('have four users each and the promised currency, time zone and commerce payments', () => {
    expect(portals.map(({ users }) => users.map(({ id }) => id))).toEqual([
      [1001, 1002, 1003, 1004],
      [2001, 2002, 2003, 2004],
    ]);
    expect(portals.map((p) => [p.id, p.currency, p.timeZone, p.commercePayments])).toEqual([
      [USD, 'USD', 'America/New_York', false],
      [EUR, 'EUR', 'Europe/Paris', true],
    ]);
  });

  it('use only addresses nobody can own', () => {
    for (const email of emails) expect(email).toMatch(/@[a-z-]+\.example$|^[a-z]+-sandbox@gmail\.com$/);
    expect(new Set(emails).size).toBe(emails.length);
  });

  it('know role addresses, free mail, one name twice, a right-to-left name and a very long company', () => {
    const names = seeds('contacts')
      .flat()
      .map(({ properties }) => `${properties['firstname']} ${properties['lastname']}`);
    expect(emails.filter((email) => email.startsWith('billing@'))).toHaveLength(3);
    expect(emails.filter((email) => email.endsWith('@gmail.com'))).toHaveLength(3);
    expect(names.filter((name) => name === 'James Porter')).toHaveLength(2);
    expect(names.filter((name) => /\p{Script=Arabic}/u.test(name))).toHaveLength(1);
    expect(names.filter((name) => name.includes('’')).length).toBeGreaterThan(1);
    const companies = seeds('companies').flat();
    expect(Math.max(...companies.map(({ properties }) => properties['name']!.length))).toBeGreaterThan(120);
  });

  it.each([
    { portalId: USD, deal: 'lattice-rollout', contact: 'ada', company: 'lattice', amount: '1250.00' },
    {
      portalId: EUR,
      deal: 'maree-phares-salle',
      contact: 'maree-yann',
      company: 'maree-phares',
      amount: '980.00',
    },
  ])('make $deal a deal over $amount with three lines, a person and a company', (star) => {
    const portal = hubspot.portal(star.portalId);
    const seed = portals.find(({ id }) => id === star.portalId)!;
    const tied = seed.associations!.filter(({ from, to }) => from === star.deal || to === star.deal);
    const lines = tied.filter(({ to }) => to === star.deal).map(({ from }) => portal.ref(from));
    expect(tied.filter(({ from }) => from === star.deal).map(({ to }) => to)).toEqual([
      star.contact,
      star.company,
    ]);
    expect(lines).toHaveLength(3);
    const figures = lines.map((id) => portal.properties('line_items', id)!);
    const total = figures.reduce((sum, line) => sum + Number(line['quantity']) * Number(line['price']), 0);
    expect(total.toFixed(2)).toBe(star.amount);
    expect(portal.properties('deals', portal.ref(star.deal))).toMatchObject({ amount: star.amount });
  });

  it('tie every employee and deal to a primary company', async () => {
    type Stored = { portalId: number; id: string; associations: Record<string, { typeIds: number[] }[]> };
    const shown = async (kind: string) =>
      (await (await fetch(`${hubspot.url}/_sandbox/objects/${kind}`)).json()) as Stored[];
    const primary = (records: Stored[], type: number) =>
      records.filter((r) => r.associations['companies']?.some(({ typeIds }) => typeIds.includes(type)));
    const contacts = await shown('contacts');
    expect(primary(contacts, 1)).toHaveLength(37);
    expect(primary(contacts, 1).map(({ id }) => id)).toContain(hubspot.portal(USD).ref('ada'));
    expect(primary(await shown('deals'), 5)).toHaveLength(15);
  });
});

describe('the org', () => {
  const door = () => salesforce.org(org!.id);

  it('holds 7 accounts, 12 contacts and 5 opportunities, all accepted by the stand-in, and four users', () => {
    expect(['Account', 'Contact', 'Opportunity'].map((type) => inOrg(type).length)).toEqual([7, 12, 5]);
    for (const { type, ref, fields } of org!.records!)
      if (ref) expect(door().fields(type, door().ref(ref))).toMatchObject(fields);
    expect(org!.users).toHaveLength(4);
    expect([org!.currency, org!.timeZone, org!.sandbox]).toEqual(['EUR', 'Europe/Dublin', true]);
  });

  it('uses only addresses nobody can own, and one that two contacts have', () => {
    const addresses = inOrg('Contact').map(({ fields }) => String(fields['Email']));
    for (const email of addresses) expect(email).toMatch(/@[a-z-]+\.example$|^[a-z]+-sandbox@gmail\.com$/);
    expect(addresses.length - new Set(addresses).size).toBe(1);
    expect(addresses.filter((email) => emails.includes(email))).toEqual([]);
  });

  it('has an opportunity over 1,240.00 with three products, a primary contact and an account', () => {
    const id = door().ref('lark-hydro-gauges');
    const of = (type: string) =>
      door()
        .all(type)
        .filter(({ OpportunityId }) => OpportunityId === id);
    const total = of('OpportunityLineItem').reduce((sum, { TotalPrice }) => sum + Number(TotalPrice), 0);
    expect(door().fields('Opportunity', id)).toMatchObject({
      Amount: 1_240,
      AccountId: door().ref('lark-hydro'),
    });
    expect([of('OpportunityLineItem').length, total]).toEqual([3, 1_240]);
    expect(of('OpportunityContactRole')).toMatchObject([
      { ContactId: door().ref('lark-orla'), IsPrimary: true },
      { ContactId: door().ref('lark-cormac'), IsPrimary: false },
    ]);
  });

  it('adds up what each opportunity comes to, a discount and a part of an hour included', () => {
    const lines = door().all('OpportunityLineItem');
    for (const { Id, Amount } of door().all('Opportunity')) {
      const own = lines.filter(({ OpportunityId }) => OpportunityId === Id);
      expect(own.reduce((sum, { TotalPrice }) => sum + Number(TotalPrice), 0)).toBe(Amount);
    }
    expect(lines.some(({ Discount }) => Number(Discount) > 0)).toBe(true);
  });
});

describe('the Stripe accounts', () => {
  it('are filled within two seconds with 56 customers, 307 invoices and 8 subscriptions', async () => {
    expect(made).toEqual({ customers: 56, invoices: 307, subscriptions: 8 });
    expect(seedingMs).toBeLessThan(2000);
    expect(await overAll((client) => client.customers.list(page))).toHaveLength(55);
    expect(await overAll((client) => client.invoices.list(page))).toHaveLength(307);
  });

  it('tell the same story each time', async () => {
    const again = await startStripe({ port: 0, clock, accounts });
    seedHistory(again, owners, clock.now());
    const story = (standIn: StripeStandIn) =>
      accounts.map(({ id }) =>
        standIn
          .account(id)
          .all('invoices')
          .map((one) => [one.customer_name, one.status, one.total, one.currency]),
      );
    expect(story(again)).toEqual(story(stripe));
    await again.close();
  });

  it('have nothing in the future and nothing older than thirteen months, and told no webhook', async () => {
    const events = accounts.flatMap(({ id }) => stripe.account(id).all('events'));
    const times = events.map((event) => event.created * 1000);
    const now = clock.now().getTime();
    expect(Math.max(...times)).toBeLessThanOrEqual(now);
    expect(Math.min(...times)).toBeGreaterThan(now - 400 * 86_400_000);
    expect(events.every((event) => event.pending_webhooks === 0)).toBe(true);
  });

  it.each(accounts)('show each state of an invoice in $name', async (account) => {
    const client = clientOf(account);
    const invoices = await everything(client.invoices.list(page));
    const count = (fits: (invoice: Stripe.Invoice) => boolean) => invoices.filter(fits).length;
    const now = clock.now().getTime() / 1000;
    const open = (i: Stripe.Invoice) => i.status === 'open' && i.due_date !== null;
    const counts = {
      draft: count((i) => i.status === 'draft'),
      notDue: count((i) => open(i) && i.due_date! > now),
      overdue: count((i) => open(i) && i.due_date! < now),
      partPaid: count((i) => open(i) && i.amount_paid > 0 && i.amount_remaining > 0),
      failed: count((i) => open(i) && i.attempt_count > 0 && i.amount_paid === 0),
      paid: count((i) => i.status === 'paid'),
      overpaid: count((i) => i.amount_overpaid > 0),
      creditUsed: count((i) => i.starting_balance < 0 && i.amount_due < i.total),
      void: count((i) => i.status === 'void'),
      uncollectible: count((i) => i.status === 'uncollectible'),
      taxInclusive: count((i) => !!i.total_taxes?.some((tax) => tax.tax_behavior === 'inclusive')),
      taxExclusive: count((i) => !!i.total_taxes?.some((tax) => tax.tax_behavior === 'exclusive')),
    };
    for (const [state, found] of Object.entries(counts)) expect(found, state).toBeGreaterThan(0);
  });

  it.each(accounts)('show each way a payment goes in $name', async (account) => {
    const client = clientOf(account);
    const charges = await everything(client.charges.list(page));
    const intents = await everything(client.paymentIntents.list(page));
    const disputes = await everything(client.disputes.list(page));
    const count = (fits: (charge: Stripe.Charge) => boolean) => charges.filter(fits).length;
    const bank = account === usd ? 'us_bank_account' : 'sepa_debit';
    const counts = {
      byCard: count((c) => c.paid && c.payment_method_details?.type === 'card'),
      byBank: count((c) => c.paid && c.payment_method_details?.type === bank),
      failedCard: count((c) => c.status === 'failed' && c.payment_method_details?.type === 'card'),
      failedBank: count((c) => c.status === 'failed' && c.payment_method_details?.type === bank),
      refunded: count((c) => c.refunded),
      partRefunded: count((c) => c.amount_refunded > 0 && !c.refunded),
      processing: intents.filter((intent) => intent.status === 'processing').length,
    };
    for (const [way, found] of Object.entries(counts)) expect(found, way).toBeGreaterThan(0);
    const states = new Set(disputes.map(({ status }) => status));
    expect(states).toEqual(new Set(['needs_response', 'won', 'lost']));
    const credit = (await everything(client.customers.list(page))).filter(({ balance }) => balance < 0);
    expect(credit).toHaveLength(1);
  });

  it('invoice mainly in dollars and euros, and in pounds, yen and dinars', async () => {
    const invoices = await overAll((client) => client.invoices.list(page));
    const by = Object.groupBy(invoices, ({ currency }) => currency);
    expect(Object.keys(by).sort()).toEqual(['eur', 'gbp', 'jpy', 'kwd', 'usd']);
    expect(by['usd']!.length + by['eur']!.length).toBeGreaterThan(170);
  });

  it('have payers for every case of matching', async () => {
    const known = new Set([...emails, ...inOrg('Contact').map(({ fields }) => String(fields['Email']))]);
    const customers = await overAll((client) => client.customers.list(page));
    const addresses = customers.map(({ email }) => email);
    const lower = addresses.flatMap((email) => (email === null ? [] : [email.toLowerCase()]));
    const mine = lower.filter((email) => known.has(email));
    expect(mine.filter((email) => !isRoleOrFreeMail(email)).length).toBeGreaterThan(20);
    expect(mine.filter((email) => isRoleOrFreeMail(email)).length).toBeGreaterThan(5);
    expect(lower.filter((email) => !known.has(email)).length).toBeGreaterThan(4);
    expect(mine.filter((email) => email === 'ngozi@harborlight.example')).toHaveLength(2);
    expect(addresses.filter((email) => email === null)).toHaveLength(1);
    expect(addresses).toContain('MaryAnn@Red-Maple.example');
    const [secondary = ''] = people.get('ngozi')!.secondary;
    expect(known.has(secondary)).toBe(false);
    expect(addresses).toContain(secondary);
    const names = customers.filter(({ name }) => name === 'James Porter');
    expect(new Set(names.map(({ email }) => email)).size).toBe(2);
  });

  it('charge payers again and again, in every state that takes, and its invoices say so', async () => {
    const subscriptions = await overAll((client) => client.subscriptions.list({ ...page, status: 'all' }));
    const states = new Set(subscriptions.map(({ status }) => status));
    expect(states).toEqual(new Set(['active', 'past_due', 'canceled']));
    expect(subscriptions.filter(({ pause_collection }) => pause_collection)).toHaveLength(1);
    expect(subscriptions.filter(({ cancel_at, status }) => cancel_at && status === 'active')).toHaveLength(1);
    const now = clock.now().getTime() / 1000;
    const ends = subscriptions.filter(({ status }) => status !== 'canceled').map((one) => one.items.data[0]!);
    expect(ends.every(({ current_period_end: end }) => end > now)).toBe(true);
    const invoices = await overAll((client) => client.invoices.list(page));
    const made = invoices.flatMap(({ parent }) => parent?.subscription_details?.subscription ?? []);
    expect(new Set(made)).toEqual(new Set(subscriptions.map(({ id }) => id)));
    expect(made).toHaveLength(24);
  });

  it('have deleted a customer whose paid invoice is still there', async () => {
    const client = clientOf(usd);
    const invoices = await everything(client.invoices.list(page));
    const left = invoices.find((invoice) => invoice.customer_email === 'till@closed-chapter.example')!;
    expect(left.status).toBe('paid');
    expect(await client.customers.retrieve(String(left.customer))).toMatchObject({ deleted: true });
  });

  it('save a good card, a card that asks the bank, one that is always declined, and bank accounts', async () => {
    const methods = accounts.flatMap(({ id }) => stripe.account(id).all('payment_methods'));
    const saved = methods.filter(({ customer }) => customer !== null);
    const digits = new Set(saved.map(({ card }) => card?.last4));
    expect([...digits]).toEqual(expect.arrayContaining(['4242', '3184', '0341']));
    const types = new Set(saved.map(({ type }) => type));
    expect(types).toEqual(new Set(['card', 'us_bank_account', 'sepa_debit']));
  });
});

describe('Ada Fairweather', () => {
  it('owes two invoices, one of them overdue, has paid two, and keeps one good card', async () => {
    const client = clientOf(usd);
    const [ada] = (await client.customers.list({ email: 'ada@lattice-labs.example' })).data;
    const invoices = (await client.invoices.list({ customer: ada!.id })).data;
    const open = invoices.filter(({ status }) => status === 'open');
    const paid = invoices.filter(({ status }) => status === 'paid');
    const sum = (amounts: number[]) => amounts.reduce((total, amount) => total + amount, 0);
    expect(invoices).toHaveLength(4);
    expect(open).toHaveLength(2);
    expect(sum(open.map(({ amount_remaining }) => amount_remaining))).toBe(885_55);
    expect(open.filter(({ due_date }) => due_date! * 1000 < clock.now().getTime())).toMatchObject([
      { amount_remaining: 310_00 },
    ]);
    expect(paid).toHaveLength(2);
    expect(sum(paid.map(({ amount_paid }) => amount_paid))).toBe(960_00);
    const { data: cards } = await client.customers.listPaymentMethods(ada!.id);
    expect(cards).toMatchObject([{ type: 'card', card: { last4: '4242' } }]);
    expect(ada!.invoice_settings.default_payment_method).toBe(cards[0]!.id);
  });
});
