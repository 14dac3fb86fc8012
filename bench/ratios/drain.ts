// How long a burst of 3,000 payments takes to reach HubSpot, against the calls it needs at the pace HubSpot allows.
import { waitFor } from '../../sandbox/world/wait.ts';
import type { Benchmark } from '../benchmark.ts';
import { figure, type Figures } from '../figures.ts';
import { send } from '../load/send.ts';
import { hubspotCalls, hubspotSeconds } from '../limits.ts';
import { openHubspot } from '../place/hubspot.ts';
import { livesOf } from '../place/lives.ts';
import type { Bill } from '../place/merchant.ts';

const PAYMENTS = 3_000;
const EVENTS_EACH = 4;
const PAYERS = 1_000;

/** Contacts, invoices and payments by a hundred; associations of invoices and payments with their payers by two thousand. */
const BOUND_CALLS = hubspotCalls([PAYERS, PAYMENTS, PAYMENTS], [PAYMENTS, PAYMENTS]);

const LONG_MS = 600_000;

export const drain: Benchmark = {
  name: 'drain',
  kind: 'ratio',
  says: 'seconds until 3,000 payments stand in HubSpot / the calls they need at 11 a second',
  async run({ store }): Promise<Figures> {
    let bills: Bill[] = [];
    const place = await openHubspot({
      store,
      people: PAYERS + 1,
      history: (merchant) => (bills = merchant.bill(PAYERS + 1)),
    });
    try {
      const [pattern, ...payers] = bills;
      if (!pattern) throw new Error('nobody to bill');
      place.merchant.payQuietly(pattern);
      const lives = livesOf(place.world, place.merchant, pattern, payers);
      place.forget();
      const begun = performance.now();
      await send({ ...lives, connections: 16, events: PAYMENTS * EVENTS_EACH, from: 0 });
      const isThere = (): true | undefined =>
        payers.every((bill) => place.collected(bill) === '30.00') || undefined;
      await waitFor('every payment to stand in HubSpot', isThere, LONG_MS);
      await place.idle();
      const seconds = (performance.now() - begun) / 1_000;
      const bound = hubspotSeconds(BOUND_CALLS);
      return {
        drain: figure(
          seconds / bound,
          { unit: '× the bound', gate: 1.5, goal: 1.15 },
          { seconds, boundSeconds: bound, calls: place.calls().length, boundCalls: BOUND_CALLS },
        ),
        'drain.refused': figure(place.limited(), { unit: 'answers 429', gate: 0, goal: 0 }),
      };
    } finally {
      await place.close();
    }
  },
};
