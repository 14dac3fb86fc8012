// The pace of calls to a gateway account: people, webhooks and sweeps go at once, history takes what they leave.
import { setTimeout } from 'node:timers/promises';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { CallLimits } from '../gateways/gateway.ts';

export type GatewayPace = {
  /** Counts a call that waits for nobody. */
  spend(account: string, limits: CallLimits): Promise<void>;
  /** Resolves when a call of history may go: within its share, once what others took meanwhile is left out. */
  turn(account: string, kind: string, limits: CallLimits): Promise<void>;
};

/** Of what the gateway takes; the rest is always free for those who do not wait. */
const SHARE = 0.9;
/** History's share of a second is spread over so many parts: no second that begins anywhere holds more than the limit. */
const PARTS = 11;

type Limit = { limiter: RateLimiterMemory; key: string };

export function createGatewayPace(): GatewayPace {
  const limiters = new Map<string, RateLimiterMemory>();
  const limiterOf = (points: number, duration: number): RateLimiterMemory => {
    const name = `${points} ${duration}`;
    const limiter = limiters.get(name) ?? new RateLimiterMemory({ points, duration });
    limiters.set(name, limiter);
    return limiter;
  };
  const shareOf = (perSecond: number): number => Math.max(1, Math.floor(perSecond * SHARE));
  const evenly = (key: string, perSecond: number): Limit => {
    const share = shareOf(perSecond);
    const points = Math.max(1, Math.floor(share / PARTS));
    return { limiter: limiterOf(points, points / share), key };
  };
  const second = (account: string, limits: CallLimits): Limit => ({
    limiter: limiterOf(shareOf(limits.account), 1),
    key: account,
  });
  return {
    async spend(account, limits) {
      const { limiter, key } = second(account, limits);
      await limiter.penalty(key);
    },
    async turn(account, kind, limits) {
      if (limits.endpoint < limits.account) await place(evenly(`${account} ${kind}`, limits.endpoint));
      await place(evenly(account, limits.account));
      await place(second(account, limits));
    },
  };
}

async function place({ limiter, key }: Limit): Promise<void> {
  for (;;) {
    const refused: unknown = await limiter.consume(key).then(
      () => null,
      (error: unknown) => error,
    );
    if (refused === null) return;
    if (!(refused instanceof RateLimiterRes)) throw refused;
    await setTimeout(Math.max(1, refused.msBeforeNext));
  }
}
