// Limits tries at a public door, per address and per link.
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** @returns false once a key was seen more often than `perMinute` */
export function createDoorLimit(perMinute: number): (key: string) => Promise<boolean> {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  return async (key) => {
    try {
      await limiter.consume(key);
      return true;
    } catch (refused) {
      if (refused instanceof RateLimiterRes) return false;
      throw refused;
    }
  };
}
