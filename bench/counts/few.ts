// What single payments cost: one on an idle account, a thousand spread over a day, and events that change nothing.
import { waitFor } from '../../sandbox/world/wait.ts';
import type { Benchmark } from '../benchmark.ts';
import { figure, percentile, type Figures } from '../figures.ts';
import { deliver, doorOf } from '../place/door.ts';
import { openHubspot, type HubspotPlace } from '../place/hubspot.ts';
import type { Bill, Merchant } from '../place/merchant.ts';
import { openSalesforce } from '../place/salesforce.ts';
import type { StoreKind } from '../stores.ts';
import { payAll } from './crm-calls.ts';

const LONE = 20;
/** Longer than any pause the connector makes by itself, so that each payment meets an idle account. */
const QUIET_MS = 60_000;

/** Pays one after the other. @returns how long each took to show at its payer, in milliseconds */
async function oneByOne(
  place: { merchant: Merchant; world: HubspotPlace['world']; shows: (bill: Bill) => boolean },
  bills: Bill[],
  apartMs: number,
): Promise<number[]> {
  const took: number[] = [];
  for (const bill of bills) {
    place.world.clock.advance(apartMs);
    const begun = performance.now();
    place.merchant.pay(bill);
    await waitFor('a payment to show at its payer', () => place.shows(bill) || undefined, 30_000);
    took.push(performance.now() - begun);
    await place.world.stripe.deliveriesIdle();
  }
  return took;
}

export const crmLone: Benchmark = {
  name: 'crm-lone',
  kind: 'count',
  says: 'one payment on an idle HubSpot account: seconds until its contact says so, and calls',
  plant: 'each batch is sent four times',
  async run({ store, planted = false }): Promise<Figures> {
    let bills: Bill[] = [];
    const place = await openHubspot({
      store,
      people: LONE,
      history: (merchant) => (bills = merchant.bill(LONE)),
      again: planted,
    });
    try {
      place.forget();
      const shows = (bill: Bill): boolean => place.collected(bill) === '10.00';
      const took = await oneByOne({ ...place, shows }, bills, QUIET_MS);
      await place.idle();
      const seconds = percentile(took, 0.95) / 1000;
      const calls = place.calls().length / LONE;
      return {
        'crm-lone': figure(seconds, { unit: 's, p95', gate: 2, goal: 1 }, { payments: LONE }),
        'crm-lone.calls': figure(calls, { unit: 'calls a payment', gate: 8, goal: 6 }, perPath(place, LONE)),
      };
    } finally {
      await place.close();
    }
  },
};

function perPath(place: HubspotPlace, payments: number): Record<string, number> {
  const paths = Map.groupBy(place.calls(), (path) => path);
  return Object.fromEntries([...paths].map(([path, all]) => [path, all.length / payments]));
}

const DAY_MS = 86_400_000;
/** Each is as far from the next as 1,000 a day are: a tenth of them says the same in a tenth of the time. */
const APART_MS = DAY_MS / 1_000;
const TRICKLED = 100;

export const trickle: Benchmark = {
  name: 'trickle',
  kind: 'count',
  says: 'calls a payment where 1,000 payments come over a day',
  async run({ store }): Promise<Figures> {
    const unit = 'calls a payment';
    // Side by side, as they wait for the most part.
    const [full, small, salesforce] = await Promise.all([
      trickledHubspot(store, true),
      trickledHubspot(store, false),
      trickledSalesforce(store),
    ]);
    return {
      'trickle.hubspot': figure(full.calls, { unit, gate: 8, goal: 6 }, full.from),
      'trickle.hubspot-without-payments': figure(small.calls, { unit, gate: 6, goal: 6 }, small.from),
      'trickle.salesforce': figure(salesforce, { unit, gate: 2, goal: 1 }, { payments: TRICKLED }),
    };
  },
};

async function trickledHubspot(
  store: StoreKind,
  commercePayments: boolean,
): Promise<{ calls: number; from: Record<string, number> }> {
  let bills: Bill[] = [];
  const place = await openHubspot({
    store,
    people: TRICKLED,
    commercePayments,
    history: (merchant) => (bills = merchant.bill(TRICKLED)),
  });
  try {
    place.forget();
    const shows = (bill: Bill): boolean => place.collected(bill) === '10.00';
    await oneByOne({ ...place, shows }, bills, APART_MS);
    place.world.clock.advance(APART_MS);
    await place.idle();
    return { calls: place.calls().length / TRICKLED, from: perPath(place, TRICKLED) };
  } finally {
    await place.close();
  }
}

async function trickledSalesforce(store: StoreKind): Promise<number> {
  let bills: Bill[] = [];
  const place = await openSalesforce(store, TRICKLED, (merchant) => (bills = merchant.bill(TRICKLED)));
  try {
    const before = place.used();
    await oneByOne({ ...place, shows: (bill) => place.collected(bill) === 10 }, bills, APART_MS);
    place.world.clock.advance(APART_MS);
    await place.idle();
    return (place.used() - before) / TRICKLED;
  } finally {
    await place.close();
  }
}

const QUIET = 1_000;
/** A paid invoice tells at least five events. */
const PAID = 200;
const AT_ONCE = 16;

export const crmQuiet: Benchmark = {
  name: 'crm-quiet',
  kind: 'count',
  says: 'CRM calls for 1,000 events that came before, and 1,000 new ones that say nothing new',
  plant: 'the events are of payments that were not told before',
  async run({ store, planted = false }): Promise<Figures> {
    let bills: Bill[] = [];
    const place = await openHubspot({
      store,
      people: PAID,
      history: (merchant) => (bills = merchant.bill(PAID)),
    });
    try {
      const { world, merchant } = place;
      if (planted) for (const bill of bills) merchant.payQuietly(bill);
      else await payAll(merchant, bills, () => world.stripe.deliveriesIdle());
      await place.idle();
      place.forget();
      const told = merchant.account.all('events').slice(-QUIET);
      const door = doorOf(world, merchant.account);
      const send = (event: object): Promise<string> =>
        deliver(door, JSON.stringify(event), world.clock.now());
      const answers = await inGroups(told, send);
      await inGroups(told, (event) => send({ ...event, id: `${event.id}again` }));
      await place.idle();
      const duplicates = answers.filter((answer) => answer === 'duplicate' || answer === 'ignored').length;
      return {
        'crm-quiet': figure(
          place.calls().length,
          { unit: 'calls', gate: 0, goal: 0 },
          { events: 2 * told.length, known: duplicates },
        ),
      };
    } finally {
      await place.close();
    }
  },
};

async function inGroups<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let first = 0; first < all.length; first += AT_ONCE)
    results.push(...(await Promise.all(all.slice(first, first + AT_ONCE).map(work))));
  return results;
}
