// Deliveries whose answer never came, in every store: what the CRM does late must not stay over what was sent later.
import { describe, expect, it } from 'vitest';
import { LATE_MS, type ClaimedDelivery } from '../../src/store/store.ts';
import { claims, commitOf, desired, later, LEASE_MS, NOW } from './samples.ts';
import type { Bench } from './store.contract.ts';

const KEY = desired(0).key;

/** A moment at which nothing that was sent around the sample moment can land any more. */
const OVER = later(LATE_MS + 60_000);

type Hand = ReturnType<typeof handOf>;

/** What a worker does with the one record of these tests. */
function handOf(bench: Bench) {
  const offer = (owedMinor: number): Promise<unknown> =>
    bench.store.commit(commitOf({ desired: [desired(owedMinor)] }));
  const due = async (at = NOW): Promise<ClaimedDelivery | undefined> =>
    (await claims(bench.store, at).deliveries())[0];
  const claim = async (at = NOW): Promise<ClaimedDelivery> => {
    const claimed = await due(at);
    if (!claimed) throw new Error('nothing is due');
    return claimed;
  };
  /** Tries what is due, and hears nothing. */
  const tryInVain = async (at = NOW): Promise<void> => {
    const tried = await claim(at);
    await bench.store.postponeDelivery(tried.key, at, 'crm_unavailable', { ...tried, at });
  };
  const deliver = async (at = NOW): Promise<ClaimedDelivery> => {
    const claimed = await claim(at);
    await bench.store.delivered([claimed]);
    return claimed;
  };
  return { offer, due, claim, tryInVain, deliver };
}

export function doubts(bench: Bench): void {
  const hand = handOf(bench);
  describe('the same state again', () => sameState(bench, hand));
  describe('a newer state', () => newerState(bench, hand));
  describe('a lease that ran out', () => lostLease(bench, hand));
  describe('a state that is offered again', () => offeredAgain(bench, hand));
  describe('a record that took over another', () => takenOver(bench, hand));
  describe('any of them', () => anyOf(bench, hand));
}

function sameState(bench: Bench, { offer, due, tryInVain, deliver }: Hand): void {
  it('is sent without asking, and counts once it is answered: the late one says the same', async () => {
    await offer(10);
    await tryInVain();
    expect(await deliver(later(1))).toMatchObject({ digest: 'owed 10', readBack: false, attempts: 2 });
    expect(await due(OVER)).toBeUndefined();
    expect((await bench.store.counts()).outbox).toBe(0);
  });

  it('leaves the doubt to a newer one, as long as the late one may land', async () => {
    await offer(10);
    await tryInVain();
    await deliver(later(1));
    await offer(20);
    expect(await due(later(2))).toMatchObject({ digest: 'owed 20', readBack: true });
  });

  it('leaves no doubt to a newer one once nothing can land any more', async () => {
    await offer(10);
    await tryInVain();
    await deliver(later(1));
    await offer(20);
    expect(await deliver(OVER)).toMatchObject({ digest: 'owed 20', readBack: false });
    expect(await due(later(2 * LATE_MS + 60_000))).toBeUndefined();
  });

  it('is nothing to write where a newer one was taken back before it was tried', async () => {
    await offer(10);
    await tryInVain();
    await deliver(later(1));
    await offer(20);
    await offer(10);
    expect(await due(OVER)).toBeUndefined();
  });
}

function newerState(bench: Bench, { offer, due, claim, tryInVain, deliver }: Hand): void {
  it('is read back before it goes, waits until nothing can land over it, and is read back once more', async () => {
    await offer(10);
    await tryInVain();
    await offer(20);
    expect(await deliver(later(1))).toMatchObject({ digest: 'owed 20', readBack: true });
    expect((await bench.store.counts()).outbox).toBe(1);
    expect(await due(later(LATE_MS - 1))).toBeUndefined();
    expect(await deliver(later(LATE_MS))).toMatchObject({ digest: 'owed 20', readBack: true });
    expect(await due(later(9 * LATE_MS))).toBeUndefined();
    expect((await bench.store.counts()).outbox).toBe(0);
  });

  it('that comes when nothing can land any more is sent without asking, and counts', async () => {
    await offer(10);
    await tryInVain();
    await offer(20);
    expect(await deliver(OVER)).toMatchObject({ digest: 'owed 20', readBack: false });
    expect(await due(later(9 * LATE_MS))).toBeUndefined();
  });

  it('is not taken for delivered by an offer that says the same', async () => {
    await offer(10);
    await tryInVain();
    await offer(20);
    await deliver(later(1));
    await offer(20);
    expect(await due(later(LATE_MS))).toMatchObject({ digest: 'owed 20', readBack: true });
  });

  it('gives way to a still newer one, which is due at once and read back as well', async () => {
    await offer(10);
    await tryInVain();
    await offer(20);
    const claimed = await claim(later(1));
    await offer(30);
    await bench.store.delivered([claimed]);
    expect(await deliver(later(2))).toMatchObject({ digest: 'owed 30', readBack: true });
    expect(await due(later(LATE_MS))).toMatchObject({ digest: 'owed 30', readBack: true });
  });

  it('that turns back to what was tried is sent without asking', async () => {
    await offer(10);
    await tryInVain();
    await offer(20);
    await deliver(later(1));
    await offer(10);
    expect(await deliver(later(2))).toMatchObject({ digest: 'owed 10', readBack: false });
    expect(await due(OVER)).toBeUndefined();
  });

  it('that is not answered either leaves both in doubt, from then on', async () => {
    await offer(10);
    await tryInVain();
    await offer(20);
    await tryInVain(later(1_000));
    expect(await claim(later(1_000))).toMatchObject({ digest: 'owed 20', readBack: true });
    await bench.store.delivered([{ key: KEY, generation: 2, digest: 'owed 20' }]);
    expect(await due(later(LATE_MS + 999))).toBeUndefined();
    expect(await due(later(LATE_MS + 1_000))).toMatchObject({ readBack: true });
  });

  it('that is refused stays a dead letter, and is in doubt no longer when it is redriven later', async () => {
    await offer(10);
    await tryInVain();
    await offer(20);
    const claimed = await claim(later(1));
    await bench.store.buryDelivery(claimed.key, claimed.generation, 'refused', later(1));
    expect(await due(OVER)).toBeUndefined();
    await bench.store.redrive({ queue: 'outbox', id: KEY });
    expect(await claim(OVER)).toMatchObject({ digest: 'owed 20', readBack: false });
  });
}

function lostLease(bench: Bench, { offer, due, claim, deliver }: Hand): void {
  it('is a try without an answer, also of the same state: nobody knows what was sent', async () => {
    await offer(10);
    await claim();
    const [taken, end] = [later(LEASE_MS), later(LEASE_MS + LATE_MS)];
    expect(await deliver(taken)).toMatchObject({ digest: 'owed 10', readBack: true });
    expect(await due(later(LEASE_MS + LATE_MS - 1))).toBeUndefined();
    expect(await deliver(end)).toMatchObject({ digest: 'owed 10', readBack: true });
    expect(await due(later(9 * LATE_MS))).toBeUndefined();
  });

  it('is none where the delivery was given back', async () => {
    await offer(10);
    await bench.store.releaseDeliveries([(await claim()).key]);
    expect(await claim(later(LEASE_MS))).toMatchObject({ readBack: false });
  });
}

function offeredAgain(bench: Bench, { offer, claim, tryInVain }: Hand): void {
  it('may be written in another way, so that the late one does not say the same', async () => {
    await offer(10);
    await tryInVain();
    await bench.store.offerAgain('ws_1', [KEY], later(1));
    expect(await claim(later(1))).toMatchObject({ digest: 'owed 10', readBack: true });
  });

  it('while it was tried in vain is in doubt like any other', async () => {
    await offer(10);
    const tried = await claim();
    await bench.store.offerAgain('ws_1', [KEY], later(1));
    await bench.store.postponeDelivery(tried.key, later(2), 'crm_unavailable', { ...tried, at: later(2) });
    expect(await claim(later(2))).toMatchObject({ digest: 'owed 10', readBack: true });
  });
}

function takenOver(bench: Bench, { offer, due, claim, deliver }: Hand): void {
  it('is read back at once, and once more when nothing can land any more, although nothing new is to be said', async () => {
    await offer(10);
    await deliver();
    await bench.store.doubtDelivery(KEY, later(1));
    expect(await deliver(later(1))).toMatchObject({ digest: 'owed 10', readBack: true });
    expect(await deliver(later(LATE_MS + 1))).toMatchObject({ readBack: true });
    expect(await due(later(9 * LATE_MS))).toBeUndefined();
  });

  it('while it is in flight is read back afterwards, and never handed out twice at once', async () => {
    await offer(10);
    const claimed = await claim();
    await bench.store.doubtDelivery(KEY, later(1));
    expect(await due(later(2))).toBeUndefined();
    await bench.store.delivered([claimed]);
    expect(await due(later(LATE_MS + 1))).toMatchObject({ digest: 'owed 10', readBack: true });
  });

  it('and of which nothing is known, or which was given up on, is left alone', async () => {
    await bench.store.doubtDelivery(KEY, NOW);
    expect(await due(OVER)).toBeUndefined();
    await offer(10);
    const claimed = await claim();
    await bench.store.buryDelivery(claimed.key, claimed.generation, 'refused', NOW);
    await bench.store.doubtDelivery(KEY, NOW);
    expect(await due(OVER)).toBeUndefined();
    expect(await bench.store.deadLetters()).toHaveLength(1);
  });
}

function anyOf(bench: Bench, { offer, due, claim, tryInVain, deliver }: Hand): void {
  it('a doubt lasts over a restart', async () => {
    await offer(10);
    await tryInVain();
    await offer(20);
    await bench.reopen();
    expect(await deliver(later(1))).toMatchObject({ readBack: true });
    await bench.reopen();
    expect(await due(later(LATE_MS))).toMatchObject({ readBack: true });
  });

  it('a try that was answered, or never made, leaves none', async () => {
    await offer(10);
    await bench.store.postponeDelivery((await claim()).key, later(1), 'rate_limited');
    await offer(20);
    expect(await deliver(later(1))).toMatchObject({ digest: 'owed 20', readBack: false });
    expect(await due(OVER)).toBeUndefined();
  });
}
