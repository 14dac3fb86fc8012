// Checks a pair of Stripe keys.
import type { Stripe } from 'stripe';
import { ConnectorError } from '../../errors.ts';
import type { ConnectedAccount, ConnectOutcome } from '../gateway.ts';
import type { ClientFor } from './client.ts';
import { calling, toConnectorError } from './errors.ts';

const SECRET = /^(?:sk|rk)_(test|live)_[A-Za-z0-9_]{8,}$/;
const PUBLISHABLE = /^pk_(test|live)_[A-Za-z0-9_]{8,}$/;

export type Right = {
  /** As the Stripe dashboard lists it, and as Stripe's refusals name it. */
  name: string;
  code: string;
  /** Changes nothing: reads, or asks for a change to an object that does not exist. */
  probe: (stripe: Stripe) => Promise<unknown>;
};

const NOBODY = 'payside_probe';

/** Every right that a call of this adapter needs; Stripe judges the right before it looks for the object. */
export const RIGHTS: readonly Right[] = [
  {
    name: 'Basic account information: read',
    code: 'rak_accounts_kyc_basic_read',
    probe: (stripe) => stripe.accounts.retrieveCurrent(),
  },
  {
    name: 'Customers: write',
    code: 'rak_customer_write',
    probe: (stripe) => stripe.customers.update(`cus_${NOBODY}`, {}),
  },
  {
    name: 'Payment Methods: read',
    code: 'rak_payment_method_read',
    probe: (stripe) => stripe.paymentMethods.retrieve(`pm_${NOBODY}`),
  },
  {
    name: 'Invoices: write',
    code: 'rak_invoice_write',
    probe: (stripe) => stripe.invoices.update(`in_${NOBODY}`, {}),
  },
  {
    name: 'Subscriptions: read',
    code: 'rak_subscription_read',
    probe: (stripe) => stripe.subscriptions.list({ limit: 1 }),
  },
  {
    name: 'Tax Rates: read',
    code: 'rak_tax_rate_read',
    probe: (stripe) => stripe.taxRates.list({ limit: 1 }),
  },
  {
    name: 'PaymentIntents: read',
    code: 'rak_payment_intent_read',
    probe: (stripe) => stripe.paymentIntents.list({ limit: 1 }),
  },
  {
    name: 'SetupIntents: write',
    code: 'rak_setup_intent_write',
    probe: (stripe) => stripe.setupIntents.cancel(`seti_${NOBODY}`),
  },
  {
    name: 'Charges and Refunds: write',
    code: 'rak_charge_write',
    probe: (stripe) => stripe.refunds.create({ payment_intent: `pi_${NOBODY}` }),
  },
  {
    name: 'Credit Notes: read',
    code: 'rak_credit_note_read',
    probe: (stripe) => stripe.creditNotes.list({ limit: 1 }),
  },
  {
    name: 'Disputes: read',
    code: 'rak_dispute_read',
    probe: (stripe) => stripe.disputes.list({ limit: 1 }),
  },
  {
    name: 'Events: read',
    code: 'rak_event_read',
    probe: (stripe) => stripe.events.list({ limit: 1 }),
  },
  {
    name: 'Balance Transaction Source: read',
    code: 'rak_balance_transaction_source_read',
    probe: (stripe) => stripe.balanceTransactions.list({ limit: 1 }),
  },
  {
    name: 'Webhook Endpoints: write',
    code: 'rak_webhook_write',
    probe: (stripe) => stripe.webhookEndpoints.del(`we_${NOBODY}`),
  },
];

export const createConnect =
  (clientFor: ClientFor) =>
  async (secretKey: string, publishableKey: string): Promise<ConnectOutcome> => {
    const mode = SECRET.exec(secretKey)?.[1];
    const publishableMode = PUBLISHABLE.exec(publishableKey)?.[1];
    const shape = shapeProblems(mode, publishableMode);
    if (shape.length > 0) return { ok: false, problems: shape };
    const stripe = clientFor({
      account: '',
      livemode: mode === 'live',
      credentials: { kind: 'key', secretKey },
    });
    const missing = await missingRights(stripe, RIGHTS, ofKey);
    if (missing.length > 0) return { ok: false, problems: missing };
    const isSame = await publishableBelongs(stripe, clientFor, publishableKey);
    if (!isSame) return { ok: false, problems: ['The two keys belong to different Stripe accounts.'] };
    return { ok: true, account: await accountOf(stripe, publishableMode === 'live') };
  };

function shapeProblems(mode: string | undefined, publishableMode: string | undefined): string[] {
  const problems: string[] = [];
  if (!mode) problems.push('The secret key must begin with rk_test_, rk_live_, sk_test_ or sk_live_.');
  if (!publishableMode) problems.push('The publishable key must begin with pk_test_ or pk_live_.');
  if (mode && publishableMode && mode !== publishableMode) {
    problems.push(
      `The keys are of different modes: the secret key is ${mode}, the publishable key ${publishableMode}.`,
    );
  }
  return problems;
}

const UNKNOWN_KEY = 'Stripe does not know this secret key. Copy it again from the Stripe dashboard.';

const ofKey = ({ name, code }: Right): string =>
  `The key lacks the right “${name}” (${code}). Edit the restricted key in the Stripe dashboard and add it.`;

/** @param says what an admin is told of a missing right @returns a sentence for each */
export async function missingRights(
  stripe: Stripe,
  rights: readonly Right[],
  says: (right: Right) => string,
): Promise<string[]> {
  const problems: string[] = [];
  for (const right of rights) {
    const refusal = await refusalOf(() => right.probe(stripe));
    if (refusal === 401) return [UNKNOWN_KEY];
    if (refusal === 403) problems.push(says(right));
  }
  return problems;
}

/** @returns the status with which Stripe refused the key itself; null where the key may do this */
async function refusalOf(probe: () => Promise<unknown>): Promise<401 | 403 | null> {
  try {
    await probe();
    return null;
  } catch (error) {
    const known = toConnectorError(error);
    // The object a probe asks for does not exist, and Stripe says so: the right is there.
    if (known.code === 'gateway_rejected') return null;
    if (known.code !== 'reauth_required') throw known;
    return known.context['status'] === 401 ? 401 : 403;
  }
}

export async function accountOf(stripe: Stripe, livemode: boolean): Promise<ConnectedAccount> {
  const account = await calling(() => stripe.accounts.retrieveCurrent());
  return {
    externalId: account.id,
    name: account.business_profile?.name ?? account.settings?.dashboard?.display_name ?? account.id,
    livemode,
    currency: (account.default_currency ?? 'usd').toUpperCase(),
    country: account.country ?? '',
  };
}

/** A publishable key can only read what a secret of the same account made: a throw-away setup intent. */
async function publishableBelongs(
  stripe: Stripe,
  clientFor: ClientFor,
  publishableKey: string,
): Promise<boolean> {
  const made = await calling(() => stripe.setupIntents.create({ metadata: { payside_probe: 'keys' } }));
  const asBrowser = clientFor({
    account: '',
    livemode: false,
    credentials: { kind: 'key', secretKey: publishableKey },
  });
  const belongs = await calling(() =>
    asBrowser.setupIntents.retrieve(made.id, { client_secret: made.client_secret ?? '' }),
  ).then(
    () => true,
    (error: unknown) => {
      if (error instanceof ConnectorError && error.retry === 'later') throw error;
      return false;
    },
  );
  await calling(() => stripe.setupIntents.cancel(made.id));
  return belongs;
}
