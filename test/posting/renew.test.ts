// Posting without facts: records and copies computed anew, because what decides about them has changed.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fact } from '../../src/ledger/facts.ts';
import { createPost, type Post, type PostContext } from '../../src/posting/post.ts';
import type { DesiredState } from '../../src/records/desired-state.ts';
import { customerFact, fact, invoiceFact, linkFact, LIVE, TEST, WORKSPACE } from '../outbox/world.ts';
import { openInFolder } from '../store/folders.ts';
import { later, LEASE_MS, NOW } from '../store/samples.ts';
import type { Opened } from '../store/store.contract.ts';

const PORTAL = 1;
const INSTALLATION = `inst_${PORTAL}`;
const DEAL = { installationId: INSTALLATION, objectType: 'deals', recordId: '30' };

let opened: Opened;
let post: Post;
let context: PostContext;
beforeEach(async () => {
  opened = await openInFolder();
  context = { zone: 'Europe/Berlin', counts: (account) => account === LIVE };
  const clock = { now: () => NOW };
  post = createPost({ store: opened.store, clock, contextOf: async () => context, wake: () => undefined });
});
afterEach(() => opened.close());

const claim = () => opened.store.claimDeliveries(INSTALLATION, NOW, 1_000, LEASE_MS);

/** Writes what waits. @returns the desired states that were written, by key without the installation */
async function written(): Promise<Record<string, DesiredState>> {
  const claimed = await claim();
  await opened.store.delivered(claimed);
  return Object.fromEntries(
    claimed.map(({ key, desired }) => [key.replace(`${INSTALLATION}|`, ''), desired]),
  );
}

const contact = (owner: string, id: string, account = LIVE): Fact[] => [
  customerFact(owner, { account }),
  { ...linkFact(owner, { portal: PORTAL, objectType: 'contacts', id }), account } as Fact,
];

const payment = (id: string, owner: string | null, account = LIVE): Fact =>
  fact(
    'payment',
    id,
    owner,
    {
      customerId: owner,
      status: 'succeeded',
      amountMinor: 500,
      capturedMinor: 500,
      currency: 'EUR',
      createdAt: NOW.toISOString(),
    },
    { account },
  );

/** Two payers, one of them with an invoice made from a deal, a paid one with a line, and a payment for nothing. */
const LEDGER: Fact[] = [
  ...contact('ada', '10'),
  invoiceFact('in_a', 'ada', 500, { status: 'paid', remainingMinor: 0 }),
  fact('line', 'il_a', null, { invoiceId: 'in_a', description: 'Step', amountMinor: 500, currency: 'EUR' }),
  payment('pi_a', 'ada'),
  fact('allocation', 'al_a', null, {
    invoiceId: 'in_a',
    paymentId: 'pi_a',
    amountMinor: 500,
    currency: 'EUR',
    status: 'paid',
  }),
  payment('pi_free', 'ada'),
  invoiceFact('in_deal', 'ada', 900, { record: DEAL, dueAt: later(8 * 3_600_000).toISOString() }),
  ...contact('bob', '20'),
  invoiceFact('in_b', 'bob', 100),
];

describe('a payer computed anew', () => {
  it('gets copies of every invoice, line and payment, linked, once the installation takes them', async () => {
    await post(WORKSPACE, LEDGER);
    expect(Object.keys(await written()).toSorted()).toEqual(['contacts|10', 'contacts|20', 'deals|30']);
    context = { ...context, mirrors: [{ installationId: INSTALLATION, payments: true }] };
    await post(WORKSPACE, [], { renew: ['ada'] });
    const copies = await written();
    const names = ['invoice', 'links of invoice'].flatMap((kind) =>
      ['in_a', 'in_deal'].map((id) => `${kind}|${LIVE}|${id}`),
    );
    const lines = ['line', 'links of line'].map((kind) => `${kind}|${LIVE}|il_a`);
    const payments = ['payment', 'links of payment'].flatMap((kind) =>
      ['pi_a', 'pi_free'].map((id) => `${kind}|${LIVE}|${id}`),
    );
    expect(Object.keys(copies).toSorted()).toEqual([...names, ...lines, ...payments].toSorted());
    expect(copies[`links of payment|${LIVE}|pi_a`]?.values).toMatchObject({
      to: [{ mirror: 'invoice', id: 'in_a' }, { recordId: '10' }],
    });
  });

  it('leaves the copies of payments out where the installation has none', async () => {
    await post(WORKSPACE, LEDGER);
    await written();
    context = { ...context, mirrors: [{ installationId: INSTALLATION, payments: false }] };
    await post(WORKSPACE, [], { renew: ['ada', 'bob'] });
    const kinds = new Set(Object.values(await written()).map(({ kind }) => kind));
    expect([kinds.has('invoice'), kinds.has('payment')]).toEqual([true, false]);
  });

  it('gets another due day on contact and deal in another zone, and nobody else is written', async () => {
    await post(WORKSPACE, LEDGER);
    await written();
    context = { ...context, zone: 'Pacific/Auckland' };
    await post(WORKSPACE, [], { renew: ['ada', 'bob'] });
    const moved = await written();
    expect(Object.keys(moved).toSorted()).toEqual(['contacts|10', 'deals|30']);
    expect(moved['deals|30']?.values).toMatchObject({ nextDue: '2026-03-11', owed: [{ amountMinor: 900 }] });
  });

  it('writes nothing of a test-mode account', async () => {
    await post(WORKSPACE, [
      ...contact('tim', '40', TEST),
      invoiceFact('in_t', 'tim', 70, { record: { ...DEAL, recordId: '31' } }, { account: TEST }),
      payment('pi_t', 'tim', TEST),
    ]);
    context = { ...context, mirrors: [{ installationId: INSTALLATION, payments: true }] };
    await post(WORKSPACE, [], { renew: ['tim'] });
    expect(await written()).toEqual({});
  });

  it('stands for a payment that nobody owns as well', async () => {
    await post(WORKSPACE, [payment('pi_guest', null)]);
    expect(await written()).toEqual({});
    context = { ...context, mirrors: [{ installationId: INSTALLATION, payments: true }] };
    await post(WORKSPACE, [], { renew: ['pi_guest'] });
    expect(Object.keys(await written())).toEqual([`payment|${LIVE}|pi_guest`]);
  });
});

describe('a record computed anew', () => {
  it('is emptied where nothing counts on it any more', async () => {
    context = { ...context, counts: () => true };
    await post(WORKSPACE, [
      ...contact('tim', '40', TEST),
      invoiceFact('in_t', 'tim', 70, {}, { account: TEST }),
    ]);
    expect((await written())['contacts|40']?.values).toMatchObject({ owed: [{ amountMinor: 70 }] });
    context = { ...context, counts: (account) => account === LIVE };
    await post(WORKSPACE, [], { renew: ['tim'] });
    expect(await written()).toEqual({});
    await post(WORKSPACE, [], { records: [`${INSTALLATION}|contacts|40`] });
    expect((await written())['contacts|40']?.values).toMatchObject({ owed: [], status: 'none' });
  });

  it('has everybody who shares it, although only the record was named', async () => {
    const shared = linkFact('bob', { portal: PORTAL, objectType: 'contacts', id: '10' });
    context = { ...context, counts: () => false };
    await post(WORKSPACE, [...LEDGER, shared]);
    context = { ...context, counts: (account) => account === LIVE };
    await post(WORKSPACE, [], { records: [`${INSTALLATION}|contacts|10`] });
    const states = await written();
    expect(Object.keys(states)).toEqual(['contacts|10']);
    expect(states['contacts|10']?.values).toMatchObject({ owed: [{ amountMinor: 1_000 }] });
  });
});
