// The benchmarks themselves: that figures are judged as they say, that streams are what they claim, and one count that always runs.
import { describe, expect, it } from 'vitest';
import { order } from '../../bench/counts/order.ts';
import { figure, lineOf, median, percentile, skipped } from '../../bench/figures.ts';
import {
  hubspotCalls,
  hubspotHistory,
  hubspotSeconds,
  salesforceCalls,
  stripeSeconds,
} from '../../bench/limits.ts';
import { bodiesOf, type Load } from '../../bench/load/stream.ts';
import { watchLoop } from '../../bench/loop.ts';
import { BENCHMARKS } from '../../bench/set.ts';
import { hasStore, newData } from '../../bench/stores.ts';
import { event } from '../store/samples.ts';

const bounds = { unit: 'calls', gate: 2, goal: 1 };

describe('a figure', () => {
  it.each([
    [1.9, 'lower', true],
    [2, 'lower', true],
    [2.1, 'lower', false],
    [1.9, 'higher', false],
    [2.1, 'higher', true],
    [Number.NaN, 'lower', false],
    [Number.POSITIVE_INFINITY, 'higher', false],
  ] as const)('of %d, where %s is better, holds: %s', (value, better, holds) => {
    expect(figure(value, { ...bounds, better }).holds).toBe(holds);
  });

  it('that was skipped says why, and has no value', () => {
    const one = skipped('there is no PostgreSQL', bounds);
    expect(one).toMatchObject({ value: null, gate: 2, goal: 1, skipped: 'there is no PostgreSQL' });
    expect(lineOf('ingest-peer', one)).toContain('skipped, there is no PostgreSQL');
  });

  it('is judged on the value as it was, and shown in four digits', () => {
    expect(figure(2.000_01, bounds)).toMatchObject({ value: 2, holds: false });
  });

  it('is taken from the middle of its rounds, and the tail from its end', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(percentile([5, 1, 4, 2, 3], 0.99)).toBe(5);
  });
});

describe('a stream of events', () => {
  const load: Load = {
    port: 1,
    path: '/',
    secret: 's',
    connections: 1,
    events: 40,
    from: 7,
    life: ['{"id":"evt_a","customer":"cus_1","object":{"id":"in_a"}}', '{"id":"evt_b","paid":"in_a"}'],
    customer: 'cus_1',
    customers: ['cus_8', 'cus_9'],
  };

  it('tells each life under ids of its own, that go together, of customers by turns', () => {
    const bodies = bodiesOf(load);
    expect(new Set(bodies).size).toBe(40);
    expect(bodies.slice(0, 3)).toEqual([
      '{"id":"evt_ax7","customer":"cus_9","object":{"id":"in_ax7"}}',
      '{"id":"evt_bx7","paid":"in_ax7"}',
      '{"id":"evt_ax8","customer":"cus_8","object":{"id":"in_ax8"}}',
    ]);
  });

  it('sends what was sent before where that is asked for', () => {
    const bodies = bodiesOf({ ...load, againEvery: 20 });
    expect(bodies).toHaveLength(40);
    expect(new Set(bodies).size).toBe(38);
  });
});

describe('the set', () => {
  it('has a name and a sentence for each, and none twice', () => {
    const names = BENCHMARKS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(BENCHMARKS.filter(({ says }) => says.length < 20)).toEqual([]);
  });

  it('refuses a store that is not there', () => {
    expect(hasStore('embedded')).toBe(true);
    expect(hasStore('postgres')).toBe(true);
    expect(hasStore('memory')).toBe(false);
  });
});

describe('the least that limits allow', () => {
  it('are whole calls for each kind', () => {
    expect(hubspotCalls([1_000, 101], [2_001])).toBe(10 + 2 + 2);
    expect(salesforceCalls([1_000, 1])).toBe(5 + 1);
    expect(hubspotSeconds(110)).toBe(10);
    expect(hubspotHistory(500, 5_000)).toBe(5 + 5 + 50 + 50 + 50 + 4 * 3);
  });

  it('are of the account where kinds are many, and of the endpoint where one is large', () => {
    expect(stripeSeconds([5_000, 100])).toBe(2);
    expect(stripeSeconds(Array.from({ length: 8 }, () => 2_500))).toBe(2);
  });
});

describe.each(['embedded', 'postgres'] as const)('what is kept in an %s store', (kind) => {
  it('is seen past the connector, through nothing of the store’s own', async () => {
    const data = await newData(kind);
    try {
      const store = await data.open();
      const before = data.cpuMs();
      const sent = Array.from({ length: 200 }, () => event());
      expect(await store.accept(sent)).not.toContain(false);
      await store.close();
      const rows = await data.look('SELECT dedupe_key FROM inbox');
      expect(rows.map((row) => row['dedupe_key']).sort()).toEqual(sent.map((one) => one.dedupeKey).sort());
      const costs = [data.cpuMs() - before, data.rssMb(), data.writtenBytes()];
      expect(costs.map((cost) => cost > 0)).toEqual(Array.from({ length: 3 }, () => kind === 'postgres'));
    } finally {
      await data.end();
    }
  });
});

describe('a block of the loop', () => {
  it('counts also where it is the last thing that happened', async () => {
    const loop = watchLoop();
    await loop.longest();
    const until = performance.now() + 60;
    while (performance.now() < until);
    expect(await loop.longest()).toBeGreaterThan(40);
    loop.end();
  });
});

describe('over every order of the events of an invoice', () => {
  const options = { store: 'embedded', rounds: 1, say: () => undefined } as const;

  it('no final state is wrong', async () => {
    expect((await order.run(options))['order']).toMatchObject({ value: 0, holds: true });
  });

  it('many are where events are told apart by their seconds, and the figure says so', async () => {
    const { order: found } = await order.run({ ...options, planted: true });
    expect(found?.holds).toBe(false);
    expect(found?.value).toBeGreaterThan(50);
  });
});
