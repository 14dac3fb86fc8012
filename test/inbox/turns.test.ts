// Whose turn it is in a burst: applying waits for taking, but never long, and never where nothing comes.
import { expect, it } from 'vitest';
import { createTurns, type Turns } from '../../src/inbox/turns.ts';

const START = Date.parse('2026-05-04T10:00:00Z');

/** A run that takes so long while so many events arrive; more arrive with every wait while the burst goes on. */
function burst(of: { arrive: number; goesOnForMs?: number; runMs?: number; ageMs?: number }) {
  const { arrive, goesOnForMs = 0, runMs = 100, ageMs = 0 } = of;
  let now = START;
  const waits: number[] = [];
  const turns: Turns = createTurns({
    clock: { now: () => new Date(now) },
    async wait(ms) {
      now += ms;
      waits.push(ms);
      if (now - START - runMs <= goesOnForMs) turns.arrived();
    },
  });
  const run = (taken: number) =>
    turns.take(async () => {
      for (let count = 0; count < arrive; count += 1) turns.arrived();
      now += runMs;
      return { taken, since: taken > 0 ? new Date(START - ageMs).toISOString() : null };
    });
  const waited = (): number => waits.reduce((sum, ms) => sum + ms, 0);
  return { run, waited };
}

it('goes on at once where little arrives', async () => {
  const quiet = burst({ arrive: 3, goesOnForMs: 10_000 });
  expect(await quiet.run(3)).toBe(3);
  expect(quiet.waited()).toBe(0);
});

it('rests three times as long as it worked while a burst goes on', async () => {
  const busy = burst({ arrive: 200, goesOnForMs: 10_000, runMs: 100 });
  expect(await busy.run(100)).toBe(100);
  expect(busy.waited()).toBe(300);
});

it('never rests longer than half a second, however long it worked', async () => {
  const busy = burst({ arrive: 200, goesOnForMs: 10_000, runMs: 1_000 });
  await busy.run(100);
  expect(busy.waited()).toBe(500);
});

it('goes on as soon as nothing came for a moment', async () => {
  const over = burst({ arrive: 200, goesOnForMs: 60 });
  await over.run(100);
  expect(over.waited()).toBe(100);
});

it('does not rest over what has waited long already', async () => {
  const late = burst({ arrive: 200, goesOnForMs: 10_000, ageMs: 2_000 });
  await late.run(100);
  expect(late.waited()).toBe(0);
});

it('does not rest where it found nothing to do', async () => {
  const idle = burst({ arrive: 200, goesOnForMs: 10_000 });
  expect(await idle.run(0)).toBe(0);
  expect(idle.waited()).toBe(0);
});
