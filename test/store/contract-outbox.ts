// The outbox of every store: the latest desired state of each record, at most one delivery of it in flight.
import { expect, it } from 'vitest';
import { claims, commitOf, desired, later, LEASE_MS, NOW, RECORD } from './samples.ts';
import type { Bench } from './store.contract.ts';

const KEY = desired(0).key;

export function outbox(bench: Bench): void {
  const offer = async (owedMinor: number): Promise<number> => {
    const outcome = await bench.store.commit(commitOf({ desired: [desired(owedMinor)] }));
    return outcome.committed ? outcome.changedRecords : -1;
  };
  const claim = async (at = NOW) => (await claims(bench.store, at).deliveries())[0];
  const deliver = async (): Promise<void> => bench.store.delivered([(await claim())!]);

  it('replaces a waiting state by a newer one', async () => {
    expect([await offer(10), await offer(20)]).toEqual([1, 1]);
    const waiting = await claims(bench.store).deliveries();
    expect(waiting).toHaveLength(1);
    expect(waiting[0]).toMatchObject({
      key: KEY,
      digest: 'owed 20',
      workspaceId: 'ws_1',
      installationId: 'inst_1',
    });
    expect(waiting[0]!.desired).toEqual(desired(20).state);
  });

  it('writes nothing for a state that says what was delivered', async () => {
    await offer(10);
    await deliver();
    expect(await offer(10)).toBe(0);
    expect(await claim(later(LEASE_MS))).toBeUndefined();
    expect((await bench.store.counts()).outbox).toBe(0);
  });

  it('writes nothing when a waiting change is taken back before it was tried', async () => {
    await offer(10);
    await deliver();
    expect([await offer(20), await offer(10)]).toEqual([1, 0]);
    expect(await claim(later(LEASE_MS))).toBeUndefined();
  });

  it('writes a change that was taken back after a try whose end is not known', async () => {
    await offer(10);
    await deliver();
    await offer(20);
    const tried = await claim();
    await bench.store.postponeDelivery(tried!.key, later(5), 'crm_unavailable');
    await offer(10);
    expect(await claim(later(5))).toMatchObject({ digest: 'owed 10' });
  });

  it('never hands out a record that is in flight, also not its newer state', async () => {
    await offer(10);
    expect(await claim()).toMatchObject({ digest: 'owed 10', attempts: 1 });
    await offer(20);
    expect(await claim()).toBeUndefined();
    expect(await claim(later(LEASE_MS - 1))).toBeUndefined();
    expect(await claim(later(LEASE_MS))).toMatchObject({ digest: 'owed 20' });
  });

  it('keeps a newer state waiting when an older one was delivered, due at once', async () => {
    await offer(10);
    const first = await claim();
    await offer(20);
    await bench.store.delivered([first!]);
    const second = await claim();
    expect(second).toMatchObject({ digest: 'owed 20', attempts: 1 });
    await bench.store.delivered([second!]);
    expect(await claim(later(LEASE_MS))).toBeUndefined();
  });

  it('is done when the newer state says the same as the delivered one', async () => {
    await offer(10);
    const first = await claim();
    await offer(20);
    await offer(10);
    await bench.store.delivered([first!]);
    expect(await claim(later(LEASE_MS))).toBeUndefined();
  });

  it('hands a postponed delivery out at its time', async () => {
    await offer(10);
    await bench.store.postponeDelivery((await claim())!.key, later(7), 'crm_unavailable');
    expect(await claim(later(6))).toBeUndefined();
    expect(await claim(later(7))).toMatchObject({ attempts: 2 });
  });

  it('gives claimed deliveries back untouched', async () => {
    await offer(10);
    await bench.store.releaseDeliveries([(await claim())!.key]);
    expect(await claim()).toMatchObject({ digest: 'owed 10', attempts: 1 });
  });

  it('buries only the state that was refused', async () => {
    await offer(10);
    const first = await claim();
    await offer(20);
    await bench.store.buryDelivery(first!.key, first!.generation, 'refused', NOW);
    expect(await bench.store.deadLetters()).toEqual([]);
    const second = await claim();
    expect(second).toMatchObject({ digest: 'owed 20' });
    await bench.store.buryDelivery(second!.key, second!.generation, 'The field does not exist.', NOW);
    expect(await claim(later(LEASE_MS))).toBeUndefined();
    expect(await bench.store.deadLetters()).toEqual([
      {
        queue: 'outbox',
        id: KEY,
        workspaceId: 'ws_1',
        kind: 'inst_1',
        reason: 'The field does not exist.',
        at: NOW.toISOString(),
      },
    ]);
    expect(await offer(20)).toBe(0);
    expect(await offer(30)).toBe(1);
    expect(await claim()).toMatchObject({ digest: 'owed 30', attempts: 1 });
  });

  it('tries a buried delivery again when it is redriven', async () => {
    await offer(10);
    const first = await claim();
    await bench.store.buryDelivery(first!.key, first!.generation, 'refused', NOW);
    expect(await bench.store.redrive({ queue: 'outbox', id: KEY })).toBe(true);
    expect(await claim()).toMatchObject({ digest: 'owed 10' });
  });

  it('names the installations with due deliveries and hands out only theirs, oldest first', async () => {
    const other = { ...RECORD, installationId: 'inst_2' };
    const second = { ...RECORD, recordId: '102' };
    await bench.store.commit(commitOf({ desired: [desired(1, second)], at: later(-5).toISOString() }));
    await bench.store.commit(commitOf({ desired: [desired(1), desired(1, other)] }));
    expect((await bench.store.installationsDue(NOW)).toSorted()).toEqual(['inst_1', 'inst_2']);
    expect(await bench.store.installationsDue(later(-6))).toEqual([]);
    expect(await claims(bench.store, NOW, 1).deliveries()).toMatchObject([{ desired: { record: second } }]);
    expect(await claims(bench.store).deliveries('inst_2')).toHaveLength(1);
    expect(await bench.store.installationsDue(NOW)).toEqual(['inst_1']);
  });

  it('keeps what waits and what was delivered over a restart', async () => {
    await offer(10);
    await deliver();
    await bench.reopen();
    expect(await offer(10)).toBe(0);
    await offer(20);
    await bench.reopen();
    expect(await claim()).toMatchObject({ digest: 'owed 20' });
  });
}
