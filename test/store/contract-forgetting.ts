// What every store forgets when asked: what has served its purpose, and nothing else.
import { expect, it } from 'vitest';
import { claims, commitOf, event, later, NOW } from './samples.ts';
import type { Bench } from './store.contract.ts';

export function forgetting(bench: Bench): void {
  it('forgets events that are old, done and without a body, a few at a time, and no other', async () => {
    const old = { receivedAt: later(-10_000).toISOString() };
    const finished = Array.from({ length: 3 }, () => event(old));
    const ignored = event({ ...old, state: 'ignored', reason: 'unknown_kind' });
    const dead = event({ ...old, state: 'dead', reason: 'malformed' });
    const [waiting, fresh] = [event(old), event()];
    await bench.store.accept([...finished, ignored, dead, waiting, fresh]);
    const taken = await claims(bench.store).events();
    const isDone = new Set([...finished, fresh].map(({ dedupeKey }) => dedupeKey));
    const events = taken.filter(({ dedupeKey }) => isDone.has(dedupeKey)).map(({ id }) => id);
    await bench.store.commit(commitOf({ finish: { events, work: [] } }));
    expect(await bench.store.forgetEvents(later(-5_000), 10)).toBe(0);
    await bench.store.eraseBodies(later(-5_000));
    const forgotten = async () => bench.store.forgetEvents(later(-5_000), 3);
    expect([await forgotten(), await forgotten(), await forgotten()]).toEqual([3, 1, 0]);
    expect(await bench.store.accept([dead, waiting, fresh])).toEqual([false, false, false]);
    expect(await bench.store.accept([...finished, ignored])).toEqual([true, true, true, true]);
  });

  it('forgets authorizations that ended before, and keeps the others', async () => {
    const pending = (state: string, ms: number) =>
      bench.store.putAuthorization({
        state,
        browser: 'b',
        verifier: 'v',
        provider: 'hubspot',
        subject: null,
        expiresAt: later(ms).toISOString(),
      });
    await pending('long ended', -2);
    await pending('just ended', 0);
    expect(await bench.store.dropAuthorizations(NOW)).toBe(1);
    expect(await bench.store.takeAuthorization('long ended')).toBeUndefined();
    expect(await bench.store.takeAuthorization('just ended')).toMatchObject({ state: 'just ended' });
  });
}
