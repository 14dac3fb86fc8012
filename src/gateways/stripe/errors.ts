// Stripe's failures in the connector's words; judged by type and code, never by words in a message.
import { Stripe } from 'stripe';
import {
  asConnectorError,
  gatewayRejected,
  gatewayUnavailable,
  rateLimited,
  reauthRequired,
  type ConnectorError,
} from '../../errors.ts';
import { MoneyError } from '../../money/money.ts';
import type { DeclineReason } from '../gateway.ts';

const { errors } = Stripe;

export function toConnectorError(error: unknown): ConnectorError {
  if (error instanceof MoneyError) return cannotCharge(error);
  if (!(error instanceof errors.StripeError)) return asConnectorError(error);
  const about = { cause: error, context: contextOf(error) };
  if (error instanceof errors.StripeRateLimitError)
    return rateLimited({ ...about, retryAfterMs: retryAfterMs(error) });
  if (error instanceof errors.StripeAuthenticationError) return reauthRequired(about);
  if (error instanceof errors.StripePermissionError) {
    const publicMessage =
      'The Stripe key may not do this. Ask an admin to connect a key with the rights listed in the settings.';
    return reauthRequired({ ...about, publicMessage });
  }
  return refusal(error, about) ?? gatewayUnavailable(about);
}

type About = Pick<NonNullable<Parameters<typeof gatewayRejected>[0]>, 'cause' | 'context'>;

/** A definite no. Connection lost, 5xx, a key in use: what happened at the gateway is then not known here. */
function refusal(error: InstanceType<typeof errors.StripeError>, about: About): ConnectorError | null {
  if (error instanceof errors.StripeCardError)
    return gatewayRejected({ ...about, publicMessage: 'The bank declined this payment.' });
  if (error instanceof errors.StripeIdempotencyError) {
    const publicMessage = 'Stripe was asked for something else under the same operation before.';
    return gatewayRejected({ ...about, publicMessage });
  }
  if (!(error instanceof errors.StripeInvalidRequestError)) return null;
  return gatewayRejected({
    ...about,
    publicMessage: `Stripe refused this (${error.code ?? 'invalid request'}).`,
  });
}

const contextOf = (error: InstanceType<typeof errors.StripeError>) => ({
  vendor: 'stripe',
  code: error.code ?? error.rawType ?? error.type,
  request: error.requestId,
  status: error.statusCode,
});

function retryAfterMs(error: InstanceType<typeof errors.StripeError>): number | undefined {
  const seconds = Number(error.headers?.['retry-after']);
  return seconds > 0 ? seconds * 1000 : undefined;
}

/** An amount Stripe has no unit for, found before anything was sent. */
const cannotCharge = (error: MoneyError): ConnectorError =>
  gatewayRejected({
    cause: error,
    context: { vendor: 'stripe', code: error.code },
    publicMessage: 'Stripe cannot charge exactly this amount in this currency. Change the amount.',
  });

/** True where Stripe says that the object of the call does not exist. */
export const isMissing = (error: ConnectorError): boolean =>
  error.code === 'gateway_rejected' && error.context['status'] === 404;

/** True where the key itself is good and may not do this. */
export const lacksRight = (error: ConnectorError): boolean =>
  error.code === 'reauth_required' && error.context['status'] === 403;

/** Runs a call and turns what it throws. */
export async function calling<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toConnectorError(error);
  }
}

const REASONS: Record<string, DeclineReason> = {
  insufficient_funds: 'insufficient_funds',
  lost_card: 'lost_or_stolen',
  stolen_card: 'lost_or_stolen',
  pickup_card: 'lost_or_stolen',
  restricted_card: 'lost_or_stolen',
  expired_card: 'expired',
  incorrect_cvc: 'wrong_details',
  invalid_cvc: 'wrong_details',
  incorrect_number: 'wrong_details',
  invalid_number: 'wrong_details',
  incorrect_zip: 'wrong_details',
  incorrect_address: 'wrong_details',
  invalid_account: 'wrong_details',
  invalid_expiry_month: 'wrong_details',
  invalid_expiry_year: 'wrong_details',
  card_not_supported: 'not_supported',
  currency_not_supported: 'not_supported',
  not_permitted: 'not_supported',
  service_not_allowed: 'not_supported',
  transaction_not_allowed: 'not_supported',
  card_velocity_exceeded: 'limit',
  withdrawal_count_limit_exceeded: 'limit',
  fraudulent: 'fraud_suspected',
  merchant_blacklist: 'fraud_suspected',
  processing_error: 'processing_error',
  issuer_not_available: 'processing_error',
  reenter_transaction: 'processing_error',
  try_again_later: 'processing_error',
  authentication_required: 'authentication_required',
  authentication_not_handled: 'authentication_required',
  mobile_device_authentication_required: 'authentication_required',
  invoice_payment_intent_requires_action: 'authentication_required',
};

/** Decline codes come before error codes: they say more. */
export const declineReason = (code?: string | null, declineCode?: string | null): DeclineReason =>
  REASONS[declineCode ?? ''] ?? REASONS[code ?? ''] ?? 'generic';
