// What people do in Salesforce that nobody tells us: merged, deleted and moved records, and addresses that are put right, are found by asking.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from './rig.ts';
import { ADMIN, fieldsWhen, startOrgRig, type At, type OrgRig } from './salesforce-rig.ts';

const MINUTE = 60_000;

let rig: OrgRig;
beforeEach(async () => void (rig = await startOrgRig()));
afterEach(() => rig.close());

/** A customer of the gateway who owes something. */
function owing(email: string, amount: number): string {
  const told = { silent: false };
  const { id: customer } = rig.account.create('customers', { email }, told);
  const terms = { collection_method: 'send_invoice', days_until_due: 30 };
  const { id } = rig.account.create('invoices', { customer, ...terms });
  rig.account.create('invoiceitems', { customer, invoice: id, amount, currency: 'eur' });
  rig.account.act('invoices', id, 'finalize', {}, told);
  return customer;
}

const soqlOf = (path: string): string => new URL(path, rig.url).searchParams.get('q') ?? '';
const asked = (pattern: RegExp): number =>
  rig.salesforce.calls.filter(({ path }) => path.includes('/queryAll') && pattern.test(soqlOf(path))).length;
const polls = (): number => asked(/SystemModstamp >/);

/** Lets time pass until the connector has asked once more, to the end. */
async function polled(): Promise<void> {
  const before = polls();
  rig.clock.advance(16 * MINUTE);
  await waitFor('a poll', () => (polls() >= before + 3 ? true : undefined));
}

const owes = (at: At, amount: number) =>
  fieldsWhen(rig, at, (now) => (now['Payside_Owed__c'] ?? 0) === amount);
const unmatched = async (): Promise<number> =>
  (await rig.apex<{ total: number }>('/api/v1/unmatched')).body.total;
const mill = () => rig.at('Account', 'mill');
const grace = () => rig.at('Contact', 'grace');
const ada = () => rig.at('Contact', 'ada');

describe('a contact', () => {
  it('that was merged into another takes its payer along before anything else is written', async () => {
    owing('ada@example.com', 4_200);
    await owes(ada(), 42);
    rig.org.merge('Contact', grace().id, ada().id);
    await polled();
    await owes(grace(), 42);
    expect((await rig.cardOf(grace())).owed).toMatchObject([{ amountMinor: 4_200 }]);
  });

  it('that was merged into one that was merged into a third takes its payer all the way', async () => {
    owing('ada@example.com', 4_200);
    await owes(ada(), 42);
    const twin = { type: 'Contact', id: rig.org.create('Contact', { LastName: 'Byron' }) };
    rig.org.merge('Contact', twin.id, ada().id);
    rig.clock.advance(MINUTE);
    rig.org.merge('Contact', grace().id, twin.id);
    await polled();
    await owes(grace(), 42);
    await owes(mill(), 42);
  });

  it('that was deleted lets its payer go, to whoever has the address now', async () => {
    owing('ada@example.com', 4_200);
    await owes(ada(), 42);
    rig.org.remove('Contact', ada().id);
    const id = rig.org.create('Contact', { LastName: 'Byron', Email: 'ada@example.com' });
    await polled();
    await owes({ type: 'Contact', id }, 42);
  });

  it('that works for another account now takes what it owes there', async () => {
    owing('grace@example.com', 4_200);
    await owes(mill(), 42);
    const forge = { type: 'Account', id: rig.org.create('Account', { Name: 'New Forge' }) };
    rig.org.update('Contact', grace().id, { AccountId: forge.id });
    await polled();
    await owes(forge, 42);
    await owes(mill(), 0);
    await owes(grace(), 42);
  });

  it('that gets the address of a payer nobody was found for becomes theirs within the hour', async () => {
    owing('lovelace@example.com', 4_200);
    await waitFor('the list', async () => ((await unmatched()) === 1 ? true : undefined));
    rig.org.update('Contact', ada().id, { Email: 'Lovelace@example.com' });
    await polled();
    await owes(ada(), 42);
    expect(await unmatched()).toBe(0);
  });

  it('of two with one address that is merged into the other settles whose the payer is', async () => {
    const twin = rig.org.create('Contact', { LastName: 'Byron', Email: 'ada@example.com' });
    owing('ada@example.com', 4_200);
    await waitFor('the list', async () => ((await unmatched()) === 1 ? true : undefined));
    rig.org.merge('Contact', ada().id, twin);
    await polled();
    await owes(ada(), 42);
  });
});

describe('an account', () => {
  it('that was merged into another leaves it what it was owed', async () => {
    owing('grace@example.com', 4_200);
    await owes(mill(), 42);
    const forge = { type: 'Account', id: rig.org.create('Account', { Name: 'New Forge' }) };
    rig.org.merge('Account', forge.id, mill().id);
    await polled();
    await owes(forge, 42);
  });
});

describe('asking', () => {
  it('finds what happened while the connector was stopped', async () => {
    owing('ada@example.com', 4_200);
    await owes(ada(), 42);
    await polled();
    await rig.stopConnector();
    rig.org.merge('Contact', grace().id, ada().id);
    rig.clock.advance(3 * 60 * MINUTE);
    await rig.startConnector();
    await owes(grace(), 42);
  });

  it('costs an idle org three calls a quarter of an hour, and one an hour for flags', async () => {
    await polled();
    const before = rig.salesforce.calls.filter(({ path }) => path.startsWith('/services/data')).length;
    for (let quarter = 1; quarter <= 8; quarter += 1) {
      const then = polls();
      rig.clock.advance(15 * MINUTE);
      await waitFor('the next poll', () => (polls() === then + 3 ? true : undefined));
    }
    await waitFor('what is asked by the hour', () => (asked(/ShouldForget/) === 3 ? true : undefined));
    const after = rig.salesforce.calls.filter(({ path }) => path.startsWith('/services/data')).length;
    expect(after - before).toBe(26);
  });

  it.each([
    ['an uninstall', (org: OrgRig['org']) => org.uninstall()],
    ['a closed org', (org: OrgRig['org']) => org.closeOrg()],
  ])('notices %s, asks no more, and hears no more', async (_what, end) => {
    await polled();
    end(rig.org);
    rig.clock.advance(16 * MINUTE);
    await waitFor('the end', () => (rig.log().includes('an installation has ended') ? true : undefined));
    const calls = rig.salesforce.calls.length;
    rig.clock.advance(60 * MINUTE);
    await rig.stopConnector();
    await rig.startConnector();
    rig.clock.advance(60 * MINUTE);
    await rig.stopConnector();
    expect(rig.salesforce.calls).toHaveLength(calls);
    await rig.startConnector();
    const body = { id: crypto.randomUUID(), changes: [] };
    const told = await rig.org.apex({ userId: ADMIN, method: 'POST', path: '/webhooks/salesforce', body });
    expect(told).toEqual({ status: 400, body: '{"outcome":"refused"}' });
  });
});
