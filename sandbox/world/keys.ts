// Keys of the sandbox, made anew at each start so that none can leak from the repository.
import { randomBytes } from 'node:crypto';
import type { AccountDefinition } from '../stripe/start.ts';

const token = (bytes = 18): string => randomBytes(bytes).toString('hex');

export const appKeys = () => ({ clientId: `app-${token(8)}`, clientSecret: token(), appId: 77_001 });

export const encryptionKeys = (): string => `k1:${randomBytes(32).toString('base64')}`;

/** Of an app at Stripe: its client id, the keys of its publisher, and what signs its events. */
export const stripeAppKeys = () => ({
  clientId: `ca_${token(12)}`,
  secretKey: `sk_test_${token()}`,
  publishableKey: `pk_test_${token()}`,
  webhookSecret: `whsec_${token(16)}`,
});

export function stripeAccount(
  id: string,
  name: string,
  country: string,
  currency: string,
): AccountDefinition {
  const keys = {
    secretKey: `sk_test_${token()}`,
    restrictedKey: `rk_test_${token()}`,
    publishableKey: `pk_test_${token()}`,
  };
  return { id, name, country, currency, livemode: false, ...keys };
}
