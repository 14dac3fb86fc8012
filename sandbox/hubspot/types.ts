// What a caller hands to the HubSpot stand-in, and what it gets back.
import type { SandboxClock } from '../clock.ts';
import type { StandIn } from '../stand-in/server.ts';
import type { Kind } from './kinds.ts';

export type HubspotApp = {
  clientId: string;
  clientSecret: string;
  appId: number;
  name?: string;
  requiredScopes: readonly string[];
  optionalScopes: readonly string[];
  redirectUrls: readonly string[];
  /** Addresses that cards may reach by hubspot.fetch; an entry also permits every path below it. */
  permittedFetch: readonly string[];
};

export type PortalUser = {
  id: number;
  email: string;
  firstName: string;
  lastName: string;
  locale?: string;
  permissions?: readonly string[];
};

/** `ref` is the seed's own word for the record, to name it in associations and in `portal(id).ref(word)`. */
export type RecordSeed = { ref?: string; properties: Record<string, string> };

/** Both ends are refs; the default association is made, with the company as primary where it is the first. */
export type AssociationSeed = { from: string; to: string };

export type PortalSeed = {
  id: number;
  name: string;
  /** ISO 4217 code of the account. */
  currency: string;
  timeZone: string;
  users: readonly PortalUser[];
  /** Whether commerce_payments may be used at all. */
  commercePayments: boolean;
  /** A developer's test account; default false. */
  testAccount?: boolean;
  /** Optional scopes this account never grants. */
  withheldScopes?: readonly string[];
  contacts?: readonly RecordSeed[];
  companies?: readonly RecordSeed[];
  deals?: readonly RecordSeed[];
  products?: readonly RecordSeed[];
  lineItems?: readonly RecordSeed[];
  quotes?: readonly RecordSeed[];
  invoices?: readonly RecordSeed[];
  commercePaymentRecords?: readonly RecordSeed[];
  associations?: readonly AssociationSeed[];
};

export type CardSpec = {
  uid: string;
  title: string;
  location: 'crm.record.tab' | 'crm.record.sidebar' | 'settings' | 'home';
  /** contacts, companies, deals or their type ids; empty for settings and home. */
  objectTypes: readonly string[];
  /** File of the built card: the unmodified production bundle. */
  bundlePath: string;
};

/** `object.*` types need objectType; the others name it themselves, as in contact.propertyChange. */
export type WebhookSubscription = { subscriptionType: string; objectType?: string; propertyName?: string };

/** What may still change while the stand-in runs. */
export type HubspotSettings = {
  app: HubspotApp;
  webhookTarget?: string | undefined;
  webhookSubscriptions: readonly WebhookSubscription[];
  cards: readonly CardSpec[];
  /** Given to cards as context.variables, for example { CONNECTOR_URL }. */
  variables: Record<string, string | number | boolean>;
};

export type HubspotOptions = Pick<HubspotSettings, 'app'> &
  Partial<HubspotSettings> & {
    port: number;
    clock: SandboxClock;
    portals: readonly PortalSeed[];
    recordTo?: string | undefined;
    /** How long a write stays invisible to search; default 2000. */
    searchLagMs?: number;
    /** Wait before the first redelivery of a webhook, doubled each time; default 1000. */
    webhookRetryMs?: number;
  };

/** One account, for seeding and for looking at it. */
export type PortalDoor = {
  id: number;
  /** Creates a record as a person at the screen would, and answers its id. */
  create(kind: Kind, properties: Record<string, string>): string;
  update(kind: Kind, id: string, properties: Record<string, string>): void;
  archive(kind: Kind, id: string): void;
  associate(from: { kind: Kind; id: string }, to: { kind: Kind; id: string }): void;
  /** Takes a link away, as a person at the screen would. */
  separate(from: { kind: Kind; id: string }, to: { kind: Kind; id: string }): void;
  /** Joins two records and answers the id that lives on. */
  merge(kind: Kind, primaryId: string, mergedId: string, how?: MergeHow): string;
  properties(kind: Kind, id: string): Record<string, string> | undefined;
  /** An admin deletes a property that an app has made. */
  deleteProperty(kind: Kind, name: string): void;
  /** Id of a seeded record. */
  ref(word: string): string;
  uninstall(): void;
};

export type MergeHow = {
  /** The survivor gets a new id, as HubSpot does today; false keeps the primary's. Default true. */
  newId?: boolean;
  /** Old ids still lead to the survivor; default false: they are gone. */
  redirect?: boolean;
};

export type HubspotStandIn = StandIn & {
  portal(id: number): PortalDoor;
  configure(changes: Partial<HubspotSettings>): void;
  /** Presses Approve for a portal's user on a consent address and answers where the browser is sent. */
  approve(authorizeUrl: string, who: { portalId: number; userId?: number }): Promise<string>;
};
