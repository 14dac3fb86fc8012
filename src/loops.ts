// Background loops: each runs while there is work, sleeps until woken or for a moment, and ends when told to.
import type { Log } from './log.ts';

export type Loop = { name: string; run: () => Promise<number> };

export type Loops = {
  /** @param name the one loop that has something to do; left out: any may have */
  wake(name?: string): void;
  /** Resolves once every loop has finished what it was doing. */
  stop(): Promise<void>;
  /** Resolves once these loops have all looked for work, and none has found any since the first of them looked. */
  idle(names: readonly string[]): Promise<void>;
};

/** Of a loop, as places in the order of everything that began or ended: its last run, and the last one that found work. */
type Runs = { began: number; foundAt: number };

/** How long an idle loop sleeps: the most a retry or a lease can be late. */
const IDLE_MS = 250;
const AFTER_FAILURE_MS = 1_000;
/** How often whoever waits for loops to be idle looks at them. */
const LOOK_MS = 25;

export function startLoops(loops: readonly Loop[], log: Log): Loops {
  /** How to wake a loop that sleeps, by its name. */
  const sleepers = new Map<string, () => void>();
  const state = { stopped: false };
  const sleep = (name: string, ms: number): Promise<void> =>
    new Promise((resolve) => {
      const awake = (): void => {
        clearTimeout(timer);
        sleepers.delete(name);
        resolve();
      };
      const timer = setTimeout(awake, ms);
      sleepers.set(name, awake);
    });
  const wakeAll = (): void => {
    for (const awake of sleepers.values()) awake();
  };
  const runs = new Map<string, Runs>();
  const order = { last: 0 };
  const ran = (name: string, began: number, found: boolean): void => {
    order.last += 1;
    runs.set(name, { began, foundAt: found ? order.last : (runs.get(name)?.foundAt ?? 0) });
  };
  const isIdleSince = (names: readonly string[], asked: number): boolean => {
    const of = names.map((name) => runs.get(name) ?? { began: 0, foundAt: 0 });
    return Math.min(...of.map(({ began }) => began)) > Math.max(asked, ...of.map(({ foundAt }) => foundAt));
  };
  const running = loops.map(async (loop) => {
    while (!state.stopped) {
      const began = (order.last += 1);
      const done = await loop.run().catch((error: unknown) => {
        log.error('a loop failed', error, { kind: loop.name });
        return -1;
      });
      ran(loop.name, began, done !== 0);
      if (done <= 0 && !state.stopped) await sleep(loop.name, done < 0 ? AFTER_FAILURE_MS : IDLE_MS);
    }
  });
  return {
    wake(name) {
      if (name === undefined) wakeAll();
      else sleepers.get(name)?.();
    },
    async idle(names) {
      const asked = order.last;
      while (!state.stopped && !isIdleSince(names, asked)) {
        wakeAll();
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    },
    async stop() {
      state.stopped = true;
      wakeAll();
      await Promise.all(running);
    },
  };
}
