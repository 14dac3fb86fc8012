// The two lanes of every store's outbox: what history left waits beside what is new, and neither hides the other.
import { expect, it } from 'vitest';
import { claims, commitOf, desired, later, LEASE_MS, NOW, RECORD } from './samples.ts';
import type { Bench } from './store.contract.ts';

const OTHER = { ...RECORD, recordId: '102' };

export function lanes(bench: Bench): void {
  const offer = async (owedMinor: number, history: boolean, record = RECORD): Promise<void> => {
    await bench.store.commit(commitOf({ desired: [desired(owedMinor, record)], history }));
  };
  const digests = async (lane?: 'new' | 'history', at = NOW): Promise<string[]> =>
    (await claims(bench.store, at).deliveries(lane ? { installationId: 'inst_1', lane } : undefined)).map(
      ({ digest }) => digest,
    );

  it('hands out of a lane only what is in it', async () => {
    await offer(10, true);
    await offer(20, false, OTHER);
    expect(await digests('new')).toEqual(['owed 20']);
    expect(await digests('new')).toEqual([]);
    expect(await digests('history')).toEqual(['owed 10']);
  });

  it('hands out both where no lane is asked for', async () => {
    await offer(10, true);
    await offer(20, false, OTHER);
    expect((await digests()).toSorted()).toEqual(['owed 10', 'owed 20']);
  });

  it('names an installation for which only history is due', async () => {
    await offer(10, true);
    expect(await bench.store.installationsDue(NOW)).toEqual(['inst_1']);
  });

  it('counts as new what changes while it waits as history', async () => {
    await offer(10, true);
    await offer(20, false);
    expect(await digests('history')).toEqual([]);
    expect(await digests('new')).toEqual(['owed 20']);
  });

  it('leaves new what history says of it while it waits', async () => {
    await offer(10, false);
    await offer(20, true);
    expect(await digests('history')).toEqual([]);
    expect(await digests('new')).toEqual(['owed 20']);
  });

  it('takes what was delivered as new for history once history changes it', async () => {
    await offer(10, false);
    await bench.store.delivered(await claims(bench.store).deliveries());
    await offer(20, true);
    expect(await digests('new')).toEqual([]);
    expect(await digests('history')).toEqual(['owed 20']);
  });

  it('never hands out by one lane what is in flight by the other', async () => {
    await offer(10, true);
    expect(await digests('history')).toEqual(['owed 10']);
    await offer(20, false);
    expect(await digests('new')).toEqual([]);
    expect(await digests('new', later(LEASE_MS))).toEqual(['owed 20']);
  });
}
