// From the ledger to a Salesforce org: how many calls payments cost, and what becomes of records that are busy, merged, gone or not there yet.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../../src/log.ts';
import { recordKey, type Fact } from '../../src/ledger/facts.ts';
import { createOutbox, type Outbox } from '../../src/outbox/deliver.ts';
import { createPace } from '../../src/outbox/pace.ts';
import { createPost, type Post } from '../../src/posting/post.ts';
import { createFollow } from '../../src/reconcile/follow.ts';
import { LATE_MS } from '../../src/store/store.ts';
import { startSalesforceRig, type SalesforceRig } from '../crms/salesforce/rig.ts';
import { openInFolder } from '../store/folders.ts';
import { customerFact, fact, invoiceFact, WORKSPACE } from './world.ts';

let rig: SalesforceRig;
let opened: Awaited<ReturnType<typeof openInFolder>>;
let outbox: Outbox;
let post: (...facts: Fact[]) => Promise<void>;

async function start(more: { timeoutMs?: number } = {}): Promise<void> {
  rig = await startSalesforceRig({ org: { dailyCalls: 1_000_000 }, ...more });
  opened = await openInFolder();
  const { store } = opened;
  const { clock, connection, crm } = rig;
  const mirrors = [{ installationId: connection.installationId, payments: true, whole: true }];
  const posting: Post = createPost({
    store,
    clock,
    wake: () => undefined,
    contextOf: async () => ({ zone: 'Europe/Berlin', counts: () => true, mirrors }),
  });
  post = async (...facts) => void (await posting(WORKSPACE, facts));
  outbox = createOutbox({
    store,
    clock,
    log: createLog('silent'),
    pace: createPace(() => clock.now().getTime()),
    delayed: () => Promise.resolve(),
    again: () => undefined,
    follow: createFollow({ store, clock, post: posting }),
    targetOf: async () => ({
      connection,
      crm,
      batchSize: crm.batchSize,
      callsPerTenSeconds: 5_500,
      render: async () => ({ currency: 'EUR', schemaVersion: 1, linkTo: () => null }),
    }),
    retryBaseMs: 1_000,
    leaseMs: 60_000,
  });
}

async function stop(): Promise<void> {
  await outbox.settled();
  await opened.close();
  await rig.close();
}

beforeEach(() => start());
afterEach(stop);

const flush = async (): Promise<void> => {
  await outbox.run();
  await outbox.settled();
};

async function drain(): Promise<void> {
  for (let look = 0; look < 100; look += 1) {
    await flush();
    if ((await opened.store.counts()).outbox === 0) return;
    rig.clock.advance(20_000);
  }
  throw new Error('something still waits in the outbox');
}

/** A contact of an account, and the payer who is linked to both. */
function payer(name: string, AccountId = rig.portal.company('Mill')) {
  const id = rig.org.create('Contact', { LastName: name, AccountId });
  const { installationId } = rig.connection;
  const linked = (objectType: string, recordId: string): Fact => {
    const record = { installationId, objectType, recordId };
    return fact(
      'link',
      `${name}>${recordKey(record)}`,
      name,
      { customerId: name, record, reason: 'email', active: true, released: false },
      { source: 'payside' },
    );
  };
  return { id, AccountId, facts: [customerFact(name), linked('Contact', id), linked('Account', AccountId)] };
}

const paid = (owner: string, nth: number): Fact[] => [
  invoiceFact(`in_${nth}`, owner, 1_000, { status: 'paid', remainingMinor: 0, paidMinor: 1_000 }),
  fact('payment', `pi_${nth}`, owner, {
    customerId: owner,
    status: 'succeeded',
    currency: 'EUR',
    amountMinor: 1_000,
    capturedMinor: 1_000,
    createdAt: '2026-01-11T09:00:00.000Z',
    succeededAt: '2026-01-11T09:00:01.000Z',
  }),
  fact('allocation', `al_${nth}`, owner, {
    invoiceId: `in_${nth}`,
    paymentId: `pi_${nth}`,
    amountMinor: 1_000,
    currency: 'EUR',
    status: 'paid',
  }),
];

const contact = (id: string) => rig.org.fields('Contact', id);

describe('the calls of', () => {
  it('a burst of 1,000 payments of as many people stay within three times the bound', async () => {
    const people = Array.from({ length: 1_000 }, (_, nth) => payer(`p${nth}`));
    for (const { facts } of people) await post(...facts);
    await drain();
    const used = rig.org.usage();
    await Promise.all(people.map((_, nth) => post(...paid(`p${nth}`, nth))));
    await drain();
    // Contacts, accounts, invoices, payments and allocations, 200 in a call.
    const bound = 5 * 5;
    const calls = rig.org.usage() - used;
    console.log(`Salesforce calls per 1,000 payments, 1,000 people: ${calls}, bound ${bound}`);
    expect(calls).toBeLessThanOrEqual(3 * bound);
    expect(rig.org.all('Payside_Allocation__c')).toHaveLength(1_000);
  }, 120_000);

  it('a lone payment of an open invoice is one', async () => {
    const ada = payer('ada');
    await post(...ada.facts, invoiceFact('in_1', 'ada', 1_000));
    await drain();
    const used = rig.org.usage();
    await post(...paid('ada', 1));
    await drain();
    expect(rig.org.usage() - used).toBe(1);
    expect(contact(ada.id)).toMatchObject({ Payside_Status__c: 'paid', Payside_Lifetime_Collected__c: 10 });
  });

  it('the same facts again, and of a payment that changes nothing, are none', async () => {
    await post(...payer('ada').facts, ...paid('ada', 1));
    await drain();
    const used = rig.org.usage();
    await post(...paid('ada', 1));
    await post(...paid('ada', 1));
    await drain();
    expect(rig.org.usage() - used).toBe(0);
  });
});

describe('a subscription', () => {
  const subscription = fact('subscription', 'sub_1', 'ada', {
    customerId: 'ada',
    status: 'active',
    currency: 'EUR',
    createdAt: '2026-01-11T09:00:00.000Z',
  });

  it('goes before the invoice that names it, in the same call', async () => {
    const ada = payer('ada');
    await post(...ada.facts, subscription, invoiceFact('in_1', 'ada', 1_000, { subscriptionId: 'sub_1' }));
    await drain();
    const [made] = rig.org.all('Payside_Subscription__c');
    expect(made).toMatchObject({ Status__c: 'active', Contact__c: ada.id, Account__c: ada.AccountId });
    expect(rig.org.all('Payside_Invoice__c')).toMatchObject([{ Subscription__c: made?.['Id'] }]);
    expect(rig.salesforce.calls.filter(({ path }) => path.endsWith('/composite'))).toHaveLength(1);
  });
});

describe('a record', () => {
  it('that somebody holds is written a little later', async () => {
    const ada = payer('ada');
    rig.salesforce.faults.arm('unable-to-lock-row', 2, 0);
    await post(...ada.facts, ...paid('ada', 1));
    await drain();
    expect(contact(ada.id)).toMatchObject({ Payside_Status__c: 'paid' });
    expect(await opened.store.deadLetters()).toEqual([]);
  });

  it('that was merged hands its payer on to the one that stayed', async () => {
    const [ada, other] = [payer('ada'), payer('other')];
    await post(...ada.facts, invoiceFact('in_1', 'ada', 1_000));
    await drain();
    rig.org.merge('Contact', other.id, ada.id);
    await post(...paid('ada', 1));
    await drain();
    expect(contact(other.id)).toMatchObject({ Payside_Status__c: 'paid', Payside_Lifetime_Collected__c: 10 });
    expect(rig.org.all('Payside_Invoice__c')).toMatchObject([{ Contact__c: other.id, Status__c: 'paid' }]);
  });

  it('that is gone lets its payer go, and what hung on it stays with the account', async () => {
    const ada = payer('ada');
    await post(...ada.facts, invoiceFact('in_1', 'ada', 1_000));
    await drain();
    rig.org.remove('Contact', ada.id);
    await post(...paid('ada', 1));
    await drain();
    expect(rig.org.all('Payside_Invoice__c')).toMatchObject([
      { Contact__c: null, Account__c: ada.AccountId, Status__c: 'paid' },
    ]);
    expect(await opened.store.deadLetters()).toEqual([]);
  });

  it('whose value the org refuses ends as a dead letter in the org’s own words, and the others are written', async () => {
    const [ada, bob] = [payer('ada'), payer('bob')];
    await post(
      ...ada.facts,
      ...bob.facts,
      ...paid('ada', 1),
      invoiceFact('in_2', 'bob', 500, { currency: 'EUR' }),
      fact('payment', 'pi_2', 'bob', {
        customerId: 'bob',
        status: 'failed',
        failure: 'a reason nobody declared',
        currency: 'EUR',
        amountMinor: 500,
        capturedMinor: 0,
        createdAt: '2026-01-11T09:00:00.000Z',
      }),
    );
    await drain();
    expect(contact(ada.id)).toMatchObject({ Payside_Status__c: 'paid' });
    expect(contact(bob.id)).toMatchObject({ Payside_Owed__c: 5 });
    expect(await opened.store.deadLetters()).toMatchObject([
      { reason: expect.stringContaining('bad value for restricted picklist') },
    ]);
  });

  it('that a lost answer left in doubt is written once', async () => {
    const ada = payer('ada');
    rig.salesforce.faults.arm('reset-after', 3, 0);
    await post(...ada.facts, ...paid('ada', 1));
    await drain();
    expect(rig.org.all('Payside_Invoice__c')).toHaveLength(1);
    expect(rig.org.all('Payside_Payment__c')).toHaveLength(1);
    expect(rig.org.all('Payside_Allocation__c')).toHaveLength(1);
    expect(contact(ada.id)).toMatchObject({ Payside_Lifetime_Collected__c: 10 });
  });
});

describe('a write whose answer never came', () => {
  it('leaves nothing older on contact and invoice than what was sent after it, in one more look', async () => {
    await stop();
    await start({ timeoutMs: 1_500 });
    const { id, facts } = payer('Ada');
    const open = (remainingMinor: number, number: number): Fact =>
      invoiceFact('in_1', 'Ada', 10_000, { remainingMinor }, { number });
    await post(...facts, open(10_000, 1));
    await drain();
    const says = () => [
      contact(id)?.['Payside_Owed__c'],
      rig.org.all('Payside_Invoice__c').map((invoice) => invoice['Due__c']),
    ];
    expect(says()).toEqual([100, [100]]);
    await post(open(7_500, 2));
    rig.salesforce.faults.arm('late', 1, 0);
    rig.clock.advance(20_000);
    await flush();
    await post(open(0, 3));
    rig.clock.advance(20_000);
    await flush();
    expect(says()).toEqual([0, [0]]);
    expect(await rig.salesforce.land()).toBe(1);
    expect(says()).toEqual([75, [75]]);
    rig.clock.advance(LATE_MS);
    rig.salesforce.calls.length = 0;
    await drain();
    expect(says()).toEqual([0, [0]]);
    const asked = rig.salesforce.calls.map(
      ({ method, path }) => `${method} ${path.split('/').at(-1)?.slice(0, 9)}`,
    );
    expect(asked.filter((call) => call === 'POST composite')).toHaveLength(1);
    rig.clock.advance(9 * LATE_MS);
    rig.salesforce.calls.length = 0;
    await drain();
    expect(rig.salesforce.calls).toEqual([]);
  });
});
