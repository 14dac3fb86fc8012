// What Stripe can do for Payside.
import type { Capabilities } from '../gateway.ts';

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
