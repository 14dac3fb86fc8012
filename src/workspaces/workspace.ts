// The tenant: a workspace with its gateway accounts and CRM installations, as stored.
import type { Instant } from '../ledger/entities.ts';

export type Role = 'viewer' | 'rep' | 'finance' | 'admin';

export type Settings = {
  /** IANA zone in which due dates are days. */
  timeZone: string;
  brand: { name: string; logoUrl: string | null; color: string };
  /** Roles by `crm:userId`. */
  roles: Record<string, Role>;
  /** `embedded`: our page with the gateway's fields; `hosted`: the gateway's own page. */
  payPage: 'embedded' | 'hosted';
  linkOnRecord: boolean;
  /** What a sweep does about edits of what Payside wrote to the CRM; absent until somebody chose: repair. */
  crmEdits?: 'repair' | 'keep';
};

export type Workspace = {
  id: string;
  name: string;
  createdAt: Instant;
  settings: Settings;
  /** Key of the marks that stand for addresses of erased persons; absent before the first. */
  tombstoneKey?: Sealed;
  /** The workspace its installation moved to: nobody is in here any more, and nothing happens. */
  leftFor?: string;
};

/** Text sealed by the key ring; see `secrets/`. */
export type Sealed = string;

export type Webhook = {
  endpointId: string;
  /** The newest first; each may have signed what arrives. */
  secrets: Sealed[];
  /** The endpoint before, which goes on telling for a while. */
  retiring?: { endpointId: string; since: Instant };
};

export type Importing = {
  done: number;
  /** Estimated, by the last import until this one can say: a gateway does not say how much it holds. */
  total: number | null;
  /** Estimated; absent or null while nobody can say. */
  secondsLeft?: number | null;
  /** By an admin or an operator. */
  paused?: boolean;
  /** The last try failed, and there will be another one. */
  halted?: boolean;
};

export type GatewayAccount = {
  id: string;
  workspaceId: string;
  gateway: 'stripe';
  /** The gateway's own id of the account. */
  externalId: string;
  name: string;
  livemode: boolean;
  currency: string;
  country: string;
  publishableKey: string;
  /** null once its owner has taken their consent back. */
  credentials: Sealed | null;
  /** null where its events come to the address of our app. */
  webhook: Webhook | null;
  connectedAt: Instant;
  /** `disconnected`: the gateway refuses our credentials; only an admin can help. */
  state: 'importing' | 'connected' | 'disconnected';
  importing: Importing | null;
  /** Objects the last whole import read. */
  imported?: number;
  verifiedAt: Instant | null;
  /** Read when the account is connected and once a day, so that cards can offer them without asking the gateway. */
  taxRates: { id: string; name: string; percent: string; inclusive: boolean }[];
  /** When they were read again; absent before the first time. */
  ratesAt?: Instant;
};

/** An installation's wish to move to another workspace, from the question of its admin until it is there. */
export type Joining = {
  /** Names the request where the other side's admins answer it. */
  id: string;
  /** The workspace that was asked. */
  workspaceId: string;
  /** The one it was asked from. */
  from: string;
  /** User of the installation's own CRM. */
  askedBy: string;
  askedAt: Instant;
  /** `joined` only once everything that belongs to the move is done; null until there is an answer. */
  ended: { how: 'joined' | 'declined'; at: Instant } | null;
};

export type Installation = {
  id: string;
  workspaceId: string;
  crm: 'hubspot' | 'salesforce';
  /** The CRM's own id of the portal or org. */
  portalId: string;
  /** Where the CRM has an address of its own for each installation. */
  apiBase?: string;
  /** Hash of the token that the CRM adds to its cards' calls, where it does not sign them. */
  cardTokenHash?: string;
  name: string;
  /** A developer or sandbox portal: test money may be written there. */
  testPortal: boolean;
  /** Currency of the CRM's own amount fields. */
  currency: string;
  timeZone: string;
  scopes: string[];
  /** null once uninstalled: there is nothing left to decrypt. */
  tokens: { refresh: Sealed; access: Sealed; expiresAt: Instant } | null;
  state: 'installed' | 'reauth' | 'uninstalled';
  schemaVersion: number;
  capabilities: { mirrorInvoices: boolean; commercePayments: boolean };
  installedBy: string;
  installedAt: Instant;
  /** Since when the CRM takes no more calls and records wait; absent where it does. */
  delayedSince?: Instant;
  joining?: Joining;
};
