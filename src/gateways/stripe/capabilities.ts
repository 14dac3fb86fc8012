// What Stripe can do for Payside.
import type { Capabilities, Gateway } from '../gateway.ts';

export const stripeCapabilities: Capabilities = {
  invoice: true,
  hostedPage: true,
  emailInvoice: true,
  savedMethod: true,
  bankDebit: true,
  refund: true,
  customerBalance: true,
  taxRates: true,
};

/** Of an account, and of one address of it. */
export const stripeLimits: Gateway['limits'] = {
  live: { account: 100, endpoint: 25 },
  test: { account: 25, endpoint: 25 },
};
