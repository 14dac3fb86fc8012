// The gateway port: what Payside needs from a payment gateway, in Payside's words.
import { ConnectorError } from '../errors.ts';
import type { EntityKind, Instant, RecordRef } from '../ledger/entities.ts';
import type { Fact } from '../ledger/facts.ts';
import type { Money } from '../money/money.ts';

export type GatewayName = 'stripe';

export type Capability =
  | 'invoice'
  | 'hostedPage'
  | 'emailInvoice'
  | 'savedMethod'
  | 'bankDebit'
  | 'refund'
  | 'customerBalance'
  | 'taxRates';

/** Declared, shown on cards only when declared, and held to by the contract suite. */
export type Capabilities = Record<Capability, boolean>;

/** What a gateway answers to a call it has not declared; nothing was started. */
export const unsupported = (capability: Capability): ConnectorError =>
  new ConnectorError({
    code: 'unsupported',
    retry: 'never',
    status: 422,
    publicMessage: 'This payment gateway cannot do that.',
    context: { kind: capability },
  });

/** One gateway account ready to be called. `account` is our own id of it and goes into every fact. */
export type GatewayConnection = {
  account: string;
  livemode: boolean;
  credentials: GatewayCredentials;
  /** Awaited before each request that is sent with it. */
  pace?: (() => Promise<void>) | undefined;
};

/** Requests a second that a gateway takes. */
export type CallLimits = { account: number; endpoint: number };

export type GatewayCredentials =
  | { kind: 'key'; secretKey: string }
  | { kind: 'platform'; secretKey: string; externalId: string }
  | { kind: 'oauth'; accessToken: string };

export type ConnectedAccount = {
  externalId: string;
  name: string;
  livemode: boolean;
  currency: string;
  country: string;
};

export type ConnectOutcome =
  | { ok: true; account: ConnectedAccount }
  /** `problems` are sentences for the admin, one each. */
  | { ok: false; problems: string[] };

/** What a merchant's consent at the gateway gives us. A refresh token works once: what comes back replaces it. */
export type GatewayGrant = {
  externalId: string;
  livemode: boolean;
  publishableKey: string;
  accessToken: string;
  refreshToken: string;
  expiresAt: Instant;
};

/** Connecting by the merchant's consent instead of by keys. */
export type GatewayOAuth = {
  authorizeUrl(state: string): string;
  /** Trades the code of a consent. @throws gateway_rejected for one that was used before or is too old */
  exchange(code: string): Promise<GatewayGrant>;
  /** Checks that the grant carries the rights we need, as `connect` does with keys. */
  check(grant: GatewayGrant): Promise<ConnectOutcome>;
  /** @throws reauth_required only where the merchant has ended the connection */
  refresh(refreshToken: string): Promise<GatewayGrant>;
};

export type VerifyOutcome = { verified: true } | { verified: false; reason: 'signature' | 'time' };

/** What the door needs to know of a verified event before it is stored. */
export type EventEnvelope = {
  id: string;
  kind: string;
  livemode: boolean;
  known: boolean;
  /** The gateway's own id of the account it happened in, where one address hears of several; else null. */
  externalId: string | null;
};

/** `version` is null where it follows the account's own. */
export type WebhookEndpoint = {
  id: string;
  url: string;
  version: string | null;
  enabled: boolean;
  events: string[];
};

export type EntityRef = { entity: EntityKind; id: string };

export type Normalised =
  /** `fetch`: what the event cannot decide and must be read from the gateway. */
  | { outcome: 'facts'; facts: Fact[]; fetch: EntityRef[] }
  | { outcome: 'ignored'; reason: string }
  /** The merchant may have ended the connection: only asking the gateway tells. */
  | { outcome: 'ended' }
  /** Verified, yet not what the gateway documents: buried for a person to look at. */
  | { outcome: 'malformed'; reason: string };

/** One page of history. `next` is handed back unchanged; null when the list has ended. */
export type FactPage = {
  facts: Fact[];
  next: string | null;
  objects: number;
  /** Objects of the page that could not be read (a currency or an amount nobody can represent) and were left out. */
  skipped: number;
  /** When its oldest and its newest object were made, to the second; absent where it has none, or nobody can say. */
  made?: { oldest: Date; newest: Date };
};

/** What was made at `from` or later and before `before`, to the second. */
export type TimeWindow = { from?: Date; before?: Date };

/** One page of what the gateway told: what its events decide, and what has to be read. `next` as in `FactPage`. */
export type EventPage = { facts: Fact[]; fetch: EntityRef[]; next: string | null };

export type NewInvoiceLine = {
  description: string;
  quantity: number;
  unit: Money;
  taxRateId?: string | undefined;
};

export type NewInvoice = {
  customerId: string;
  currency: string;
  lines: NewInvoiceLine[];
  memo: string | null;
  /** Last second of the due day in the workspace's zone. */
  dueAt: Date;
  record: RecordRef;
  operationId: string;
  replacesId: string | null;
};

/** Facts to post, and the id of what was made or changed. */
export type Made = { id: string; facts: Fact[] };

/** What the pay page needs to let the gateway's own fields collect the rest of an invoice. */
export type PaySession =
  | { ready: true; paymentId: string; clientSecret: string; amount: Money }
  | { ready: false; reason: 'settled' | 'processing' | 'unavailable' };

export type ChargeOutcome =
  | { outcome: 'succeeded' | 'processing'; paymentId: string; facts: Fact[] }
  | { outcome: 'needs_customer'; paymentId: string; facts: Fact[] }
  | { outcome: 'declined'; reason: DeclineReason; facts: Fact[] };

/** The same words for every gateway; `docs/glossary.md` has what each means to a rep. */
export type DeclineReason =
  | 'generic'
  | 'insufficient_funds'
  | 'lost_or_stolen'
  | 'expired'
  | 'wrong_details'
  | 'not_supported'
  | 'limit'
  | 'fraud_suspected'
  | 'processing_error'
  | 'authentication_required';

export type TaxRate = { id: string; name: string; percent: string; inclusive: boolean };

/** A gateway's idempotency key: `<operation>:<step>`. The same key gives the same answer and acts once. */
export type StepKey = string;

/**
 * Every call may throw `gateway_unavailable` (outcome unknown or not started; look before repeating), `rate_limited`
 * (not started), `reauth_required` (credentials refused), `gateway_rejected` (a definite no, with a message for the rep)
 * or `unsupported` (the gateway has not declared what the call needs).
 */
export type Gateway = {
  name: GatewayName;
  capabilities: Capabilities;

  /** Checks keys: that they belong together, to which account and mode, and that they carry the rights we need. */
  connect(secretKey: string, publishableKey: string): Promise<ConnectOutcome>;
  /** null where the operator has not set the gateway's consent up. */
  oauth: GatewayOAuth | null;
  /** The version its calls are made in, and its endpoints tell in. */
  apiVersion: string;
  /** What the gateway's clock says, to the second; null where its answer does not tell. */
  time(connection: GatewayConnection): Promise<Date | null>;
  /** All webhook endpoints of the account, also those of others. */
  webhooks(connection: GatewayConnection): Promise<WebhookEndpoint[]>;
  /** Registers our webhook door. @param how `quiet`: told of next to nothing before `renewWebhook` @returns the secret that signs deliveries */
  registerWebhook(
    connection: GatewayConnection,
    url: string,
    how?: 'quiet',
  ): Promise<{ endpointId: string; secret: string }>;
  /** Has an endpoint of ours told of every event that is read now; harmless where it is already. */
  renewWebhook(connection: GatewayConnection, endpointId: string): Promise<void>;
  /** One that is gone already is as it should be. */
  removeWebhook(connection: GatewayConnection, endpointId: string): Promise<void>;

  /** Judges raw bytes; tries each secret, as two are valid while one is rolled. */
  verify(
    raw: Uint8Array,
    signature: string | undefined,
    secrets: readonly string[],
    now: Date,
  ): VerifyOutcome;
  /** Reads what the door stores; null when the bytes are no event. */
  envelope(raw: Uint8Array): EventEnvelope | null;
  normalise(raw: Uint8Array, account: string): Normalised;
  /** Reads one entity with what hangs on it; no facts where it is gone. @param number drawn before the request; see `store.drawNumber` */
  fetch(connection: GatewayConnection, ref: EntityRef, number: number): Promise<Fact[]>;
  /** As published; what is sent beyond them may be refused. */
  limits: { live: CallLimits; test: CallLimits };
  /** Kinds of history in the order a backfill reads them. */
  history: readonly string[];
  /** Those of them that others hang on: they are known before what comes behind them. */
  historyRoots: readonly string[];
  /** Newest first. @param window only what was made in it; left out: all of history */
  list(
    connection: GatewayConnection,
    kind: string,
    cursor: string | null,
    number: number,
    window?: TimeWindow,
  ): Promise<FactPage>;
  /** What the gateway has told since a moment, newest first, whether or not anybody heard it; it keeps that for some weeks. */
  events(connection: GatewayConnection, since: Date, cursor: string | null): Promise<EventPage>;

  createCustomer(connection: GatewayConnection, customer: NewCustomer, key: StepKey): Promise<Made>;
  /** Needs `taxRates`. */
  taxRates(connection: GatewayConnection): Promise<TaxRate[]>;
  createInvoice(connection: GatewayConnection, invoice: NewInvoice, key: StepKey): Promise<Made>;
  /** Makes a draft final: it gets a number and can be paid. Harmless where it is open already. */
  openInvoice(connection: GatewayConnection, invoiceId: string, key: StepKey): Promise<Made>;
  /** Mails an open invoice, once per key however late the call is repeated. Needs `emailInvoice`. */
  sendInvoice(connection: GatewayConnection, invoiceId: string, key: StepKey): Promise<Made>;
  /** Harmless where it is void already. */
  voidInvoice(connection: GatewayConnection, invoiceId: string, key: StepKey): Promise<Made>;
  /** Looks for what an operation made under a customer, for when the answer to a call was lost. */
  findInvoice(connection: GatewayConnection, customerId: string, operationId: string): Promise<Made | null>;
  findCustomer(
    connection: GatewayConnection,
    operationId: string,
    email: string | null,
  ): Promise<Made | null>;

  /** The one payment that is open for the rest of an invoice. */
  paySession(connection: GatewayConnection, invoiceId: string): Promise<PaySession>;
  /** Needs `savedMethod`. */
  chargeSavedMethod(
    connection: GatewayConnection,
    invoiceId: string,
    methodId: string,
    key: StepKey,
  ): Promise<ChargeOutcome>;
  /** Gives part of a payment back, once per operation however late the call is repeated. Needs `refund`. */
  refund(connection: GatewayConnection, wish: RefundWish, key: StepKey): Promise<Made>;
  /** Takes an amount off the credit a customer holds, once per operation. Needs `customerBalance`. */
  useUpCredit(connection: GatewayConnection, wish: CreditUse, key: StepKey): Promise<void>;
};

export const limitsOf = (
  { limits }: Pick<Gateway, 'limits'>,
  { livemode }: Pick<GatewayConnection, 'livemode'>,
): CallLimits => (livemode ? limits.live : limits.test);

export type NewCustomer = {
  name: string | null;
  email: string | null;
  record: RecordRef;
  operationId: string;
};

export type RefundWish = { paymentId: string; amount: Money; operationId: string };

export type CreditUse = { customerId: string; amount: Money; operationId: string };
