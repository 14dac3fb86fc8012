// The test cards and bank accounts, and how each behaves when it is charged.

export type Behaviour = {
  /** Decline at charge time: error code and, for declines, the bank's reason. */
  decline?: { code: string; reason: string; message: string };
  /** `always`: each payment needs the customer; `unless-prepared`: not off-session once saved for it. */
  authentication?: 'always' | 'unless-prepared';
  /** Bank debits settle or fail later. */
  delayed?: boolean;
  /** Can be saved although each charge is declined. */
  attaches?: boolean;
  /** A dispute follows the payment. */
  disputed?: boolean;
};

export type TestMethod = {
  /** Names usable as a payment method id in requests. */
  ids: readonly string[];
  /** The well-known test number. */
  number: string;
  brand: string;
  behaviour: Behaviour;
};

function declined(code: string, reason: string, message: string): Behaviour {
  return { decline: { code, reason, message } };
}

const GENERIC = 'Your card was declined.';

export const TEST_CARDS: readonly TestMethod[] = [
  { ids: ['pm_card_visa', 'pm_card_us'], number: '4242424242424242', brand: 'visa', behaviour: {} },
  { ids: ['pm_card_mastercard'], number: '5555555555554444', brand: 'mastercard', behaviour: {} },
  { ids: ['pm_card_amex'], number: '378282246310005', brand: 'amex', behaviour: {} },
  {
    ids: ['pm_card_visa_chargeDeclined', 'pm_card_chargeDeclined'],
    number: '4000000000000002',
    brand: 'visa',
    behaviour: declined('card_declined', 'generic_decline', GENERIC),
  },
  {
    ids: ['pm_card_visa_chargeDeclinedInsufficientFunds', 'pm_card_chargeDeclinedInsufficientFunds'],
    number: '4000000000009995',
    brand: 'visa',
    behaviour: declined('card_declined', 'insufficient_funds', 'Your card has insufficient funds.'),
  },
  {
    ids: ['pm_card_visa_chargeDeclinedLostCard'],
    number: '4000000000009987',
    brand: 'visa',
    behaviour: declined('card_declined', 'lost_card', GENERIC),
  },
  {
    ids: ['pm_card_visa_chargeDeclinedStolenCard'],
    number: '4000000000009979',
    brand: 'visa',
    behaviour: declined('card_declined', 'stolen_card', GENERIC),
  },
  {
    ids: ['pm_card_visa_chargeDeclinedVelocityLimitExceeded'],
    number: '4000000000006975',
    brand: 'visa',
    behaviour: declined('card_declined', 'card_velocity_exceeded', GENERIC),
  },
  {
    ids: ['pm_card_radarBlock'],
    number: '4100000000000019',
    brand: 'visa',
    behaviour: declined('card_declined', 'fraudulent', GENERIC),
  },
  {
    ids: ['pm_card_chargeDeclinedExpiredCard'],
    number: '4000000000000069',
    brand: 'visa',
    behaviour: declined('expired_card', 'expired_card', 'Your card has expired.'),
  },
  {
    ids: ['pm_card_chargeDeclinedIncorrectCvc'],
    number: '4000000000000127',
    brand: 'visa',
    behaviour: declined('incorrect_cvc', 'incorrect_cvc', "Your card's security code is incorrect."),
  },
  {
    ids: ['pm_card_chargeDeclinedProcessingError'],
    number: '4000000000000119',
    brand: 'visa',
    behaviour: declined(
      'processing_error',
      'processing_error',
      'An error occurred while processing your card. Try again in a little bit.',
    ),
  },
  {
    ids: ['pm_card_chargeCustomerFail'],
    number: '4000000000000341',
    brand: 'visa',
    behaviour: { ...declined('card_declined', 'generic_decline', GENERIC), attaches: true },
  },
  {
    ids: ['pm_card_authenticationRequired'],
    number: '4000002760003184',
    brand: 'visa',
    behaviour: { authentication: 'always' },
  },
  {
    ids: ['pm_card_threeDSecure2Required', 'pm_card_threeDSecureRequired'],
    number: '4000000000003220',
    brand: 'visa',
    behaviour: { authentication: 'always' },
  },
  {
    ids: ['pm_card_authenticationRequiredOnSetup'],
    number: '4000002500003155',
    brand: 'visa',
    behaviour: { authentication: 'unless-prepared' },
  },
  {
    ids: ['pm_card_createDispute'],
    number: '4000000000000259',
    brand: 'visa',
    behaviour: { disputed: true },
  },
];

/** Bank debits by the payment method id that stands for one. */
export const TEST_BANKS: Record<string, 'us_bank_account' | 'sepa_debit'> = {
  pm_usBankAccount: 'us_bank_account',
  pm_usBankAccount_success: 'us_bank_account',
  pm_sepaDebit: 'sepa_debit',
};

export const BANK_BEHAVIOUR: Behaviour = { delayed: true };

export function testCardById(id: string): TestMethod | undefined {
  return TEST_CARDS.find((card) => card.ids.includes(id));
}

export function testCardByNumber(number: string): TestMethod | undefined {
  return TEST_CARDS.find((card) => card.number === number);
}
