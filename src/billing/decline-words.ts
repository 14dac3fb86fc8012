// Why a charge did not go through, in sentences a rep can pass on.
import type { DeclineReason } from '../gateways/gateway.ts';

export const DECLINES: Record<DeclineReason, string> = {
  generic: 'The bank declined without giving a reason. Another card or a payment link may work.',
  insufficient_funds: 'There is not enough money on the account. Try later or send a payment link.',
  lost_or_stolen: 'The bank has blocked this card. Ask for another one by payment link.',
  expired: 'The card has expired. Ask for another one by payment link.',
  wrong_details: 'The card details on file are not right. Ask for them again by payment link.',
  not_supported: 'This card cannot be used for this payment. Ask for another one by payment link.',
  limit: 'The card’s limit is reached. Try later or send a payment link.',
  fraud_suspected: 'The bank suspects fraud. Talk to the customer before trying again.',
  processing_error: 'The bank could not be reached. Try again in a few minutes.',
  authentication_required: 'The bank wants the customer to confirm. Send a payment link.',
};
