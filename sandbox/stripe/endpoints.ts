// All endpoints of the stand-in in one list.
import { accountEndpoints } from './account.ts';
import { balanceEndpoints } from './balance.ts';
import { chargeEndpoints } from './charges.ts';
import { creditNoteEndpoints } from './credit-notes.ts';
import { customerBalanceEndpoints } from './customer-balance.ts';
import { customerEndpoints } from './customers.ts';
import { disputeEndpoints } from './disputes.ts';
import type { Endpoint } from './endpoint.ts';
import { invoiceItemEndpoints } from './invoice-items.ts';
import { invoicePaymentEndpoints } from './invoice-payments.ts';
import { invoiceEndpoints } from './invoices.ts';
import { paymentIntentEndpoints } from './payment-intents.ts';
import { paymentMethodEndpoints } from './payment-methods.ts';
import { refundEndpoints } from './refunds.ts';
import { setupIntentEndpoints } from './setup-intents.ts';
import { subscriptionEndpoints } from './subscriptions.ts';
import { taxRateEndpoints } from './tax-rates.ts';
import { webhookEndpoints } from './webhook-endpoints.ts';

export const ENDPOINTS: readonly Endpoint[] = [
  ...accountEndpoints,
  ...customerEndpoints,
  ...customerBalanceEndpoints,
  ...taxRateEndpoints,
  ...invoiceItemEndpoints,
  ...invoiceEndpoints,
  ...invoicePaymentEndpoints,
  ...paymentIntentEndpoints,
  ...setupIntentEndpoints,
  ...paymentMethodEndpoints,
  ...chargeEndpoints,
  ...refundEndpoints,
  ...creditNoteEndpoints,
  ...disputeEndpoints,
  ...subscriptionEndpoints,
  ...balanceEndpoints,
  ...webhookEndpoints,
];

/** Every right a restricted key can be given here. */
export const ALL_RIGHTS: readonly string[] = [...new Set(ENDPOINTS.map((endpoint) => endpoint.right))];
