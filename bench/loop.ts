// How long the loop of this process was ever blocked.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';

const RESOLUTION_MS = 1;
const TICK_MS = 2 * RESOLUTION_MS;

export type LoopWatch = {
  /** The longest since the last time it was asked, in milliseconds. */
  longest(): Promise<number>;
  end(): void;
};

export function watchLoop(): LoopWatch {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  return {
    async longest() {
      // A block is what lies between two ticks: without one more, the last block would be left out, and then the next one.
      await setTimeout(TICK_MS);
      const ms = delay.max / 1e6 - RESOLUTION_MS;
      delay.reset();
      await setTimeout(TICK_MS);
      return Math.max(0, ms);
    },
    end: () => void delay.disable(),
  };
}
