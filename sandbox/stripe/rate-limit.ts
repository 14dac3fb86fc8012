// Requests a second and account, as Stripe publishes them: 25 in a sandbox, 100 live.
import { docUrl, Refusal } from './errors.ts';

export type RateLimit = { take(account: string, livemode: boolean): void };

/** `now` gives milliseconds of real time: a limit protects against real traffic, not sandbox time. */
export function createRateLimit(now: () => number): RateLimit {
  const windows = new Map<string, number[]>();
  return {
    take(account, livemode) {
      const moment = now();
      const recent = (windows.get(account) ?? []).filter((at) => at > moment - 1000);
      if (recent.length >= (livemode ? 100 : 25)) throw limited();
      recent.push(moment);
      windows.set(account, recent);
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
