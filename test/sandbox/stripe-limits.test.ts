// How many requests a second the Stripe stand-in takes of a live account.
import { expect, test } from 'vitest';
import { accountDefinition, startGround } from './stripe-ground.ts';

test('a live account may ask more often than one in a sandbox, but no endpoint more than 25 times a second', async () => {
  const live = (kind: string) => `${kind}_live_${'x'.repeat(24)}`;
  const definition = accountDefinition('acct_1Live', {
    livemode: true,
    secretKey: live('sk'),
    restrictedKey: live('rk'),
    publishableKey: live('pk'),
  });
  const { stripe, close } = await startGround({ limits: true, definition });
  try {
    const begun = Date.now();
    const asked = Array.from({ length: 60 }, () => [stripe.customers.list(), stripe.invoices.list()]).flat();
    const outcomes = await Promise.allSettled(asked);
    const seconds = 1 + Math.ceil((Date.now() - begun) / 1_000);
    const answered = outcomes.filter(({ status }) => status === 'fulfilled').length;
    expect(answered).toBeGreaterThan(25);
    expect(answered).toBeLessThanOrEqual(2 * 25 * seconds);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { type: 'StripeRateLimitError', statusCode: 429 },
    });
  } finally {
    await close();
  }
});
