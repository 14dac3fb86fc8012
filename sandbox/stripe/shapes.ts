// The objects the Stripe stand-in keeps, typed by the vendor's own declarations so that a missing field does not compile.
import type Stripe from 'stripe';

/** What stands in a stored object where the API allows an id or the whole object: only the id. */
type Ids<V> = V extends { id: string; object: string } ? never : V extends Stripe.Decimal ? string : V;
type Stored<T> = { [K in keyof T]: Ids<T[K]> };

export type List<T> = { object: 'list'; data: T[]; has_more: boolean; url: string };

type BareLine = Omit<Stored<Stripe.InvoiceLineItem>, 'taxes' | 'pricing' | 'parent'>;
export type LineTax = {
  amount: number;
  tax_behavior: 'exclusive' | 'inclusive';
  tax_rate_details: { tax_rate: string };
  taxability_reason: 'not_available';
  taxable_amount: number;
  type: 'tax_rate_details';
};
type Pricing = { type: 'price_details'; unit_amount_decimal: string | null };

export type InvoiceLine = BareLine & {
  pricing: Pricing;
  taxes: LineTax[];
  parent: ItemParent | SubscriptionParent;
};

type ItemParent = {
  type: 'invoice_item_details';
  subscription_item_details: null;
  invoice_item_details: {
    invoice_item: string;
    proration: boolean;
    proration_details: null;
    subscription: null;
  };
};
type SubscriptionParent = {
  type: 'subscription_item_details';
  invoice_item_details: null;
  subscription_item_details: {
    invoice_item: null;
    proration: boolean;
    proration_details: null;
    subscription: string;
    subscription_item: string;
  };
};

export type Account = Stripe.Account;
export type Customer = Stored<Stripe.Customer>;
export type BalanceEntry = Stored<Stripe.CustomerBalanceTransaction>;
export type TaxRate = Stored<Stripe.TaxRate>;
export type InvoiceItem = Omit<Stored<Stripe.InvoiceItem>, 'pricing'> & { pricing: Pricing };
export type Invoice = Omit<
  Stored<Stripe.Invoice>,
  'lines' | 'payments' | 'total_taxes' | 'confirmation_secret' | 'customer' | 'status' | 'status_transitions'
> & {
  customer: string;
  lines: List<InvoiceLine>;
  total_taxes: LineTax[];
  status: 'draft' | 'open' | 'paid' | 'uncollectible' | 'void';
  status_transitions: {
    finalized_at: number | null;
    marked_uncollectible_at: number | null;
    paid_at: number | null;
    voided_at: number | null;
  };
};
export type InvoicePayment = Omit<Stored<Stripe.InvoicePayment>, 'payment'> & {
  payment: { type: 'payment_intent'; payment_intent: string };
};
export type PaymentFailure = {
  type: 'card_error' | 'invalid_request_error';
  code: string;
  message: string;
  decline_code?: string;
  charge?: string;
  doc_url: string;
  payment_method?: PaymentMethod;
};
export type PaymentIntent = Omit<Stored<Stripe.PaymentIntent>, 'last_payment_error' | 'next_action'> & {
  client_secret: string;
  last_payment_error: PaymentFailure | null;
  next_action: NextAction | null;
};
export type NextAction =
  | { type: 'use_stripe_sdk'; use_stripe_sdk: { type: string; stripe_js: string } }
  | { type: 'redirect_to_url'; redirect_to_url: { url: string; return_url: string } };
export type SetupIntent = Omit<Stored<Stripe.SetupIntent>, 'last_setup_error' | 'next_action'> & {
  client_secret: string;
  last_setup_error: PaymentFailure | null;
  next_action: NextAction | null;
};
export type PaymentMethod = Stored<Stripe.PaymentMethod>;
export type Charge = Omit<Stored<Stripe.Charge>, 'refunds'>;
export type Refund = Stored<Stripe.Refund>;
export type CreditNote = Omit<Stored<Stripe.CreditNote>, 'lines' | 'refunds' | 'total_taxes'> & {
  lines: List<CreditNoteLine>;
  refunds: { amount_refunded: number; payment_record_refund: null; refund: string; type: 'refund' }[];
  total_taxes: LineTax[];
};
export type CreditNoteLine = Omit<Stored<Stripe.CreditNoteLineItem>, 'taxes'> & { taxes: LineTax[] };
export type Dispute = Omit<Stored<Stripe.Dispute>, 'balance_transactions'> & {
  balance_transactions: BalanceTransaction[];
};
export type BalanceTransaction = Stored<Stripe.BalanceTransaction>;
export type Price = Omit<Stored<Stripe.Price>, 'tiers' | 'currency_options' | 'product'> & {
  product: string;
};
export type SubscriptionItem = Omit<Stored<Stripe.SubscriptionItem>, 'plan' | 'price' | 'deleted'> & {
  plan: Omit<Stored<Stripe.Plan>, 'tiers' | 'product'> & { product: string };
  price: Price;
};
export type Subscription = Omit<Stored<Stripe.Subscription>, 'customer' | 'items' | 'pending_update'> & {
  customer: string;
  items: List<SubscriptionItem>;
  pending_update: null;
};
export type WebhookEndpoint = Omit<Stored<Stripe.WebhookEndpoint>, 'secret'>;
export type SandboxEvent = {
  id: string;
  object: 'event';
  api_version: string;
  created: number;
  data: { object: object; previous_attributes?: Record<string, unknown> };
  livemode: boolean;
  pending_webhooks: number;
  request: { id: string | null; idempotency_key: string | null };
  type: string;
};

/** Every kind of object, by the name its collection has in the API. */
export type Kinds = {
  customers: Customer;
  customer_balance_transactions: BalanceEntry;
  tax_rates: TaxRate;
  invoiceitems: InvoiceItem;
  invoices: Invoice;
  invoice_payments: InvoicePayment;
  payment_intents: PaymentIntent;
  setup_intents: SetupIntent;
  payment_methods: PaymentMethod;
  charges: Charge;
  refunds: Refund;
  credit_notes: CreditNote;
  disputes: Dispute;
  subscriptions: Subscription;
  balance_transactions: BalanceTransaction;
  events: SandboxEvent;
  webhook_endpoints: WebhookEndpoint;
};
export type Kind = keyof Kinds;
