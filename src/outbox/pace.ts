// The pace of writes to one installation: a window that grows with load, under a limit that leaves room for cards.
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

export type Pace = {
  /** False while the window since the last flush is still open. */
  mayFlush(installationId: string): boolean;
  flushed(installationId: string, records: number): void;
  /** Takes one call. @returns 0, or milliseconds to wait */
  take(installationId: string): Promise<number>;
};

const MIN_WINDOW_MS = 600;
const MAX_WINDOW_MS = 3_000;

export type PaceSettings = {
  /** Calls of one installation in ten seconds that background writes may use. */
  callsPerTenSeconds: number;
  /** Records in one flush at which the window is widest. */
  fullBatch: number;
  now?: () => number;
};

export function createPace({ callsPerTenSeconds, fullBatch, now = Date.now }: PaceSettings): Pace {
  const limiter = new RateLimiterMemory({ points: callsPerTenSeconds, duration: 10 });
  const opensAt = new Map<string, number>();
  return {
    mayFlush: (installationId) => (opensAt.get(installationId) ?? 0) <= now(),
    flushed(installationId, records) {
      const load = Math.min(1, records / fullBatch);
      opensAt.set(installationId, now() + MIN_WINDOW_MS + load * (MAX_WINDOW_MS - MIN_WINDOW_MS));
    },
    async take(installationId) {
      try {
        await limiter.consume(installationId);
        return 0;
      } catch (refused) {
        if (refused instanceof RateLimiterRes) return Math.max(1, refused.msBeforeNext);
        throw refused;
      }
    },
  };
}
