// Background loops: each runs while there is work, sleeps until woken or for a moment, and ends when told to.
import type { Log } from './log.ts';

export type Loop = { name: string; run: () => Promise<number> };

export type Loops = {
  wake(): void;
  /** Resolves once every loop has finished what it was doing. */
  stop(): Promise<void>;
};

/** How long an idle loop sleeps: the most a retry or a lease can be late. */
const IDLE_MS = 250;
const AFTER_FAILURE_MS = 1_000;

export function startLoops(loops: readonly Loop[], log: Log): Loops {
  const sleepers = new Set<() => void>();
  const state = { stopped: false };
  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const awake = (): void => {
        clearTimeout(timer);
        sleepers.delete(awake);
        resolve();
      };
      const timer = setTimeout(awake, ms);
      sleepers.add(awake);
    });
  const wakeAll = (): void => {
    for (const awake of sleepers) awake();
  };
  const running = loops.map(async (loop) => {
    while (!state.stopped) {
      const done = await loop.run().catch((error: unknown) => {
        log.error('a loop failed', error, { kind: loop.name });
        return -1;
      });
      if (done <= 0 && !state.stopped) await sleep(done < 0 ? AFTER_FAILURE_MS : IDLE_MS);
    }
  });
  return {
    wake: wakeAll,
    async stop() {
      state.stopped = true;
      wakeAll();
      await Promise.all(running);
    },
  };
}
