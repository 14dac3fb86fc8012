// Says in our own words why a payment was refused.
import type { ScriptWords } from '../messages/messages.ts';

/** Codes of the gateway and of banks; lost or stolen cards get the general words on purpose. */
const REASONS: Record<string, keyof ScriptWords> = {
  insufficient_funds: 'declinedFunds',
  expired_card: 'declinedExpired',
  invalid_expiry_month: 'declinedExpired',
  invalid_expiry_year: 'declinedExpired',
  incorrect_cvc: 'declinedCode',
  invalid_cvc: 'declinedCode',
  incorrect_number: 'declinedNumber',
  invalid_number: 'declinedNumber',
  invalid_account: 'declinedNumber',
  authentication_required: 'declinedAuthentication',
  authentication_not_handled: 'declinedAuthentication',
  payment_intent_authentication_failure: 'declinedAuthentication',
  card_not_supported: 'declinedUnsupported',
  currency_not_supported: 'declinedUnsupported',
  transaction_not_allowed: 'declinedUnsupported',
  service_not_allowed: 'declinedUnsupported',
  card_velocity_exceeded: 'declinedLimit',
  withdrawal_count_limit_exceeded: 'declinedLimit',
  call_issuer: 'declinedCallBank',
  approve_with_id: 'declinedCallBank',
  processing_error: 'declinedLater',
  issuer_not_available: 'declinedLater',
  reenter_transaction: 'declinedLater',
  try_again_later: 'declinedLater',
  incorrect_zip: 'declinedAddress',
  incorrect_address: 'declinedAddress',
  testmode_decline: 'declinedTestCard',
};

export type Refusal = { code?: string | undefined; decline_code?: string | undefined };

export function declineWords({ code, decline_code: declineCode }: Refusal): keyof ScriptWords {
  return REASONS[declineCode ?? ''] ?? REASONS[code ?? ''] ?? 'declined';
}
