// What every store says of itself when it looks through all it keeps: nothing of what is sound, and that every event has its place.
import { expect, it } from 'vitest';
import type { Inspected } from '../../src/store/store.ts';
import { fillStore } from './contract-kept.ts';
import { event, NOW } from './samples.ts';
import type { Bench } from './store.contract.ts';

export async function inspected({ inspect }: Pick<Bench['store'], 'inspect'>): Promise<Inspected[]> {
  const all: Inspected[] = [];
  for await (const one of inspect()) all.push(one);
  return all;
}

export function inspections(bench: Bench): void {
  it('finds no damage where there is none, and says what became of every event', async () => {
    await fillStore(bench);
    await bench.store.accept([event({ state: 'dead', reason: 'malformed' })]);
    const all = await inspected(bench.store);
    expect(all.filter(({ state }) => state === 'damaged')).toEqual([]);
    const says = '1 applied, 2 waiting, 1 of no use, 1 given up on';
    expect(all.at(-1)).toEqual({ part: 'events', state: 'sound', says });
  });

  it('answers others between two parts, and sees what they left', async () => {
    let parts = 0;
    for await (const { part, says } of bench.store.inspect()) {
      if (part === 'events') expect(says).toContain(`${parts} waiting`);
      else if ((parts += 1))
        expect(await bench.store.accept([event({ receivedAt: NOW.toISOString() })])).toEqual([true]);
    }
    expect(parts).toBeGreaterThan(0);
  });
}
