// Whose turn it is in a burst: taking events comes first, applying them waits a little and then does more at once.
import type { Clock } from '../clock.ts';
import type { Drained } from './drain.ts';

export type Turns = {
  /** An event was taken. */
  arrived(): void;
  /** Runs it, then rests for as long as a burst goes on and what it brought has not waited long. @returns how many were taken */
  take(drain: () => Promise<Drained>): Promise<number>;
};

/** So many events during one run are a burst; a payment alone brings about as many, and then nothing. */
const BURST = 4;
/** Of its time, applying takes at least a quarter. */
const REST_TIMES = 3;
const LEAST_MS = 150;
const MOST_MS = 500;
/** A burst is over when nothing came for so long. */
const QUIET_MS = 50;
/** What has waited this long is applied without another rest, whoever is kept waiting at the door. */
const LATE_MS = 2_000;

/** @param wait resolves after so many milliseconds */
export function createTurns({ clock, wait }: { clock: Clock; wait: (ms: number) => Promise<void> }): Turns {
  const state = { arrivals: 0 };
  const rest = async (most: number): Promise<void> => {
    for (let left = most; left > 0; left -= QUIET_MS) {
      const before = state.arrivals;
      await wait(Math.min(left, QUIET_MS));
      if (state.arrivals === before) return;
    }
  };
  return {
    arrived: () => void (state.arrivals += 1),
    async take(drain) {
      const before = state.arrivals;
      const begun = clock.now().getTime();
      const { taken, since } = await drain();
      const now = clock.now().getTime();
      const isLate = since !== null && now - Date.parse(since) > LATE_MS;
      if (taken > 0 && !isLate && state.arrivals - before >= BURST)
        await rest(Math.min(Math.max((now - begun) * REST_TIMES, LEAST_MS), MOST_MS));
      return taken;
    },
  };
}
