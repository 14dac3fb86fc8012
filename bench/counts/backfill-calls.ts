// Calls of HubSpot for a merchant's history of 10,000 paid invoices, against the least its batch limits allow.
import type { Benchmark } from '../benchmark.ts';
import { figure, type Figures } from '../figures.ts';
import { hubspotHistory } from '../limits.ts';
import { openHubspot } from '../place/hubspot.ts';

const CUSTOMERS = 1_000;
const EACH = 10;
const INVOICES = CUSTOMERS * EACH;
const BOUND = hubspotHistory(CUSTOMERS, INVOICES);

export const backfillCalls: Benchmark = {
  name: 'backfill-calls',
  kind: 'count',
  says: 'HubSpot calls for a history of 10,000 paid invoices / the bound of its batch limits',
  async run({ store }): Promise<Figures> {
    const begun = performance.now();
    const place = await openHubspot({
      store,
      people: CUSTOMERS,
      history: (merchant) => {
        for (const bill of merchant.bill(CUSTOMERS, EACH)) merchant.payQuietly(bill);
      },
    });
    try {
      const calls = place.calls().filter((path) => !path.startsWith('/crm/'));
      const paths = [...Map.groupBy(calls, (path) => path)].map(([path, all]) => [path, all.length] as const);
      const seconds = (performance.now() - begun) / 1000;
      return {
        'backfill-calls': figure(
          calls.length / BOUND,
          { unit: '× bound', gate: 1.2, goal: 1.05 },
          { calls: calls.length, bound: BOUND, seconds: Math.round(seconds), ...Object.fromEntries(paths) },
        ),
        'backfill-calls.refused': figure(place.limited(), { unit: 'answers 429', gate: 0, goal: 0 }),
      };
    } finally {
      await place.close();
    }
  },
};
