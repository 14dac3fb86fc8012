// The CRM port: what Payside needs from a CRM, in Payside's words.
import type { Instant, RecordRef } from '../ledger/entities.ts';
import type { Money } from '../money/money.ts';

export type CrmName = 'hubspot' | 'salesforce';

/** One installation ready to be called. */
export type CrmConnection = { installationId: string; portalId: string; accessToken: string };

export type Tokens = { access: string; refresh: string; expiresAt: Instant };

export type Grant = { tokens: Tokens; portalId: string; userId: string; scopes: string[] };

export type PortalDetails = { name: string; currency: string; timeZone: string; testPortal: boolean };

/** A write of one record: rendered fields by canonical name; null clears a field. */
export type RecordWrite = { key: string; record: RecordRef; fields: Record<string, string | null> };

export type WriteOutcome =
  | { key: string; outcome: 'written' }
  /** The record is gone for good. */
  | { key: string; outcome: 'gone' }
  /** Merged into another record, which should be written instead. */
  | { key: string; outcome: 'moved'; recordId: string }
  | { key: string; outcome: 'refused'; reason: string };

/** A person or company of the CRM, as matching and invoicing need it. */
export type CrmRecord = {
  record: RecordRef;
  name: string | null;
  emails: string[];
  /** Only on contacts: the one company marked primary. */
  primaryCompanyId: string | null;
};

export type DealLine = { description: string; quantity: number; unit: Money };

export type CrmCaller = { portalId: string; userId: string; email: string | null };

export type CallVerdict =
  { verified: true; caller: CrmCaller } | { verified: false; reason: 'signature' | 'time' };

/** What a signed call looked like on the wire. */
export type SignedCall = {
  method: string;
  /** Path and query as received; the host comes from configuration. */
  pathAndQuery: string;
  raw: Uint8Array;
  headers: Record<string, string | string[] | undefined>;
};

/**
 * Every call may throw `crm_unavailable`, `rate_limited` (with `retryAfterMs`), `reauth_required` or `crm_rejected`.
 */
export type Crm = {
  name: CrmName;
  /** Most records one `write` call takes. */
  batchSize: number;
  /** Canonical plural name of an object type, also from the CRM's own type ids; null for types we do not serve. */
  objectType(name: string): string | null;
  isRecordId(text: string): boolean;

  authorizeUrl(state: string, challenge: string): string;
  exchange(code: string, verifier: string): Promise<Grant>;
  /** @throws reauth_required when the CRM ended the installation */
  refresh(refreshToken: string): Promise<Tokens>;
  revoke(refreshToken: string): Promise<void>;
  requiredScopes: readonly string[];
  details(connection: CrmConnection): Promise<PortalDetails>;

  verifyCall(call: SignedCall, now: Date): CallVerdict;

  /** Makes own fields, or upgrades them in place. Running it twice changes nothing. */
  provision(
    connection: CrmConnection,
  ): Promise<{ created: number; capabilities: { mirrorInvoices: boolean; commercePayments: boolean } }>;
  /** Updates records of one object type; never creates. One outcome for each write. */
  write(connection: CrmConnection, objectType: string, writes: RecordWrite[]): Promise<WriteOutcome[]>;
  read(connection: CrmConnection, objectType: string, recordIds: string[]): Promise<CrmRecord[]>;
  /** Contacts by e-mail, primary or additional. */
  findByEmail(connection: CrmConnection, emails: string[]): Promise<CrmRecord[]>;
  /** The products of a deal, and the people on it. */
  dealLines(connection: CrmConnection, recordId: string, currency: string): Promise<DealLine[]>;
  payersOf(connection: CrmConnection, record: RecordRef): Promise<CrmRecord[]>;
};
