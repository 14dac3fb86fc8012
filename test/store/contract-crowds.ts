// Contract of the store: records that many owners share.
import { expect, it } from 'vitest';
import { commitOf, row } from './samples.ts';
import type { Bench } from './store.contract.ts';

const nothing = { owners: [], ids: [], records: [] };

export function crowds(bench: Bench): void {
  it('names a record that too many others share instead of loading them, unless nobody set a limit', async () => {
    const record = 'inst_1|companies|7';
    const small = 'inst_1|contacts|3';
    const linked = (owner: string, to: string) =>
      row({ entity: 'link', id: `${owner}>${to}`, owner, record: to });
    const others = ['cus_2', 'cus_3', 'cus_4'].map((owner) => linked(owner, record));
    const rows = [linked('cus_1', record), linked('cus_1', small), linked('cus_5', small), ...others];
    await bench.store.commit(commitOf({ rows }));
    const mine = { ...nothing, owners: ['cus_1'] as never };
    const few = await bench.store.loadCluster('ws_1', mine, 2);
    expect(few.crowded).toEqual([record]);
    expect(few.rows.map(({ owner }) => owner).toSorted()).toEqual(['cus_1', 'cus_1', 'cus_5']);
    expect(Object.keys(few.versions)).toContain(record);
    for (const most of [3, undefined]) {
      const all = await bench.store.loadCluster('ws_1', mine, most);
      expect(all).toMatchObject({ crowded: [] });
      expect(all.rows).toHaveLength(rows.length);
    }
  });
}
