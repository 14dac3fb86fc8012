// The pace of writes to one installation: a window that grows with load, under a limit that leaves room for cards.
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

export type Pace = {
  /** False while the window since the last flush is still open, or the CRM asked to be left alone. */
  mayFlush(installationId: string): boolean;
  flushed(installationId: string, records: number): void;
  /** The CRM asked for quiet, or does not answer. */
  pause(installationId: string, ms: number): void;
  /** Takes one call. @returns 0, or milliseconds to wait */
  take(installationId: string): Promise<number>;
};

const MIN_WINDOW_MS = 600;
const MAX_WINDOW_MS = 3_000;
/** A call at the end of one second and those of ten more fall into the same ten seconds. */
const SECONDS = 11;

export type PaceSettings = {
  /** Calls of one installation in any ten seconds that background writes may use. */
  callsPerTenSeconds: number;
  /** Records in one flush at which the window is widest. */
  fullBatch: number;
  now?: () => number;
};

export function createPace({ callsPerTenSeconds, fullBatch, now = Date.now }: PaceSettings): Pace {
  const limiter = new RateLimiterMemory({
    points: Math.max(1, Math.floor(callsPerTenSeconds / SECONDS)),
    duration: 1,
  });
  const opensAt = new Map<string, number>();
  const openAt = (installationId: string, at: number): void =>
    void opensAt.set(installationId, Math.max(at, opensAt.get(installationId) ?? 0));
  return {
    mayFlush: (installationId) => (opensAt.get(installationId) ?? 0) <= now(),
    flushed(installationId, records) {
      const load = Math.min(1, records / fullBatch);
      openAt(installationId, now() + MIN_WINDOW_MS + load * (MAX_WINDOW_MS - MIN_WINDOW_MS));
    },
    pause: (installationId, ms) => openAt(installationId, now() + ms),
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
