// What invoices and the subscriptions they name do to each other's copies, over a real store, and what is read because of it.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Fact } from '../../src/ledger/facts.ts';
import { createPost, type Post } from '../../src/posting/post.ts';
import { isSummary, type WholeState } from '../../src/records/desired-state.ts';
import type { MirrorTarget } from '../../src/records/mirror.ts';
import { customerFact, fact, invoiceFact, LIVE, linkFact, ONE, WORKSPACE } from '../outbox/world.ts';
import { openInFolder } from '../store/folders.ts';
import { later, LEASE_MS, NOW } from '../store/samples.ts';

const INSTALLATION = `inst_${ONE}`;

let opened: Awaited<ReturnType<typeof openInFolder>>;
let target: MirrorTarget;
let post: Post;

beforeEach(async () => {
  opened = await openInFolder();
  target = { installationId: INSTALLATION, payments: true, whole: true };
  post = createPost({
    store: opened.store,
    clock: { now: () => NOW },
    contextOf: async () => ({ zone: 'Europe/Berlin', counts: () => true, mirrors: [target] }),
    wake: () => undefined,
  });
});
afterEach(() => opened.close());

const subscription = (more: object = {}, number = 1): Fact =>
  fact(
    'subscription',
    'sub_1',
    'ada',
    {
      customerId: 'ada',
      status: 'active',
      currency: 'EUR',
      amountMinor: 4_500,
      period: { unit: 'month', count: 3 },
      createdAt: '2026-01-01T09:00:00.000Z',
      periodEndsAt: '2026-04-01T09:00:00.000Z',
      ...more,
    },
    { number },
  );

const invoice = (id = 'in_1'): Fact => invoiceFact(id, 'ada', 4_500, { subscriptionId: 'sub_1' });

/** What waits to be written of our own records, by kind and id; nothing waits any more afterwards. */
async function waiting(): Promise<Record<string, WholeState['values']>> {
  const claimed = await opened.store.claimDeliveries(INSTALLATION, NOW, 100, LEASE_MS);
  await opened.store.delivered(claimed);
  const states = claimed.flatMap(({ desired }) =>
    !isSummary(desired) && desired.kind === 'whole' ? [desired] : [],
  );
  return Object.fromEntries(states.map(({ id, values }) => [`${values.of} ${id}`, values]));
}

const fetches = async (): Promise<string[]> =>
  (await opened.store.claimWork(['fetch'], later(2 * LEASE_MS), 100, LEASE_MS)).map(({ key }) => key);

const parent = { mirror: 'subscription', account: LIVE, id: 'sub_1' };

it('an invoice does not wait for a subscription that was not read yet: it is read, and named from then on', async () => {
  await post(WORKSPACE, [customerFact('ada'), invoice()]);
  expect((await waiting())['invoice in_1']?.refs).toEqual([]);
  expect(await fetches()).toEqual([`subscription|${LIVE}|sub_1`]);
  await post(WORKSPACE, [subscription()]);
  const after = await waiting();
  expect(Object.keys(after).sort()).toEqual(['invoice in_1', 'subscription sub_1']);
  expect(after['invoice in_1']?.refs).toEqual([parent]);
});

it('a subscription that is known is not asked for because of its invoices', async () => {
  await post(WORKSPACE, [customerFact('ada'), subscription(), invoice(), invoice('in_2')]);
  expect(await fetches()).toEqual([]);
});

it('its record says what is charged and until when, and belongs to its payer', async () => {
  const to = { portal: ONE, objectType: 'contacts', id: '1' } as const;
  await post(WORKSPACE, [customerFact('ada'), linkFact('ada', to), subscription()]);
  expect((await waiting())['subscription sub_1']).toEqual({
    of: 'subscription',
    fields: {
      reference: 'sub_1',
      status: 'active',
      currency: 'EUR',
      amount: { amountMinor: 4_500, currency: 'EUR' },
      period_unit: 'month',
      period_count: '3',
      started_at: '2026-01-01T09:00:00.000Z',
      period_ends_at: '2026-04-01T09:00:00.000Z',
      cancel_at: null,
      ended_at: null,
    },
    refs: [{ objectType: 'contacts', recordId: '1' }],
  });
});

it('an amount that is left open is emptied in each of its three fields', async () => {
  await post(WORKSPACE, [customerFact('ada'), subscription()]);
  await waiting();
  await post(WORKSPACE, [subscription({ amountMinor: null, period: null }, 2)]);
  expect((await waiting())['subscription sub_1']?.fields).toMatchObject({
    amount: null,
    amount_minor: null,
    amount_text: null,
    period_unit: null,
    period_count: null,
  });
});

it('a change of it writes its record alone, and the same again writes nothing', async () => {
  await post(WORKSPACE, [customerFact('ada'), subscription(), invoice()]);
  await waiting();
  await post(WORKSPACE, [subscription({ status: 'past_due' }, 2)]);
  expect(Object.keys(await waiting())).toEqual(['subscription sub_1']);
  await post(WORKSPACE, [subscription({ status: 'past_due' }, 3)]);
  expect(await waiting()).toEqual({});
});

it('a payer who moves takes it along, and an old reading that comes late changes nothing', async () => {
  const [first, second] = (['1', '2'] as const).map((id) => ({
    portal: ONE,
    objectType: 'contacts' as const,
    id,
  }));
  await post(WORKSPACE, [customerFact('ada'), linkFact('ada', first!), subscription({}, 5)]);
  await waiting();
  await post(WORKSPACE, [
    linkFact('ada', first!, { number: 9, active: false }),
    linkFact('ada', second!, { number: 9 }),
    subscription({ status: 'trialing' }, 4),
  ]);
  expect((await waiting())['subscription sub_1']).toMatchObject({
    fields: { status: 'active' },
    refs: [{ recordId: '2' }],
  });
});

it('an installation that begins to take copies gets it with the renewal of its payer', async () => {
  target = { ...target, installationId: 'inst_before' };
  await post(WORKSPACE, [customerFact('ada'), subscription(), invoice()]);
  target = { ...target, installationId: INSTALLATION };
  await post(WORKSPACE, [], { renew: ['ada'] });
  expect(Object.keys(await waiting()).sort()).toEqual(['invoice in_1', 'subscription sub_1']);
});

it('a CRM without an object of ours for it is told nothing of it', async () => {
  target = { installationId: INSTALLATION, payments: true };
  await post(WORKSPACE, [customerFact('ada'), subscription(), invoice()]);
  const claimed = await opened.store.claimDeliveries(INSTALLATION, NOW, 100, LEASE_MS);
  expect(claimed.map(({ desired }) => desired.kind)).toEqual(['invoice']);
});
