// The pace of writes to one installation: a window that grows with load, under a limit that leaves room for cards.
import { isWithin, type Span } from '../clock.ts';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

export type Pace = {
  /** False while the window since the last flush is still open, or the CRM asked to be left alone. */
  mayFlush(installationId: string): boolean;
  /** All that was worth a call has gone: more gathers for a while. @param load 1 or more: as much as the CRM takes in a call */
  flushed(installationId: string, load: number): void;
  /** The CRM asked for quiet, or does not answer. */
  pause(installationId: string, ms: number): void;
  /**
   * Takes one call.
   * @param callsPerTenSeconds that background writes to this installation may use
   * @returns 0, or milliseconds to wait
   */
  take(installationId: string, callsPerTenSeconds: number): Promise<number>;
  /** Calls that could be taken now, and where there are none, in how many milliseconds there are. */
  free(installationId: string, callsPerTenSeconds: number): Promise<FreeCalls>;
};

export type FreeCalls = { calls: number; waitMs: number };

const MIN_WINDOW_MS = 600;
const MAX_WINDOW_MS = 3_000;
/** A call at the end of one second and those of ten more fall into the same ten seconds. */
const SECONDS = 11;

export function createPace(now: () => number = Date.now): Pace {
  const limiters = new Map<number, RateLimiterMemory>();
  const limiterOf = (callsPerTenSeconds: number): RateLimiterMemory => {
    const points = Math.max(1, Math.floor(callsPerTenSeconds / SECONDS));
    const limiter = limiters.get(points) ?? new RateLimiterMemory({ points, duration: 1 });
    limiters.set(points, limiter);
    return limiter;
  };
  const closed = new Map<string, Span>();
  const close = (installationId: string, ms: number): void => {
    const from = now();
    const known = closed.get(installationId);
    const isLonger = known !== undefined && isWithin(known, from) && known.until >= from + ms;
    if (!isLonger) closed.set(installationId, { from, until: from + ms });
  };
  return {
    mayFlush: (installationId) => !isWithin(closed.get(installationId), now()),
    flushed(installationId, load) {
      const window = MIN_WINDOW_MS + Math.min(1, load) * (MAX_WINDOW_MS - MIN_WINDOW_MS);
      close(installationId, window);
    },
    pause: close,
    async take(installationId, callsPerTenSeconds) {
      try {
        await limiterOf(callsPerTenSeconds).consume(installationId);
        return 0;
      } catch (refused) {
        if (refused instanceof RateLimiterRes) return Math.max(1, refused.msBeforeNext);
        throw refused;
      }
    },
    async free(installationId, callsPerTenSeconds) {
      const limiter = limiterOf(callsPerTenSeconds);
      const taken = await limiter.get(installationId);
      if (!taken || taken.msBeforeNext <= 0) return { calls: limiter.points, waitMs: 0 };
      return { calls: taken.remainingPoints, waitMs: taken.remainingPoints > 0 ? 0 : taken.msBeforeNext };
    },
  };
}
