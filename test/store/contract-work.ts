// Work rows of every store: one row a key, claimed by lease, done once more when asked for meanwhile.
import { expect, it } from 'vitest';
import { claims, commitOf, later, LEASE_MS, NOW, work } from './samples.ts';
import type { Bench } from './store.contract.ts';

export function queuedWork(bench: Bench): void {
  it('keeps one row a key, and the earlier of two times', async () => {
    await bench.store.addWork([
      work({ nextAt: later(9_000).toISOString() }),
      work({ payload: { id: 'other' } }),
    ]);
    const claimed = await claims(bench.store).work();
    expect(claimed).toMatchObject([{ key: work().key, payload: { id: 'cus_1' }, attempts: 1 }]);
  });

  it('keeps rows of other workspaces, kinds and keys apart', async () => {
    await bench.store.addWork([
      work(),
      work({ workspaceId: 'ws_2' }),
      work({ kind: 'match' }),
      work({ key: 'b' }),
    ]);
    expect(await claims(bench.store).work()).toHaveLength(4);
  });

  it('hands out only the kinds asked for, due ones first, up to the limit', async () => {
    await bench.store.addWork([
      work({ key: 'later', nextAt: later(-1).toISOString() }),
      work({ key: 'first', nextAt: later(-2).toISOString() }),
      work({ key: 'not yet', nextAt: later(1).toISOString() }),
      work({ key: 'other', kind: 'backfill' }),
    ]);
    expect((await claims(bench.store, NOW, 1).work()).map(({ key }) => key)).toEqual(['first']);
    expect((await claims(bench.store).work()).map(({ key }) => key)).toEqual(['later']);
    expect(await bench.store.claimWork([], NOW, 9, LEASE_MS)).toEqual([]);
  });

  it('hands work out once while its lease lasts, and again afterwards', async () => {
    await bench.store.addWork([work()]);
    const asked = await Promise.all([claims(bench.store).work(), claims(bench.store).work()]);
    expect(asked.flat()).toHaveLength(1);
    expect(await claims(bench.store, later(LEASE_MS)).work()).toMatchObject([{ attempts: 2 }]);
  });

  it('does work once more when it was asked for while in progress, and not twice more', async () => {
    await bench.store.addWork([work()]);
    const [claimed] = await claims(bench.store).work();
    await bench.store.addWork([work()]);
    await bench.store.addWork([work()]);
    expect(await claims(bench.store).work()).toEqual([]);
    await bench.store.finishWork(claimed!.id);
    const [again] = await claims(bench.store).work();
    expect(again).toMatchObject({ key: work().key, attempts: 1 });
    await bench.store.finishWork(again!.id);
    expect(await claims(bench.store, later(LEASE_MS)).work()).toEqual([]);
    expect((await bench.store.counts()).work).toBe(0);
  });

  it('does work once more also when it was finished by a commit', async () => {
    await bench.store.addWork([work()]);
    const [claimed] = await claims(bench.store).work();
    await bench.store.commit(commitOf({ work: [work()], finish: { events: [], work: [] } }));
    await bench.store.commit(commitOf({ finish: { events: [], work: [claimed!.id] } }));
    expect(await claims(bench.store).work()).toHaveLength(1);
  });

  it('hands postponed work out at its time, with what it had got to', async () => {
    await bench.store.addWork([work({ payload: { page: 1 } })]);
    const [claimed] = await claims(bench.store).work();
    await bench.store.postponeWork(claimed!.id, later(10), 'more', { page: 2 });
    expect(await claims(bench.store, later(9)).work()).toEqual([]);
    const [again] = await claims(bench.store, later(10)).work();
    expect(again?.payload).toEqual({ page: 2 });
    await bench.store.postponeWork(again!.id, later(20), 'later');
    expect((await claims(bench.store, later(20)).work())[0]?.payload).toEqual({ page: 2 });
  });

  it('counts attempts anew once work got further', async () => {
    await bench.store.addWork([work()]);
    const attempts = async (payload?: Record<string, unknown>): Promise<number> => {
      const [claimed] = await claims(bench.store).work();
      await bench.store.postponeWork(claimed!.id, NOW, 'later', payload);
      return claimed!.attempts;
    };
    expect([await attempts(), await attempts(), await attempts({ page: 2 })]).toEqual([1, 2, 3]);
    expect([await attempts(), await attempts()]).toEqual([1, 2]);
  });

  it('takes work up at once that was asked for while in progress and then postponed, and not twice', async () => {
    await bench.store.addWork([work()]);
    const [claimed] = await claims(bench.store).work();
    await bench.store.addWork([work({ payload: { id: 'other' } })]);
    await bench.store.postponeWork(claimed!.id, later(9_000), 'later', { page: 2 });
    const [again] = await claims(bench.store).work();
    expect(again?.payload).toEqual({ page: 2 });
    await bench.store.postponeWork(again!.id, later(9_000), 'later');
    expect(await claims(bench.store, later(8_999)).work()).toEqual([]);
    const [last] = await claims(bench.store, later(9_000)).work();
    await bench.store.finishWork(last!.id);
    expect((await bench.store.counts()).work).toBe(0);
  });

  it('lists buried work as a dead letter, and takes it up again when it is redriven or asked for anew', async () => {
    await bench.store.addWork([work()]);
    const [claimed] = await claims(bench.store).work();
    await bench.store.buryWork(claimed!.id, 'not_found', NOW);
    expect(await claims(bench.store, later(LEASE_MS)).work()).toEqual([]);
    const [letter] = await bench.store.deadLetters();
    expect(letter).toMatchObject({ queue: 'work', kind: 'fetch', reason: 'not_found' });
    expect(await bench.store.redrive(letter!)).toBe(true);
    const [redriven] = await claims(bench.store).work();
    await bench.store.buryWork(redriven!.id, 'not_found', NOW);
    await bench.store.addWork([work({ payload: { id: 'anew' } })]);
    expect(await claims(bench.store).work()).toMatchObject([{ payload: { id: 'anew' }, attempts: 1 }]);
  });

  it('lists the dead letters of all workspaces, or of one', async () => {
    await bench.store.addWork([work(), work({ workspaceId: 'ws_2' })]);
    for (const { id } of await claims(bench.store).work()) await bench.store.buryWork(id, 'not_found', NOW);
    const of = async (workspaceId?: string) =>
      (await bench.store.deadLetters(workspaceId)).map((letter) => letter.workspaceId).sort();
    expect([await of(), await of('ws_2'), await of('ws_3')]).toEqual([['ws_1', 'ws_2'], ['ws_2'], []]);
  });

  it('keeps work over a restart', async () => {
    await bench.store.addWork([work()]);
    await bench.reopen();
    expect(await claims(bench.store).work()).toHaveLength(1);
  });
}
