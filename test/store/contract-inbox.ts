// The inbox of every store: events are kept once, handed out by lease, and end in one of four ways.
import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { claims, commitOf, event, later, LEASE_MS, NOW, row } from './samples.ts';
import type { Bench } from './store.contract.ts';

export function inbox(bench: Bench): void {
  it('keeps an event once, however often and however parallel it arrives', async () => {
    const sent = event();
    const answers = await Promise.all(Array.from({ length: 5 }, () => bench.store.accept([sent])));
    expect(answers.flat().filter(Boolean)).toHaveLength(1);
    expect(await bench.store.accept([sent, event(), sent])).toEqual([false, true, false]);
    expect(await claims(bench.store).events()).toHaveLength(2);
  });

  it('takes the same key of another sender as another event', async () => {
    const sent = event();
    expect(await bench.store.accept([sent, { ...sent, source: 'acct_b' }])).toEqual([true, true]);
  });

  it('gives back what arrived, byte for byte', async () => {
    const few = new Uint8Array([0, 255, 10, 13, 128, 39]);
    const bodies = [
      few,
      new Uint8Array(Buffer.from('{"paid":true}'.repeat(400))),
      new Uint8Array(randomBytes(5_000)),
    ];
    const sent = bodies.map((raw) => event({ raw, reason: null }));
    await bench.store.accept(sent);
    await bench.reopen();
    const claimed = await claims(bench.store).events();
    expect(claimed.map((one) => ({ ...one, raw: [...one.raw] }))).toEqual(
      sent.map((one, nth) => ({
        ...one,
        raw: [...one.raw],
        id: claimed[nth]!.id,
        attempts: 1,
        unfinished: 1,
      })),
    );
  });

  it('hands events out in the order they arrived, up to the limit', async () => {
    const sent = Array.from({ length: 5 }, () => event());
    for (const one of sent) await bench.store.accept([one]);
    const first = await claims(bench.store, NOW, 3).events();
    const rest = await claims(bench.store, NOW, 3).events();
    expect([...first, ...rest].map(({ dedupeKey }) => dedupeKey)).toEqual(
      sent.map(({ dedupeKey }) => dedupeKey),
    );
    expect(first).toHaveLength(3);
  });

  it('hands an event to one of two who ask at once, and again when the lease has run out', async () => {
    await bench.store.accept([event()]);
    const asked = await Promise.all([claims(bench.store).events(), claims(bench.store).events()]);
    expect(asked.flat()).toHaveLength(1);
    expect(await claims(bench.store, later(LEASE_MS - 1)).events()).toEqual([]);
    const [again] = await claims(bench.store, later(LEASE_MS)).events();
    expect(again?.attempts).toBe(2);
  });

  it('hands out nothing that is not waiting', async () => {
    await bench.store.accept([
      event({ state: 'ignored', reason: 'unknown_kind' }),
      event({ state: 'dead', reason: 'malformed' }),
    ]);
    expect(await claims(bench.store).events()).toEqual([]);
    expect(await bench.store.counts()).toMatchObject({ inbox: 0, dead: 1 });
  });

  it('hands a postponed event out when its time has come, with its reason', async () => {
    await bench.store.accept([event()]);
    const [claimed] = await claims(bench.store).events();
    await bench.store.postponeEvent(claimed!.id, later(5_000), 'gateway_unavailable');
    expect(await claims(bench.store, later(4_999)).events()).toEqual([]);
    const [again] = await claims(bench.store, later(5_000)).events();
    expect(again).toMatchObject({ id: claimed!.id, reason: 'gateway_unavailable', attempts: 2 });
  });

  it('counts claims that nobody ended apart from tries that failed, and from the start once it is redriven', async () => {
    await bench.store.accept([event()]);
    const counted: number[][] = [];
    for (const turn of [0, 1, 2]) {
      const [claimed] = await claims(bench.store, later(turn * LEASE_MS)).events();
      counted.push([claimed!.attempts, claimed!.unfinished]);
      if (turn === 1)
        await bench.store.postponeEvent(claimed!.id, later(2 * LEASE_MS), 'gateway_unavailable');
      if (turn === 2) await bench.store.buryEvent(claimed!.id, 'never_finished', NOW);
    }
    const [letter] = await bench.store.deadLetters();
    await bench.store.redrive(letter!);
    const [again] = await claims(bench.store).events();
    counted.push([again!.attempts, again!.unfinished]);
    expect(counted).toEqual([
      [1, 1],
      [2, 2],
      [3, 1],
      [1, 1],
    ]);
  });

  it('lists a buried event as a dead letter; redriving makes it wait once more', async () => {
    await bench.store.accept([event()]);
    const [claimed] = await claims(bench.store).events();
    await bench.store.buryEvent(claimed!.id, 'malformed', later(1));
    expect(await claims(bench.store, later(LEASE_MS)).events()).toEqual([]);
    const [letter] = await bench.store.deadLetters();
    expect(letter).toEqual({
      queue: 'inbox',
      id: String(claimed!.id),
      workspaceId: 'ws_1',
      kind: 'invoice.paid',
      reason: 'malformed',
      at: later(1).toISOString(),
    });
    expect(await bench.store.redrive(letter!)).toBe(true);
    expect(await bench.store.redrive(letter!)).toBe(false);
    expect(await claims(bench.store).events()).toMatchObject([{ id: claimed!.id, attempts: 1 }]);
  });

  it('keeps an ignored event out of the way, and still knows it when it comes again', async () => {
    const sent = event();
    await bench.store.accept([sent]);
    const [claimed] = await claims(bench.store).events();
    await bench.store.ignoreEvent(claimed!.id, 'unknown_kind');
    expect(await claims(bench.store, later(LEASE_MS)).events()).toEqual([]);
    expect(await bench.store.deadLetters()).toEqual([]);
    expect(await bench.store.accept([sent])).toEqual([false]);
  });

  it('leaves a finished event finished, whatever someone with an expired lease says', async () => {
    const sent = event();
    await bench.store.accept([sent]);
    const [claimed] = await claims(bench.store).events();
    await bench.store.commit(commitOf({ finish: { events: [claimed!.id], work: [] } }));
    await bench.store.postponeEvent(claimed!.id, NOW, 'late');
    await bench.store.buryEvent(claimed!.id, 'late', NOW);
    await bench.store.ignoreEvent(claimed!.id, 'late');
    expect(await claims(bench.store, later(LEASE_MS)).events()).toEqual([]);
    expect(await bench.store.deadLetters()).toEqual([]);
    expect(await bench.store.accept([sent])).toEqual([false]);
  });

  it('erases raw bodies that are old enough, but none that is still to be read', async () => {
    const old = { receivedAt: later(-10_000).toISOString() };
    const [finished, waiting, fresh] = [event(old), event(old), event()];
    await bench.store.accept([finished, waiting, fresh]);
    const taken = await claims(bench.store).events();
    const claimed = taken.find(({ dedupeKey }) => dedupeKey === finished.dedupeKey);
    await bench.store.commit(commitOf({ finish: { events: [claimed!.id], work: [] } }));
    expect(await bench.store.eraseBodies(later(-5_000))).toBe(1);
    expect(await bench.store.eraseBodies(later(-5_000))).toBe(0);
    expect(await bench.store.accept([finished])).toEqual([false]);
    const still = await bench.store.claimEvents(later(LEASE_MS), 10, LEASE_MS);
    expect(still.map(({ raw }) => raw.length > 0)).toEqual([true, true]);
  });

  it('lists the payers whose open invoices came due in a span of time', async () => {
    const due = (id: string, status: string, dueAt: string) =>
      row({
        id,
        owner: `cus_${id}`,
        aspects: {
          invoice: {
            entity: 'invoice',
            account: 'ga_1',
            id,
            aspect: 'invoice',
            owner: `cus_${id}`,
            source: 'gateway',
            number: 0,
            body: { status, dueAt } as never,
          },
        },
      });
    const inside = later(-1_000).toISOString();
    const rows = [
      due('a', 'open', inside),
      due('b', 'paid', inside),
      due('c', 'open', later(9_000).toISOString()),
    ];
    await bench.store.commit(commitOf({ rows }));
    const { workspaceId } = commitOf();
    const from = later(-5_000).toISOString();
    expect(await bench.store.ownersDue(workspaceId, from, NOW.toISOString())).toEqual(['cus_a']);
  });

  it('counts what waits and since when', async () => {
    await bench.store.accept([event({ receivedAt: later(-9_000).toISOString() }), event()]);
    expect(await bench.store.counts()).toEqual({
      inbox: 2,
      outbox: 0,
      work: 0,
      dead: 0,
      oldestWaitingAt: later(-9_000).toISOString(),
    });
  });
}
