// Wrong final states over every order of one invoice's events, in distinct seconds and in one, with one told twice.
import { createSandboxClock } from '../../sandbox/clock.ts';
import { startStripe } from '../../sandbox/stripe/start.ts';
import { normalise } from '../../src/gateways/stripe/normalise.ts';
import { ledgerOf } from '../../src/ledger/ledger.ts';
import { createPost } from '../../src/posting/post.ts';
import type { Store } from '../../src/store/store.ts';
import type { Benchmark } from '../benchmark.ts';
import { figure, type Figures } from '../figures.ts';
import { newData } from '../stores.ts';
import { AMOUNT_MINOR, merchant, merchantKeys } from '../place/merchant.ts';

/** Those that decide by themselves: what is fetched instead comes out right in any order. */
const KINDS = [
  'invoice.finalized',
  'payment_intent.succeeded',
  'charge.succeeded',
  'invoice_payment.paid',
  'invoice.paid',
];
const ACCOUNT = 'ga_1';

type Told = { type: string; created: number; id: string };

const orders = <T>(all: readonly T[]): T[][] =>
  all.length < 2
    ? [[...all]]
    : all.flatMap((one, at) => orders(all.toSpliced(at, 1)).map((rest) => [one, ...rest]));

/** The life of one paid invoice, as the gateway told it. */
async function lifeOfAnInvoice(): Promise<Told[]> {
  const clock = createSandboxClock();
  const keys = merchantKeys();
  const stripe = await startStripe({ port: 0, clock, accounts: [keys] });
  try {
    const seller = merchant(stripe, keys, clock.now());
    for (const bill of seller.bill(1)) seller.payQuietly(bill);
    const events = seller.account.all('events');
    const life = KINDS.flatMap((kind) => events.find(({ type }) => type === kind) ?? []);
    if (life.length < KINDS.length) throw new Error('the invoice was not paid');
    return life;
  } finally {
    await stripe.close();
  }
}

/** What receivers miss that compare seconds: whatever is not newer than what they have seen of the object. */
const newerOnly = (events: Told[]): Told[] =>
  events.filter(({ created }, nth) => events.slice(0, nth).every((before) => before.created < created));

export const order: Benchmark = {
  name: 'order',
  kind: 'count',
  says: 'wrong final states over 120 orders × {distinct, same second} × {once, one told twice}',
  plant: 'an event is dropped that is no second newer than those before it',
  async run({ store: kind, planted = false }): Promise<Figures> {
    const life = await lifeOfAnInvoice();
    const data = await newData(kind);
    const store = await data.open();
    const context = { zone: 'Europe/Berlin', counts: () => true };
    const clock = { now: () => new Date() };
    const post = createPost({ store, clock, contextOf: async () => context, wake: () => undefined });
    const trials = orders(life).flatMap((events) => [
      events.map((event, nth) => ({ ...event, created: event.created + nth })),
      events,
      [...events, ...events.slice(0, 1)],
      [...events.slice(0, 1), ...events].map((event, nth) => ({ ...event, created: event.created + nth })),
    ]);
    const states = await Promise.all(
      trials.map(async (events, nth) => {
        for (const event of planted ? newerOnly(events) : events) {
          const found = normalise(Buffer.from(JSON.stringify(event)), ACCOUNT);
          if (found.outcome !== 'facts') throw new Error(`${event.type} says nothing`);
          await post(`ws_${nth}`, found.facts);
        }
        return finalState(store, `ws_${nth}`, life);
      }),
    );
    await store.close();
    await data.end();
    const wrong = states.filter((state) => state !== RIGHT).length;
    return { order: figure(wrong, { unit: 'wrong states', gate: 0, goal: 0 }, { trials: trials.length }) };
  },
};

const RIGHT = `paid ${AMOUNT_MINOR} 0, succeeded ${AMOUNT_MINOR}, part ${AMOUNT_MINOR}`;

async function finalState(store: Store, workspaceId: string, life: Told[]): Promise<string> {
  const ids = life.map(({ data }: Told & { data?: { object: { id: string; payment_intent?: unknown } } }) => [
    data?.object.id ?? '',
    String(data?.object.payment_intent ?? ''),
  ]);
  const { rows } = await store.loadCluster(workspaceId, { owners: [], ids: ids.flat(), records: [] });
  const { invoice, payment, allocation } = ledgerOf(rows);
  const [paid, intent, part] = [invoice[0]?.body, payment[0]?.body, allocation[0]?.body];
  return `${paid?.status} ${paid?.paidMinor} ${paid?.remainingMinor}, ${intent?.status} ${intent?.capturedMinor}, part ${part?.amountMinor}`;
}
