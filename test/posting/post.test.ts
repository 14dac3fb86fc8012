// Posting over the real embedded store: facts become rows, desired states and the work that follows from them.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RecordRef } from '../../src/ledger/entities.ts';
import { recordKey, type Fact } from '../../src/ledger/facts.ts';
import { linkFact, releaseFact } from '../../src/ledger/links.ts';
import { createPost, type Post } from '../../src/posting/post.ts';
import { isSummary, type SummaryValues } from '../../src/records/desired-state.ts';
import type { ClaimedDelivery, Store, WorkKind } from '../../src/store/store.ts';
import { openInFolder } from '../store/folders.ts';
import { event, later, LEASE_MS, NOW } from '../store/samples.ts';
import type { Opened } from '../store/store.contract.ts';

const INSTALLATION = 'inst_1';
const LIVE = 'acct_live';

let opened: Opened;
let store: Store;
let post: Post;
let woken: number;

beforeEach(async () => {
  opened = await openInFolder();
  store = opened.store;
  woken = 0;
  post = createPost({
    store,
    clock: { now: () => NOW },
    contextOf: async () => ({ zone: 'Europe/Berlin', counts: (account) => account === LIVE }),
    wake: () => (woken += 1),
  });
});
afterEach(() => opened.close());

const record = (objectType: string, recordId: string): RecordRef => ({
  installationId: INSTALLATION,
  objectType,
  recordId,
});

const fact = (entity: string, id: string, owner: string | null, body: object, more: object = {}): Fact =>
  ({ entity, id, owner, account: LIVE, aspect: entity, source: 'gateway', number: 0, body, ...more }) as Fact;

const invoice = (id: string, owner: string, remainingMinor: number, more: object = {}): Fact =>
  fact('invoice', id, owner, {
    status: 'open',
    currency: 'EUR',
    totalMinor: remainingMinor,
    remainingMinor,
    ...more,
  });

const customer = (id: string, more: object = {}): Fact =>
  fact('customer', id, id, { currency: 'EUR' }, { number: 1, ...more });

const link = (owner: string, to: RecordRef, more: object = {}, active = true): Fact =>
  fact(
    'link',
    `${owner}>${recordKey(to)}`,
    owner,
    { customerId: owner, record: to, reason: 'email', active },
    more,
  );

/** A payment that paid these amounts of invoices, each an allocation. */
const payment = (id: string, owner: string, parts: Record<string, number>): Fact[] => {
  const capturedMinor = Object.values(parts).reduce((sum, part) => sum + part, 0);
  return [
    fact('payment', id, owner, { status: 'succeeded', currency: 'EUR', capturedMinor }),
    ...Object.entries(parts).map(([invoiceId, amountMinor]) =>
      fact('allocation', `ip_${id}_${invoiceId}`, null, {
        invoiceId,
        paymentId: id,
        amountMinor,
        currency: 'EUR',
        status: 'paid',
      }),
    ),
  ];
};

async function waiting(): Promise<ClaimedDelivery[]> {
  const claimed = await store.claimDeliveries(INSTALLATION, NOW, 100, LEASE_MS);
  await store.releaseDeliveries(claimed.map(({ key }) => key));
  return claimed;
}

/** What records should say, by object type and id, as far as anything waits to be written. */
async function said(): Promise<Record<string, SummaryValues>> {
  const states = (await waiting()).map(({ desired }) => desired).filter(isSummary);
  const entries = states.map(
    ({ record: at, values }) => [`${at.objectType} ${at.recordId}`, values] as const,
  );
  return Object.fromEntries(entries);
}

const euros = (amountMinor: number) => (amountMinor === 0 ? [] : [{ amountMinor, currency: 'EUR' }]);

async function workOf(kind: WorkKind): Promise<{ key: string; payload: unknown }[]> {
  const items = await store.claimWork([kind], later(2 * LEASE_MS), 100, LEASE_MS);
  return items.map(({ key, payload }) => ({ key, payload }));
}

const ANN = record('contacts', '1');
const BEN = record('contacts', '2');
const ACME = record('companies', '7');

describe('what records should say', () => {
  it('is the sum of everything of the payers linked to a contact', async () => {
    await post('ws_1', [
      customer('cus_1'),
      link('cus_1', ANN),
      invoice('in_1', 'cus_1', 700),
      invoice('in_2', 'cus_1', 50),
    ]);
    await post('ws_1', payment('pi_1', 'cus_1', { in_3: 300 }));
    const { 'contacts 1': ann } = await said();
    expect(ann).toMatchObject({ owed: euros(750), collected: euros(300), status: 'open' });
    await post('ws_1', [invoice('in_3', 'cus_1', 0, { status: 'paid', totalMinor: 300 })]);
    expect((await said())['contacts 1']).toMatchObject({ owed: euros(750), collected: euros(300) });
    expect(woken).toBe(2);
  });

  it('is the sum over several payers on a shared record, each also on their own', async () => {
    await post('ws_1', [link('cus_1', ANN), link('cus_1', ACME), invoice('in_1', 'cus_1', 100)]);
    await post('ws_1', [link('cus_2', BEN), link('cus_2', ACME), invoice('in_2', 'cus_2', 20)]);
    const now = await said();
    expect([now['contacts 1']?.owed, now['contacts 2']?.owed, now['companies 7']?.owed]).toEqual([
      euros(100),
      euros(20),
      euros(120),
    ]);
  });

  it('stays whole on a record two steps away from what changed', async () => {
    const far = record('companies', '8');
    await post('ws_1', [link('cus_1', ACME), invoice('in_1', 'cus_1', 1)]);
    await post('ws_1', [link('cus_2', ACME), link('cus_2', far), invoice('in_2', 'cus_2', 10)]);
    await post('ws_1', [link('cus_3', far), invoice('in_3', 'cus_3', 100)]);
    await post('ws_1', [invoice('in_4', 'cus_1', 1000)]);
    const now = await said();
    expect(now['companies 7']?.owed).toEqual(euros(1011));
    expect(now['companies 8']?.owed).toEqual(euros(110));
  });

  it('sums on a deal only the invoices made from it, and its part of a payment for several', async () => {
    const [first, second] = [record('deals', '10'), record('deals', '11')];
    await post('ws_1', [
      link('cus_1', ANN),
      invoice('in_1', 'cus_1', 40, { record: first, totalMinor: 100 }),
      invoice('in_2', 'cus_1', 5, { record: second, totalMinor: 45 }),
      invoice('in_3', 'cus_1', 1000),
      ...payment('pi_1', 'cus_1', { in_1: 60, in_2: 40 }),
      fact('refund', 're_1', null, {
        paymentId: 'pi_1',
        amountMinor: 70,
        currency: 'EUR',
        status: 'succeeded',
      }),
    ]);
    const now = await said();
    expect(now['deals 10']).toMatchObject({ owed: euros(40), collected: [], nextInvoice: { id: 'in_1' } });
    expect(now['deals 11']).toMatchObject({
      owed: euros(5),
      collected: euros(30),
      nextInvoice: { id: 'in_2' },
    });
    expect(now['contacts 1']).toMatchObject({ owed: euros(1045), collected: euros(30) });
  });

  it('leaves a deal that an invoice was moved away from', async () => {
    const [from, to] = [record('deals', '10'), record('deals', '11')];
    const draft = (at: RecordRef, number: number) =>
      fact(
        'invoice',
        'in_1',
        'cus_1',
        { status: 'open', currency: 'EUR', remainingMinor: 9, record: at },
        { number },
      );
    await post('ws_1', [draft(from, 1)]);
    await post('ws_1', [draft(to, 2)]);
    const now = await said();
    expect([now['deals 10']?.owed, now['deals 11']?.owed]).toEqual([[], euros(9)]);
  });

  it('is taken off a record when its payer is unlinked', async () => {
    await post('ws_1', [link('cus_1', ANN, { number: 1 }), invoice('in_1', 'cus_1', 100)]);
    await post('ws_1', [link('cus_1', ANN, { number: 2 }, false)]);
    expect((await said())['contacts 1']).toMatchObject({ owed: [], status: 'none' });
  });

  it('is what remains once a person took a payer off a record, without even what was made from it', async () => {
    const base = { account: LIVE, customerId: 'cus_1', number: 2 };
    await post('ws_1', [link('cus_1', ANN, { number: 1 }), link('cus_2', ANN), link('cus_1', ACME)]);
    await post('ws_1', [invoice('in_1', 'cus_1', 100, { record: ANN }), invoice('in_2', 'cus_2', 20)]);
    await post('ws_1', [releaseFact(base, { record: ANN, reason: 'email' })]);
    expect(await said()).toMatchObject({
      'contacts 1': { owed: euros(20) },
      'companies 7': { owed: euros(100) },
    });
    const other = { account: LIVE, customerId: 'cus_2', number: 3 };
    await post('ws_1', [releaseFact(other, { record: ANN, reason: 'email' })]);
    expect((await said())['contacts 1']).toMatchObject({ owed: [], status: 'none', nextInvoice: null });
    await post('ws_1', [linkFact({ ...base, number: 4 }, ANN, 'person', true)]);
    expect((await said())['contacts 1']?.owed).toEqual(euros(100));
  });

  it('stays on a deal what was made from it, when its payer is taken off a contact', async () => {
    const deal = record('deals', '10');
    const base = { account: LIVE, customerId: 'cus_1', number: 2 };
    await post('ws_1', [link('cus_1', ANN, { number: 1 }), invoice('in_1', 'cus_1', 40, { record: deal })]);
    await post('ws_1', [releaseFact(base, { record: ANN, reason: 'email' })]);
    const now = await said();
    expect([now['contacts 1']?.owed, now['deals 10']?.owed]).toEqual([[], euros(40)]);
  });

  it('counts a refund that came before its payment once the payment is known', async () => {
    await post('ws_1', [link('cus_1', ANN)]);
    await post('ws_1', [
      fact('refund', 're_1', null, {
        paymentId: 'pi_1',
        amountMinor: 30,
        currency: 'EUR',
        status: 'succeeded',
      }),
    ]);
    await post('ws_1', payment('pi_1', 'cus_1', { in_1: 100 }));
    await post('ws_1', [invoice('in_1', 'cus_1', 0, { status: 'paid' })]);
    expect((await said())['contacts 1']?.collected).toEqual(euros(70));
  });

  it('is never written for money of a test-mode account, not even as nothing', async () => {
    const test = { account: 'acct_test' };
    await post('ws_1', [link('cus_t', ANN, test), { ...invoice('in_t', 'cus_t', 500), ...test }]);
    await post('ws_1', [{ ...invoice('in_d', 'cus_t', 5, { record: record('deals', '10') }), ...test }]);
    expect(await waiting()).toEqual([]);
    await post('ws_1', [link('cus_1', ANN), invoice('in_1', 'cus_1', 7)]);
    expect((await said())['contacts 1']?.owed).toEqual(euros(7));
    await post('ws_1', [{ ...invoice('in_u', 'cus_t', 900), ...test }]);
    expect(await said()).toMatchObject({ 'contacts 1': { owed: euros(7) } });
    expect(Object.keys(await said())).toEqual(['contacts 1']);
  });

  it('keeps payers of two accounts apart where their ids are the same', async () => {
    await post('ws_1', [link('cus_1', ANN), invoice('in_1', 'cus_1', 7)]);
    await post('ws_1', [{ ...invoice('in_2', 'cus_1', 900), account: 'acct_test' }]);
    expect((await said())['contacts 1']?.owed).toEqual(euros(7));
  });

  it('keeps workspaces apart', async () => {
    await post('ws_1', [link('cus_1', ANN), invoice('in_1', 'cus_1', 7)]);
    await post('ws_2', [invoice('in_2', 'cus_1', 900)]);
    expect((await said())['contacts 1']?.owed).toEqual(euros(7));
  });
});

describe('posting again', () => {
  it('what is known writes nothing and wakes nobody', async () => {
    const facts = [customer('cus_1'), link('cus_1', ANN), invoice('in_1', 'cus_1', 700)];
    expect(await post('ws_1', facts)).toEqual({ newFacts: 3, changedRecords: 1 });
    const before = woken;
    expect(await post('ws_1', facts)).toEqual({ newFacts: 0, changedRecords: 0 });
    expect(woken).toBe(before);
  });

  it('finishes what brought the facts, also when they were known', async () => {
    await store.accept([event()]);
    const [claimed] = await store.claimEvents(NOW, 1, LEASE_MS);
    await post('ws_1', [], { events: [claimed!.id] });
    expect((await store.counts()).inbox).toBe(0);
  });
});

describe('posts at once', () => {
  it('on one payer lose no row and leave no state that is out of date', async () => {
    await post('ws_1', [customer('cus_1'), link('cus_1', ANN)]);
    await Promise.all(
      Array.from({ length: 6 }, (_, index) => post('ws_1', [invoice(`in_${index}`, 'cus_1', 10 ** index)])),
    );
    expect((await said())['contacts 1']?.owed).toEqual(euros(111_111));
  });

  it('that link two payers to one record for the first time both count on it', async () => {
    await post('ws_1', [invoice('in_1', 'cus_1', 1), invoice('in_2', 'cus_2', 20)]);
    await Promise.all([post('ws_1', [link('cus_1', ACME)]), post('ws_1', [link('cus_2', ACME)])]);
    expect((await said())['companies 7']?.owed).toEqual(euros(21));
  });

  it('of a refund and of the payment it hangs on end with the refund on its payer', async () => {
    await post('ws_1', [link('cus_1', ANN), invoice('in_1', 'cus_1', 0, { status: 'paid' })]);
    const refund = fact('refund', 're_1', null, {
      paymentId: 'pi_1',
      amountMinor: 30,
      currency: 'EUR',
      status: 'succeeded',
    });
    await Promise.all([post('ws_1', [refund]), post('ws_1', payment('pi_1', 'cus_1', { in_1: 100 }))]);
    expect((await said())['contacts 1']?.collected).toEqual(euros(70));
    expect(await store.findRows('ws_1', 'refund', ['re_1'])).toMatchObject([{ owner: 'cus_1' }]);
  });
});

describe('what follows', () => {
  it('is a fetch of a payer the ledger has not read, once for all of their facts', async () => {
    await post('ws_1', [invoice('in_1', 'cus_1', 1), invoice('in_2', 'cus_1', 2)]);
    const payload = { account: LIVE, id: 'cus_1', entity: 'customer' };
    expect(await workOf('fetch')).toEqual([{ key: `customer|${LIVE}|cus_1`, payload }]);
    expect(await workOf('match')).toEqual([]);
  });

  it('is a match of a payer that was read and that nobody has linked', async () => {
    await post('ws_1', [customer('cus_1')]);
    expect(await workOf('match')).toEqual([
      { key: `${LIVE}|cus_1`, payload: { account: LIVE, id: 'cus_1' } },
    ]);
    expect(await workOf('fetch')).toEqual([]);
  });

  it('is nothing for a payer who is known and linked, or was let go by a person', async () => {
    await post('ws_1', [customer('cus_1'), link('cus_1', ANN), invoice('in_1', 'cus_1', 5)]);
    await post('ws_1', [customer('cus_2'), link('cus_2', BEN, {}, false)]);
    expect([await workOf('match'), await workOf('fetch')]).toEqual([[], []]);
  });

  it('is asked for anew with a payer of the same id in another account', async () => {
    await post('ws_1', [customer('cus_1'), link('cus_1', ANN)]);
    await post('ws_1', [customer('cus_1', { account: 'acct_test' })]);
    expect(await workOf('match')).toMatchObject([{ key: 'acct_test|cus_1' }]);
  });

  it('keeps personal data out of facts and rows', async () => {
    const personal = { name: 'Ada Sample', email: 'ada@example.com', phone: null };
    await post('ws_1', [customer('cus_1', { personal })]);
    expect(await store.loadPersonal('ws_1', ['cus_1'])).toEqual({ cus_1: personal });
    const kept = [await store.allFacts('ws_1', 0, 10), await store.findRows('ws_1', 'customer', ['cus_1'])];
    expect(JSON.stringify(kept)).not.toContain('ada@example.com');
  });
});
