// Subscriptions at the gateway as records in Salesforce, through the real app: begun, changed, ended, and read from history.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fields } from '../../sandbox/salesforce/start.ts';
import { orgSeed, recordsWhen, startOrgRig, type OrgRig } from './salesforce-rig.ts';
import { gatewayAccount, waitFor } from './rig.ts';

const SUBSCRIPTION = 'Payside_Subscription__c';
const INVOICE = 'Payside_Invoice__c';
const CARE = { items: [{ name: 'Care', amount: 8_900, quantity: 2 }], daysUntilDue: 14 };
const loud = { silent: false };

let rig: OrgRig;
let account: ReturnType<typeof gatewayAccount>;
let past: { id: string; over: string };

/** What the account held before it was connected: one that runs, and one that has ended long ago. */
beforeAll(async () => {
  account = gatewayAccount();
  rig = await startOrgRig({ accounts: [account], orgs: [orgSeed()] }, false);
  const { id: customer } = rig.account.create('customers', { email: 'ada@example.com' });
  const day = (ago: number): { at: Date } => ({ at: new Date(rig.clock.now().getTime() - ago * 86_400_000) });
  const running = rig.account.subscribe(customer, CARE, day(20));
  const over = rig.account.subscribe(customer, CARE, day(200));
  rig.account.steer(over.id, 'end', day(190));
  past = { id: running.id, over: over.id };
  await rig.connect(await rig.installOrg(), account);
});
afterAll(() => rig.close());

const subscriptionWhen = async (id: string, fits: (one: Fields) => boolean): Promise<Fields> => {
  const isIt = (one: Fields): boolean => one['Reference__c'] === id && fits(one);
  const all = await recordsWhen(rig, SUBSCRIPTION, (records) => records.some(isIt));
  return all.find(isIt) ?? {};
};

const invoicesOf = (record: Fields, count: number): Promise<Fields[]> =>
  waitFor(`invoices of ${String(record['Reference__c'])}`, () => {
    const found = rig.org.all(INVOICE).filter((one) => one['Subscription__c'] === record['Id']);
    return found.length === count ? found : undefined;
  });

const time = (value: unknown): number => Date.parse(String(value));

describe('the history of an account', () => {
  it('brings what runs, with what is charged, how often and until when, beside the payer', async () => {
    // Who pays may be matched after what they pay for is there.
    const record = await subscriptionWhen(past.id, (one) => one['Contact__c'] !== null);
    expect(record).toMatchObject({
      Status__c: 'active',
      Currency_Code__c: 'EUR',
      Amount_Minor__c: 17_800,
      Amount__c: 178,
      Amount_Text__c: 'EUR 178.00',
      Period_Count__c: 1,
      Period_Unit__c: 'month',
      Cancel_At__c: null,
      Ended_At__c: null,
      Contact__c: rig.org.ref('ada'),
    });
    expect(record['Payside_Id__c']).toMatch(new RegExp(`^ga_\\w+:${past.id}$`));
    expect(time(record['Period_Ends_At__c'])).toBeGreaterThan(rig.clock.now().getTime());
    await invoicesOf(record, 1);
  });

  it('brings what has ended as well, and the invoices it made name it', async () => {
    const record = await subscriptionWhen(past.over, () => true);
    expect(record).toMatchObject({ Status__c: 'canceled', Period_Ends_At__c: null });
    expect(time(record['Ended_At__c'])).toBeLessThan(rig.clock.now().getTime());
    expect(await invoicesOf(record, 1)).toMatchObject([{ Total_Minor__c: 17_800 }]);
  });
});

describe('a subscription', () => {
  let id: string;
  let customer: string;

  it('that begins is a record of its payer’s contact and account, and so is its first invoice', async () => {
    customer = rig.account.create('customers', { email: 'grace@example.com' }, loud).id;
    id = rig.account.subscribe(customer, CARE, loud).id;
    const record = await subscriptionWhen(id, (one) => one['Contact__c'] !== null);
    expect(record).toMatchObject({
      Status__c: 'active',
      Contact__c: rig.org.ref('grace'),
      Account__c: rig.org.ref('mill'),
    });
    await invoicesOf(record, 1);
  });

  it('that changes says so on its one record, and each new period hangs another invoice on it', async () => {
    rig.account.steer(id, 'double', loud);
    await subscriptionWhen(id, (one) => one['Amount_Minor__c'] === 35_600);
    const before = await subscriptionWhen(id, () => true);
    rig.account.steer(id, 'renew', loud);
    const after = await subscriptionWhen(
      id,
      (one) => time(one['Period_Ends_At__c']) > time(before['Period_Ends_At__c']),
    );
    expect((await invoicesOf(after, 2)).map((one) => one['Total_Minor__c']).sort()).toEqual([17_800, 35_600]);
    rig.account.steer(id, 'pause', loud);
    await subscriptionWhen(id, (one) => one['Status__c'] === 'paused');
    rig.account.steer(id, 'resume', loud);
    rig.account.steer(id, 'end later', loud);
    const ending = await subscriptionWhen(id, (one) => one['Cancel_At__c'] !== null);
    expect(ending).toMatchObject({ Status__c: 'active', Ended_At__c: null });
    expect(rig.org.all(SUBSCRIPTION)).toHaveLength(3);
  });

  it('ends, also with its customer, keeps its record and invoices, and leaves nothing undelivered', async () => {
    rig.account.request('DELETE', `/v1/customers/${customer}`, {}, loud);
    const record = await subscriptionWhen(id, (one) => one['Status__c'] === 'canceled');
    expect(record).toMatchObject({ Period_Ends_At__c: null, Cancel_At__c: null });
    expect(time(record['Ended_At__c'])).toBeGreaterThan(0);
    await invoicesOf(record, 2);
    const { body } = await rig.apex<{ view: { admin: { givenUp: unknown } } }>('/api/v1/settings');
    expect(body.view.admin.givenUp).toBeNull();
  });
});

it('an endpoint that an earlier release made is told of subscriptions within a day', async () => {
  const [endpoint] = rig.account.all('webhook_endpoints');
  const path = `/v1/webhook_endpoints/${endpoint?.id ?? ''}`;
  rig.account.request('POST', path, { enabled_events: ['invoice.paid'] });
  rig.clock.advance(25 * 3_600_000);
  await waitFor('the endpoint hears all', () => {
    const events = rig.account.all('webhook_endpoints')[0]?.enabled_events ?? [];
    return events.includes('customer.subscription.deleted') && events.includes('invoice.paid')
      ? true
      : undefined;
  });
});
