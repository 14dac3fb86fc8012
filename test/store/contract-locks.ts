// Locks of every store: one at a time under a name, whatever becomes of it.
import { expect, it } from 'vitest';
import type { Bench } from './store.contract.ts';

export function locks(bench: Bench): void {
  /** Work that says when it began and ends when told to. */
  const held = (name: string) => {
    const ending = Promise.withResolvers<string>();
    const begun = Promise.withResolvers<void>();
    const done = bench.store.lock(name, () => {
      begun.resolve();
      return ending.promise;
    });
    return { done, begun: begun.promise, end: ending.resolve, fail: ending.reject };
  };

  it('lets one in at a time under a name, in the order they came, and answers what the work answered', async () => {
    const seen: string[] = [];
    const inside = (name: string) => async () => {
      seen.push(`${name} in`);
      await bench.store.counts();
      seen.push(`${name} out`);
      return name;
    };
    const names = ['first', 'second', 'third'];
    expect(await Promise.all(names.map((name) => bench.store.lock('one', inside(name))))).toEqual(names);
    expect(seen).toEqual(names.flatMap((name) => [`${name} in`, `${name} out`]));
  });

  it('lets others in under other names meanwhile, also from inside', async () => {
    const first = held('one');
    await first.begun;
    expect(await bench.store.lock('two', () => bench.store.lock('three', async () => 'in'))).toBe('in');
    first.end('over');
    expect(await first.done).toBe('over');
  });

  it('is free again when the work failed, with what it failed with', async () => {
    const first = held('one');
    const next = bench.store.lock('one', async () => 'next');
    await first.begun;
    first.fail(new Error('of the work'));
    await expect(first.done).rejects.toThrow('of the work');
    expect(await next).toBe('next');
  });
}
