// Calls of HubSpot for a merchant's history of 10,000 paid invoices, against the least its batch limits allow.
import type { Benchmark } from '../benchmark.ts';
import { figure, type Figures } from '../figures.ts';
import { openHubspot } from '../place/hubspot.ts';

const CUSTOMERS = 1_000;
const EACH = 10;
const INVOICES = CUSTOMERS * EACH;

const least = (records: number[], limit: number): number =>
  records.reduce((sum, count) => sum + Math.ceil(count / limit), 0);

/** Payers looked up, contacts, invoices, lines and payments; associations line–invoice, invoice–contact, payment–contact, payment–invoice. */
const BOUND =
  least([CUSTOMERS, CUSTOMERS, INVOICES, INVOICES, INVOICES], 100) +
  least([INVOICES, INVOICES, INVOICES, INVOICES], 2_000);

export const backfillCalls: Benchmark = {
  name: 'backfill-calls',
  kind: 'count',
  says: 'HubSpot calls for a history of 10,000 paid invoices / the bound of its batch limits',
  async run(): Promise<Figures> {
    const begun = performance.now();
    const place = await openHubspot({
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
