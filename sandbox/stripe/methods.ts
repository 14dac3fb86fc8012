// Payment methods: made from test cards and bank accounts, attached to customers. Card numbers are not kept.
import type { Context } from './context.ts';
import { Refusal, docUrl, invalid } from './errors.ts';
import { emit, store } from './events.ts';
import type { Customer, PaymentMethod } from './shapes.ts';
import { find, fingerprint, newId } from './state.ts';
import {
  BANK_BEHAVIOUR,
  TEST_BANKS,
  testCardById,
  testCardByNumber,
  type Behaviour,
  type TestMethod,
} from './test-cards.ts';

export type BillingDetails = { name?: string | undefined; email?: string | undefined };
export type CardEntry = { number: string; expMonth: number; expYear: number };
export type BankEntry = {
  type: 'us_bank_account' | 'sepa_debit';
  account: string;
  routing?: string | undefined;
};

/** The payment method a request names: a stored one, or a new one for a `pm_card_…` name. */
export function resolveMethod(ctx: Context, id: string, param: string): PaymentMethod {
  const card = testCardById(id);
  if (card) return cardMethod(ctx, { number: card.number, expMonth: 12, expYear: 2034 }, card);
  const bank = TEST_BANKS[id];
  if (bank === 'us_bank_account')
    return bankMethod(ctx, { type: bank, account: '000123456789', routing: '110000000' });
  if (bank === 'sepa_debit') return bankMethod(ctx, { type: bank, account: 'DE89370400440532013000' });
  return find(ctx.account, 'payment_methods', id, param);
}

export function behaviourOf(ctx: Context, method: PaymentMethod): Behaviour {
  return ctx.account.hidden.behaviour.get(method.id) ?? {};
}

/** A payment method from a card number typed into the payment frame. */
export function cardFromNumber(ctx: Context, entry: CardEntry, billing: BillingDetails): PaymentMethod {
  const card = testCardByNumber(entry.number);
  if (!card) throw wrongNumber();
  return cardMethod(ctx, entry, card, billing);
}

function cardMethod(
  ctx: Context,
  entry: CardEntry,
  card: TestMethod,
  billing: BillingDetails = {},
): PaymentMethod {
  const last4 = entry.number.slice(-4);
  const print = fingerprint(entry.number);
  const { brand } = card;
  ctx.account.hidden.panSeen.push({
    brand,
    last4,
    fingerprint: print,
    at: new Date(ctx.now * 1000).toISOString(),
  });
  return keep(ctx, card.behaviour, {
    ...bare(ctx, billing),
    type: 'card',
    card: {
      brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
      country: 'US',
      display_brand: brand,
      exp_month: entry.expMonth,
      exp_year: entry.expYear,
      fingerprint: print,
      funding: 'credit',
      generated_from: null,
      last4,
      networks: { available: [brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
  });
}

/** A payment method from a bank account typed into the payment frame. */
export function bankMethod(ctx: Context, entry: BankEntry, billing: BillingDetails = {}): PaymentMethod {
  const last4 = entry.account.slice(-4);
  const print = fingerprint(entry.account + (entry.routing ?? ''));
  const base = bare(ctx, billing);
  if (entry.type === 'sepa_debit') {
    const country = entry.account.slice(0, 2).toUpperCase();
    const sepa = {
      bank_code: null,
      branch_code: null,
      country,
      fingerprint: print,
      generated_from: null,
      last4,
    };
    return keep(ctx, BANK_BEHAVIOUR, { ...base, type: 'sepa_debit', sepa_debit: sepa });
  }
  return keep(ctx, BANK_BEHAVIOUR, {
    ...base,
    type: 'us_bank_account',
    us_bank_account: {
      account_holder_type: 'company',
      account_type: 'checking',
      bank_name: 'STRIPE TEST BANK',
      financial_connections_account: null,
      fingerprint: print,
      last4,
      networks: { preferred: 'ach', supported: ['ach'] },
      routing_number: entry.routing ?? null,
      status_details: null,
    },
  });
}

function bare(ctx: Context, billing: BillingDetails): Omit<PaymentMethod, 'type'> {
  return {
    id: newId('pm'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: {
      address: { city: null, country: null, line1: null, line2: null, postal_code: null, state: null },
      email: billing.email ?? null,
      name: billing.name ?? null,
      phone: null,
      tax_id: null,
    },
    created: ctx.now,
    customer: null,
    customer_account: null,
    livemode: ctx.account.definition.livemode,
    metadata: {},
  };
}

function keep(ctx: Context, behaviour: Behaviour, method: PaymentMethod): PaymentMethod {
  ctx.account.hidden.behaviour.set(method.id, behaviour);
  return store(ctx, 'payment_methods', method);
}

/** Ties a method to a customer; a card that cannot be saved is declined here. */
export function attach(ctx: Context, method: PaymentMethod, customer: Customer): void {
  if (method.customer === customer.id) return;
  if (method.customer !== null) throw attachedElsewhere();
  const { decline, attaches } = behaviourOf(ctx, method);
  if (decline && !attaches) {
    throw new Refusal(402, {
      code: decline.code,
      decline_code: decline.reason,
      doc_url: docUrl(decline.code),
      message: decline.message,
      type: 'card_error',
    });
  }
  method.customer = customer.id;
  emit(ctx, 'payment_method.attached', method);
}

/** Refuses a method that belongs to somebody else than the payer. */
export function checkOwner(method: PaymentMethod, customer: string | null): void {
  if (method.customer === null || method.customer === customer) return;
  throw invalid(
    `The PaymentMethod ${method.id} does not belong to the Customer you supplied. Please use this PaymentMethod with the Customer that it belongs to instead.`,
    undefined,
    'payment_method',
  );
}

function attachedElsewhere(): Refusal {
  return invalid(
    'The payment method you provided has already been attached to a customer.',
    'payment_method_unexpected_state',
    'payment_method',
  );
}

function wrongNumber(): Refusal {
  return new Refusal(402, {
    code: 'incorrect_number',
    doc_url: docUrl('incorrect_number'),
    message: 'Your card number is incorrect.',
    param: 'number',
    type: 'card_error',
  });
}
