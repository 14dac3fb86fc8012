// What every store's outbox says is due, what of it is handed out by key, and what history left that may wait.
import { expect, it } from 'vitest';
import type { Commit, DueDelivery } from '../../src/store/store.ts';
import { claims, commitOf, desired, event, later, LEASE_MS, NOW, RECORD } from './samples.ts';
import type { Bench } from './store.contract.ts';

const record = (recordId: string, installationId = 'inst_1') => ({ ...RECORD, recordId, installationId });
const keyOf = (recordId: string, installationId?: string): string =>
  desired(0, record(recordId, installationId)).key;
const [ONE, TWO, THREE] = [keyOf('1'), keyOf('2'), keyOf('3')];

export function dueKeys(bench: Bench): void {
  const offer = (at: Date, ...recordIds: string[]) =>
    bench.store.commit(
      commitOf({ at: at.toISOString(), desired: recordIds.map((id) => desired(1, record(id))) }),
    );
  const due = (at = NOW, limit = 100) => bench.store.dueKeys('inst_1', at, limit);
  const keys = (list: DueDelivery[]): string[] => list.map(({ key }) => key);
  const take = async (wanted: string[], at = NOW): Promise<string[]> => {
    const of = { installationId: 'inst_1', keys: wanted };
    const taken = await bench.store.claimDeliveries(of, at, wanted.length, LEASE_MS);
    return taken.map(({ key }) => key).toSorted();
  };

  it('are named oldest first, since when they wait, and are not taken by that', async () => {
    await offer(later(-1_000), '2');
    await offer(later(-2_000), '1');
    await offer(later(1), '3');
    expect(await due()).toEqual([
      { key: ONE, since: later(-2_000).toISOString() },
      { key: TWO, since: later(-1_000).toISOString() },
    ]);
    expect(keys(await due(NOW, 1))).toEqual([ONE]);
    expect(await claims(bench.store).deliveries()).toMatchObject([{ attempts: 1 }, { attempts: 1 }]);
  });

  it('are those of one installation, and of a lane where one is asked for', async () => {
    await bench.store.commit(commitOf({ desired: [desired(1, record('1', 'inst_2'))] }));
    await offer(NOW, '1');
    await bench.store.commit(commitOf({ desired: [desired(1, record('2'))], history: true }));
    const ofLane = async (lane: 'new' | 'history') =>
      keys(await bench.store.dueKeys({ installationId: 'inst_1', lane }, NOW, 9));
    expect([await ofLane('new'), await ofLane('history')]).toEqual([[ONE], [TWO]]);
    expect(keys(await due()).toSorted()).toEqual([ONE, TWO]);
  });

  it('are not those in flight, and first what was given back', async () => {
    await offer(later(-1_000), '1');
    await offer(NOW, '2');
    await take([ONE, TWO]);
    expect(await due()).toEqual([]);
    await bench.store.releaseDeliveries([TWO]);
    expect(await due()).toEqual([{ key: TWO, since: new Date(0).toISOString() }]);
    expect(keys(await due(later(LEASE_MS)))).toEqual([TWO, ONE]);
  });

  it('are handed out by key, each once, and only what is still due of that installation', async () => {
    await offer(NOW, '1', '2', '3');
    await bench.store.commit(commitOf({ desired: [desired(1, record('9', 'inst_2'))] }));
    expect(await take([ONE, TWO])).toEqual([ONE, TWO]);
    expect(await take([TWO, THREE, keyOf('9', 'inst_2'), keyOf('nobody')])).toEqual([THREE]);
    expect(await take([], later(LEASE_MS))).toEqual([]);
  });

  it('that two ask for at the same time are handed to one of them', async () => {
    await offer(NOW, '1', '2', '3');
    const all = [ONE, TWO, THREE];
    const taken = await Promise.all([take(all), take(all), take(all)]);
    expect(taken.flat().toSorted()).toEqual(all);
  });
}

export function waiting(bench: Bench): void {
  const WAIT_MS = 5_000;
  const commit = (owedMinor: number, change: Partial<Commit> = {}, recordId = '1') =>
    bench.store.commit(commitOf({ desired: [desired(owedMinor, record(recordId))], ...change }));
  /** At `at`, history says something that may wait. */
  const past = (owedMinor: number, at = NOW, recordId = '1') =>
    commit(
      0,
      {
        at: at.toISOString(),
        history: true,
        desired: [
          {
            ...desired(owedMinor, record(recordId)),
            dueAt: new Date(at.getTime() + WAIT_MS).toISOString(),
          },
        ],
      },
      recordId,
    );
  const due = async (at = NOW): Promise<string[]> =>
    (await bench.store.dueKeys('inst_1', at, 100)).map(({ key }) => key);
  const claim = async (at: Date) => (await claims(bench.store, at).deliveries())[0]!;

  it('is over at its time', async () => {
    await past(10);
    expect(await bench.store.installationsDue(later(WAIT_MS - 1))).toEqual([]);
    expect(await due(later(WAIT_MS))).toEqual([ONE]);
  });

  it('is not made longer by more history', async () => {
    await past(10);
    await past(20, later(3_000));
    expect(await due(later(WAIT_MS - 1))).toEqual([]);
    expect(await claim(later(WAIT_MS))).toMatchObject({ digest: 'owed 20' });
  });

  it('begins anew for what was delivered since', async () => {
    await past(10);
    await bench.store.delivered([await claim(later(WAIT_MS))]);
    await past(20, later(20_000));
    expect(await due(later(20_000 + WAIT_MS - 1))).toEqual([]);
    expect(await due(later(20_000 + WAIT_MS))).toEqual([ONE]);
  });

  it('is over with anything new', async () => {
    await past(10);
    await commit(20);
    expect(await claim(NOW)).toMatchObject({ digest: 'owed 20' });
  });

  it('is over with an event that says what history said, and not by computing it again', async () => {
    await past(10);
    await commit(10);
    expect(await due()).toEqual([]);
    await bench.store.accept([event()]);
    const [told] = await claims(bench.store).events();
    await commit(10, { finish: { events: [told!.id], work: [] } });
    const lane = { installationId: 'inst_1', lane: 'new' as const };
    expect(await bench.store.dueKeys(lane, NOW, 9)).toMatchObject([{ key: ONE }]);
    const taken = await claim(NOW);
    await bench.store.delivered([taken]);
    expect(await due(later(LEASE_MS))).toEqual([]);
  });

  it('does not begin for what is new and waits already', async () => {
    await commit(10);
    await past(20);
    expect(await claim(NOW)).toMatchObject({ digest: 'owed 20' });
  });

  it('is ended for some at a time, of the installations that are named', async () => {
    for (const id of ['1', '2', '3']) await past(10, NOW, id);
    expect(await bench.store.endWait(['inst_2'], NOW, 9)).toBe(0);
    expect(await bench.store.endWait(['inst_2', 'inst_1'], NOW, 2)).toBe(2);
    expect(await due()).toHaveLength(2);
    expect(await bench.store.endWait(['inst_1'], NOW, 2)).toBe(1);
    expect((await due()).toSorted()).toEqual([ONE, TWO, THREE]);
    expect(await bench.store.endWait(['inst_1'], NOW, 2)).toBe(0);
  });

  it('is ended for history alone: not for what failed, is in flight or in doubt, or is new', async () => {
    for (const id of ['1', '2', '3']) await past(10, NOW, id);
    const at = later(WAIT_MS);
    const [failed, flying, doubted] = await claims(bench.store, at).deliveries();
    await bench.store.postponeDelivery(failed!.key, later(60_000), 'crm_unavailable');
    await bench.store.postponeDelivery(doubted!.key, at, 'crm_unavailable', { ...doubted!, at });
    await past(20, at, doubted!.key.split('|')[2]!);
    await bench.store.delivered([await claim(at)]);
    expect(flying).toBeDefined();
    await commit(1, { at: later(30_000).toISOString() }, '4');
    expect(await bench.store.endWait(['inst_1'], at, 9)).toBe(0);
    expect(await due(at)).toEqual([]);
  });
}
