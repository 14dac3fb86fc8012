// The Stripe adapter in front of the Stripe stand-in, with a restricted key that holds what the adapter asks for and no more.
import { createHmac } from 'node:crypto';
import { createStripeGateway } from '../../src/gateways/stripe/index.ts';
import { RIGHTS } from '../../src/gateways/stripe/connect.ts';
import { createSandboxClock, type SandboxClock } from '../../sandbox/clock.ts';
import {
  startStripe,
  type AccountDefinition,
  type AccountHandle,
  type StripeStandIn,
} from '../../sandbox/stripe/start.ts';
import { recordingFile } from '../conformance/recordings.ts';
import { accountDefinition } from '../sandbox/stripe-ground.ts';
import { ACCOUNT, type MethodKind, type Rig } from './gateway-rig.ts';

export type StripeRig = Rig & {
  standIn: StripeStandIn;
  at: AccountHandle;
  definition: AccountDefinition;
  clock: SandboxClock;
};

const METHODS: Record<MethodKind, string | null> = {
  instant: 'pm_card_visa',
  bank: 'pm_usBankAccount',
  wants_customer: 'pm_card_threeDSecure2Required',
  generic: 'pm_card_chargeCustomerFail',
  insufficient_funds: 'pm_card_visa_chargeDeclinedInsufficientFunds',
  lost_or_stolen: 'pm_card_visa_chargeDeclinedStolenCard',
  expired: 'pm_card_chargeDeclinedExpiredCard',
  wrong_details: 'pm_card_chargeDeclinedIncorrectCvc',
  limit: 'pm_card_visa_chargeDeclinedVelocityLimitExceeded',
  fraud_suspected: 'pm_card_radarBlock',
  processing_error: 'pm_card_chargeDeclinedProcessingError',
  not_supported: null,
  authentication_required: null,
};

/** Declined cards cannot be saved; they are charged under the test names they have at Stripe. */
const SAVED = new Set<MethodKind>(['instant', 'bank', 'wants_customer', 'generic']);

export async function stripeRig(change: Partial<AccountDefinition> = {}): Promise<StripeRig> {
  const rights = RIGHTS.map(({ code }) => code);
  const definition = accountDefinition('acct_1Contract', { rights, ...change });
  const clock = createSandboxClock();
  const recordTo = recordingFile('stripe');
  const standIn = await startStripe({ port: 0, clock, accounts: [definition], recordTo, webhookRetryMs: 5 });
  const at = standIn.account(definition.id);
  return {
    gateway: createStripeGateway({ apiBase: standIn.url }, clock),
    connection: {
      account: ACCOUNT,
      livemode: false,
      credentials: { kind: 'key', secretKey: definition.restrictedKey },
    },
    ...worldOf(at, standIn, clock),
    standIn,
    at,
    definition,
    clock,
  };
}

const PLAN = { name: 'Care', amount: 1_250, quantity: 2, unit: 'month', count: 3 } as const;

type World = Omit<Rig, 'gateway' | 'connection'>;

function worldOf(at: AccountHandle, standIn: StripeStandIn, clock: SandboxClock): World {
  return {
    async method(kind, customerId) {
      const name = METHODS[kind];
      if (!name || !SAVED.has(kind)) return name;
      return at.act('payment_methods', name, 'attach', { customer: customerId }).id;
    },
    settle: (id) => void at.settle(id),
    failLate: (id) => void at.failLate(id),
    subscribe: (customerId) => at.subscribe(customerId, { items: [PLAN], daysUntilDue: 14 }).id,
    endSubscription: (id) => void at.steer(id, 'end'),
    // The client library asks once more by itself when a connection closes.
    loseNextAnswer: () => standIn.faults.arm('reset-after', 2, 0),
    forgetKeys: () => clock.advance(25 * 3_600_000),
    effects: () => ({
      customers: at.all('customers').length,
      invoices: at.all('invoices').length,
      payments: at.all('payment_intents').filter(({ status }) => ['processing', 'succeeded'].includes(status))
        .length,
      refunds: at.all('refunds').length,
      mails: at.all('events').filter(({ type }) => type === 'invoice.sent').length,
    }),
    told: () => at.all('events').map((event) => Buffer.from(JSON.stringify(event))),
    sign: signed,
    timed: true,
    close: () => standIn.close(),
  };
}

export function signed(raw: Uint8Array, secret: string, at: Date): string {
  const seconds = Math.floor(at.getTime() / 1000);
  const digest = createHmac('sha256', secret).update(`${seconds}.`).update(raw).digest('hex');
  return `t=${seconds},v1=${digest}`;
}
