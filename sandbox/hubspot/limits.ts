// The published request limits of one installed app: 110 in ten seconds, and four searches a second beside them.
import { randomUUID } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import type { StandInAnswer } from '../stand-in/server.ts';

const BURST = { max: 110, windowMs: 10_000, policy: 'TEN_SECONDLY_ROLLING', word: 'ten_secondly_rolling' };
const SEARCH = { max: 4, windowMs: 1_000, policy: 'SECONDLY', word: 'secondly' };

type Policy = typeof BURST;
type Pass = { headers: Record<string, string> } | { refused: StandInAnswer };

export type Limits = {
  /** Counts one request of an account and says whether it may pass. */
  take(portalId: number, isSearch: boolean): Pass;
  clear(): void;
};

export function createLimits(clock: SandboxClock): Limits {
  const seen = new Map<string, number[]>();
  return {
    take(portalId, isSearch) {
      const policy = isSearch ? SEARCH : BURST;
      const now = clock.now().getTime();
      const key = `${portalId}:${policy.policy}`;
      const recent = (seen.get(key) ?? []).filter((at) => at > now - policy.windowMs);
      seen.set(key, recent);
      if (recent.length >= policy.max) return { refused: tooMany(policy, isSearch ? {} : headersOf(0)) };
      recent.push(now);
      return { headers: isSearch ? {} : headersOf(policy.max - recent.length) };
    },
    clear: () => seen.clear(),
  };
}

const headersOf = (remaining: number): Record<string, string> => ({
  'x-hubspot-ratelimit-max': String(BURST.max),
  'x-hubspot-ratelimit-remaining': String(remaining),
  'x-hubspot-ratelimit-interval-milliseconds': String(BURST.windowMs),
});

function tooMany(policy: Policy, headers: Record<string, string>): StandInAnswer {
  return {
    status: 429,
    headers,
    body: {
      status: 'error',
      message: `You have reached your ${policy.word} limit.`,
      errorType: 'RATE_LIMIT',
      correlationId: randomUUID(),
      policyName: policy.policy,
      requestId: randomUUID(),
    },
  };
}

/** The refusal of the armed fault: as a full window, and with the wait spelled out. */
export const rateLimited = (retryAfterSeconds: number): StandInAnswer =>
  tooMany(BURST, { ...headersOf(0), 'retry-after': String(retryAfterSeconds) });
