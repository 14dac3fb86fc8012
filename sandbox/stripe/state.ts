// What the Stripe stand-in remembers: one isolated set of tables per account.
import { createHash, randomBytes } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import type { Behaviour } from './test-cards.ts';
import { missing } from './errors.ts';
import type { InvoiceLine, Kind, Kinds, SubscriptionItem, WebhookEndpoint } from './shapes.ts';

export type AccountDefinition = {
  id: string;
  name: string;
  /** Two-letter country. */
  country: string;
  /** Default currency, lower case. */
  currency: string;
  livemode: boolean;
  secretKey: string;
  restrictedKey: string;
  publishableKey: string;
  /** What the restricted key may do, in Stripe's names (`rak_invoice_write`); left out: everything. */
  rights?: readonly string[] | undefined;
};

export type Tables = { [K in Kind]: Map<string, Kinds[K]> };

/** What the stand-in knows about an object beside what the API shows. */
export type Hidden = {
  /** How each payment method behaves when charged. */
  behaviour: Map<string, Behaviour>;
  /** Payment methods whose later off-session use the customer agreed to. */
  prepared: Set<string>;
  /** Signing secret per webhook endpoint. */
  secrets: Map<string, string>;
  /** Endpoints that have not acknowledged an event yet, per event. */
  undelivered: Map<string, Set<string>>;
  /** Token of the hosted page, per invoice. */
  hosted: Map<string, string>;
  /** Every line per invoice; the invoice object itself shows the first ten. */
  lines: Map<string, InvoiceLine[]>;
  /** Every item per subscription; the subscription object itself shows the first ten. */
  subscriptionItems: Map<string, SubscriptionItem[]>;
  /** Tax rates per invoice line. */
  lineRates: Map<string, string[]>;
  deletedCustomers: Set<string>;
  panSeen: { brand: string; last4: string; fingerprint: string; at: string }[];
};

export type AccountState = { definition: AccountDefinition; tables: Tables; hidden: Hidden };

/** An app that merchants install, as its publisher has set it up. */
export type AppDefinition = {
  clientId: string;
  /** Secret key of the publisher's own account. */
  secretKey: string;
  redirectUris: readonly string[];
  /** Where events of all accounts that installed it go. */
  webhook: { url: string; secret: string };
  /** What its manifest asks for; left out: everything. */
  rights?: readonly string[] | undefined;
};

type Held = Map<string, { account: string; expiresAt: number }>;

export type AppState = {
  definition: AppDefinition;
  codes: Held;
  access: Held;
  refresh: Held;
  endpoint: WebhookEndpoint;
};

export type World = {
  accounts: Map<string, AccountState>;
  app?: AppState | undefined;
  clock: SandboxClock;
  /** Where the stand-in listens; set once it does. */
  url: string;
};

const NOUNS: Record<Kind, string> = {
  customers: 'customer',
  customer_balance_transactions: 'customer balance transaction',
  tax_rates: 'tax rate',
  invoiceitems: 'invoiceitem',
  invoices: 'invoice',
  invoice_payments: 'invoice payment',
  payment_intents: 'payment_intent',
  setup_intents: 'setupintent',
  payment_methods: 'PaymentMethod',
  charges: 'charge',
  refunds: 'refund',
  credit_notes: 'credit note',
  disputes: 'dispute',
  subscriptions: 'subscription',
  balance_transactions: 'balance transaction',
  events: 'event',
  webhook_endpoints: 'webhook endpoint',
};

export function createAccountState(definition: AccountDefinition): AccountState {
  return { definition, tables: emptyTables(), hidden: emptyHidden() };
}

/** Forgets all objects of an account and keeps its keys. */
export function resetAccount(account: AccountState): void {
  account.tables = emptyTables();
  account.hidden = emptyHidden();
}

function emptyTables(): Tables {
  return {
    customers: new Map(),
    customer_balance_transactions: new Map(),
    tax_rates: new Map(),
    invoiceitems: new Map(),
    invoices: new Map(),
    invoice_payments: new Map(),
    payment_intents: new Map(),
    setup_intents: new Map(),
    payment_methods: new Map(),
    charges: new Map(),
    refunds: new Map(),
    credit_notes: new Map(),
    disputes: new Map(),
    subscriptions: new Map(),
    balance_transactions: new Map(),
    events: new Map(),
    webhook_endpoints: new Map(),
  };
}

function emptyHidden(): Hidden {
  return {
    behaviour: new Map(),
    prepared: new Set(),
    secrets: new Map(),
    undelivered: new Map(),
    hosted: new Map(),
    lines: new Map(),
    lineRates: new Map(),
    subscriptionItems: new Map(),
    deletedCustomers: new Set(),
    panSeen: [],
  };
}

/** Finds an object or refuses; `param` is the parameter that named it, `id` for the path. */
export function find<K extends Kind>(account: AccountState, kind: K, id: string, param = 'id'): Kinds[K] {
  const table: Map<string, Kinds[K]> = account.tables[kind];
  const found = table.get(id);
  if (!found) throw missing(NOUNS[kind], id, param);
  return found;
}

/** A fresh object id such as `in_1Qx…`, with the vendor's prefix. */
export function newId(prefix: string): string {
  return `${prefix}_1${randomText(23)}`;
}

export function randomText(length: number): string {
  return randomBytes(length * 2)
    .toString('base64')
    .replaceAll(/[^a-zA-Z0-9]/g, '')
    .slice(0, length);
}

export function fingerprint(secretText: string): string {
  return createHash('sha256')
    .update(secretText)
    .digest('base64')
    .replaceAll(/[^a-zA-Z0-9]/g, '')
    .slice(0, 16);
}
