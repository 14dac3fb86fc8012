// Requests a second, as Stripe publishes them: of an account 25 in a sandbox and 100 live, of each endpoint 25.
import { docUrl, Refusal } from './errors.ts';

export type RateLimit = { take(account: string, livemode: boolean, endpoint: string): void };

const OF_ENDPOINT = 25;

/** `now` gives milliseconds of real time: a limit protects against real traffic, not sandbox time. */
export function createRateLimit(now: () => number): RateLimit {
  const windows = new Map<string, number[]>();
  return {
    take(account, livemode, endpoint) {
      const moment = now();
      const recentOf = (key: string, most: number): number[] => {
        const recent = (windows.get(key) ?? []).filter((at) => at > moment - 1000);
        if (recent.length >= most) throw limited();
        windows.set(key, recent);
        return recent;
      };
      const counted = [
        recentOf(account, livemode ? 100 : 25),
        recentOf(`${account} ${endpoint}`, OF_ENDPOINT),
      ];
      for (const recent of counted) recent.push(moment);
    },
  };
}

function limited(): Refusal {
  return new Refusal(429, {
    code: 'rate_limit',
    doc_url: docUrl('rate_limit'),
    message:
      'Request rate limit exceeded. You can learn more about rate limits here https://stripe.com/docs/rate-limits.',
    type: 'rate_limit_error',
  });
}
