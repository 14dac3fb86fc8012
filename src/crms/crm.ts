// The CRM port: what Payside needs from a CRM, in Payside's words.
import type { ConnectorError } from '../errors.ts';
import type { Instant, RecordRef } from '../ledger/entities.ts';
import type { RecordKind } from '../ledger/record-types.ts';
import type { PricedLine } from '../money/priced-line.ts';

export type CrmName = 'hubspot' | 'salesforce';

/** One installation ready to be called. */
export type CrmConnection = {
  installationId: string;
  crm: CrmName;
  portalId: string;
  accessToken: string;
  /** Where a CRM has an address of its own for each installation. */
  apiBase?: string | undefined;
};

export type Tokens = {
  access: string;
  refresh: string;
  /** When the access token is renewed at the latest; one that is refused before is renewed then. */
  expiresAt: Instant;
  apiBase?: string | undefined;
};

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
  /** Somebody else holds the record right now: the same write may be sent again. */
  | { key: string; outcome: 'busy' }
  | { key: string; outcome: 'refused'; reason: string }
  /** The CRM answered, but not about this one: it may be written or not. */
  | { key: string; outcome: 'unknown' };

/** Records that Payside makes in the CRM; `paysideId` is unique among those of a kind. */
export type MirrorKind =
  'subscription' | 'invoice' | 'line' | 'payment' | 'allocation' | 'refund' | 'dispute';

export type MirrorWrite = {
  key: string;
  paysideId: string;
  fields: Record<string, string | null>;
  /** What it hangs on, whole, where links stand among a record's fields. */
  refs?: LinkTarget[];
};

/** One end of a link: a record of the CRM, or one of ours. */
export type LinkTarget = { objectType: string; recordId: string } | { mirror: MirrorKind; paysideId: string };

/** Writes of one kind of record. */
export type WriteBatch =
  { objectType: string; writes: RecordWrite[] } | { mirror: MirrorKind; writes: MirrorWrite[] };

/** How one of several batches ended. */
export type BatchEnd = { outcomes: WriteOutcome[] } | { error: ConnectorError };

/** How history is written: much of one kind at once, by a job of the CRM's that runs in the background. */
export type HistoryWriting = {
  /** Fewer writes than these are better off in batches. */
  least: number;
  /** Most writes one job takes. */
  most: number;
  /** @returns 0, or milliseconds for which what an installation's day has left belongs to people and to what is new */
  waitsMs(installationId: string): number;
};

/** How long a job is waited for. */
export type JobWait = { until: Date; signal: AbortSignal };

/** Calls of an installation's last 24 hours, as the CRM told with an answer. */
export type DailyCalls = { installationId: string; used: number; limit: number };

/** Links that one of our records should have, and those it should have no more. */
export type LinkWrite = { key: string; paysideId: string; to: LinkTarget[]; drop: LinkTarget[] };

/** Writes of one kind, links among them. */
export type Writes = WriteBatch | { linksOf: MirrorKind; writes: LinkWrite[] };

/** Keys of writes by what a CRM shows of them; one that is in none of these is shown with other values. */
export type Shown = {
  /** In full. */
  shown: ReadonlySet<string>;
  /** Not at all: it does not have the record. */
  missing: ReadonlySet<string>;
  /** But for links: those go by themselves as well, with a record at their other end. */
  unlinked: ReadonlySet<string>;
};

/** What an installation offers beyond the fields on people, companies and deals. */
export type Capabilities = { mirrorInvoices: boolean; commercePayments: boolean };

/** A person or company of the CRM, as matching and invoicing need it. */
export type CrmRecord = {
  record: RecordRef;
  name: string | null;
  emails: string[];
  /** Only on contacts: the one company marked primary. */
  primaryCompanyId: string | null;
};

/** A product of a deal as an invoice would have it; or why it cannot stand on one. */
export type DealLine = PricedLine;

/** A person who works in the CRM; `id` is what signed calls carry. */
export type CrmUser = { id: string; name: string | null; email: string | null };

export type CrmCaller = { portalId: string; userId: string; email: string | null };

export type CallVerdict =
  { verified: true; caller: CrmCaller } | { verified: false; reason: 'signature' | 'time' };

/** Whether a token is the one that was handed to a portal; takes the same time for every answer. */
export type HoldsToken = (portalId: string, token: string) => Promise<boolean>;

/** A record as it is now; `elsewhere` has taken it in. */
export type RecordNow =
  | { now: 'there'; found: CrmRecord }
  | { now: 'gone'; record: RecordRef }
  | { now: 'moved'; record: RecordRef; elsewhere: string };

/** Some of what changed, in the order it changed. `next` is handed back unchanged; null when there is no more. */
export type ChangesPage = { changes: RecordNow[]; next: string | null };

/** Somebody who is to be forgotten; `isGone`: the CRM has deleted them as well. */
export type FlaggedPerson = { record: RecordRef; isGone: boolean };

/** Some of them; `next` as of a page of changes. */
export type FlaggedPage = { people: FlaggedPerson[]; next: string | null };

/**
 * Whose notice it is. One address may hear of several portals in one call. `id` names the notice among those of its portal,
 * however often it is sent; null for one that has not the shape it should have.
 */
export type NoticeVerdict =
  | { verified: true; notices: { portalId: string; id: string | null }[] }
  | { verified: false; reason: 'signature' | 'time' };

/** What a notice says of one record. */
export type Noticed = {
  /** `forgotten`: the CRM deleted a person for good, because they asked for it. */
  what: 'deal-won' | 'address-changed' | 'forgotten' | 'unknown';
  objectType: string;
  recordId: string;
};

/** What a call of a CRM looked like on the wire. */
export type SignedCall = {
  method: string;
  /** Path and query as received; the host comes from configuration. */
  pathAndQuery: string;
  raw: Uint8Array;
  headers: Record<string, string | string[] | undefined>;
};

/**
 * Every call may throw `crm_unavailable`, `rate_limited` (with `retryAfterMs`), `reauth_required` or `crm_rejected`. What was
 * to be written may be done all the same after `crm_unavailable`, then or later; after the others it was not.
 */
export type Crm = {
  name: CrmName;
  /** What people call it. */
  label: string;
  /** Most records one `write` call takes. */
  batchSize: number;
  /** Calls of one installation in ten seconds that background writes may use; the rest is left to people. */
  callsPerTenSeconds: number;
  /** Object types we serve, by what their records are to us. */
  types: Readonly<Record<RecordKind, string>>;
  /** Canonical name of an object type we serve, also from the CRM's own type ids; null for others. */
  objectType(name: string): string | null;
  isRecordId(text: string): boolean;

  authorizeUrl(state: string, challenge: string): string;
  exchange(code: string, verifier: string): Promise<Grant>;
  /** Whether a refresh token is good once: one of before a restore may end the installation, and is never sent. */
  rotates: boolean;
  /** @throws reauth_required when the CRM ended the installation */
  refresh(refreshToken: string, apiBase?: string): Promise<Tokens>;
  revoke(refreshToken: string, apiBase?: string): Promise<void>;
  requiredScopes: readonly string[];
  /** Asked for as well; what hangs on a missing one is left out. */
  optionalScopes: readonly string[];
  details(connection: CrmConnection): Promise<PortalDetails>;
  /** Where people see their contacts. */
  contactsUrl(installation: { portalId: string; apiBase?: string | undefined }): string;

  /** Who a card's call is from; `holds` judges the token where the CRM gives no signature. */
  verifyCall(call: SignedCall, now: Date, holds: HoldsToken): CallVerdict | Promise<CallVerdict>;
  /** Who tells us something by themselves, at `/webhooks/<name>`. null where a CRM tells nothing. */
  verifyNotice: ((call: SignedCall, now: Date, holds: HoldsToken) => Promise<NoticeVerdict>) | null;
  /** What a verified notice says of a portal; null for one that has not the shape it should have. */
  readNotice: ((raw: Uint8Array, portalId: string) => Noticed[] | null) | null;
  /**
   * Puts a token into the CRM's own keeping, which adds it to its cards' calls and shows it to nobody; the one before is
   * replaced. null where the CRM signs calls.
   */
  keepToken: ((connection: CrmConnection, token: string) => Promise<void>) | null;
  /** Whether a user may see a record; null where a card's call by itself has shown so. */
  mayAct: ((connection: CrmConnection, userId: string, record: RecordRef) => Promise<boolean>) | null;

  /**
   * Makes own fields, or upgrades them in place, or sees that they are there. Running it twice changes nothing.
   * @throws crm_not_ready with what an admin has to do first
   */
  provision(connection: CrmConnection): Promise<{ created: number; capabilities: Capabilities }>;
  /** Which of those fields, and of their options, are not there or may not be written: by the CRM's own names. Changes nothing. */
  lacks(connection: CrmConnection): Promise<string[]>;
  /** Updates records of one object type; never creates. One outcome for each write. */
  write(connection: CrmConnection, objectType: string, writes: RecordWrite[]): Promise<WriteOutcome[]>;
  /**
   * Makes or changes records of ours, each once however often it is sent.
   * `gone`: something it hangs on is not in the CRM (yet).
   */
  upsert(connection: CrmConnection, kind: MirrorKind, writes: MirrorWrite[]): Promise<WriteOutcome[]>;
  /**
   * `gone`: the record itself, or one of ours it should be linked with, is not in the CRM (yet).
   * null where links are no records of their own: there they come with what hangs on another.
   */
  link:
    ((connection: CrmConnection, kind: MirrorKind, writes: LinkWrite[]) => Promise<WriteOutcome[]>) | null;
  /**
   * Several batches at once, no more records in all than `batchSize`; one end for each. null where every batch is a call of
   * its own. Throws what nothing could be written for.
   */
  writeTogether: ((connection: CrmConnection, batches: WriteBatch[]) => Promise<BatchEnd[]>) | null;
  /** null where the CRM takes batches only. */
  history: HistoryWriting | null;
  /**
   * Many writes of one kind by a job; ends when the job has ended, or was called off because its time was over. Whatever is
   * written or shown afterwards, nothing of a job that nobody waits for lands over it unnoticed.
   * @returns null where the CRM takes no job now: nothing was sent, and batches do instead
   */
  upsertMany:
    | ((
        connection: CrmConnection,
        kind: MirrorKind,
        writes: MirrorWrite[],
        wait: JobWait,
      ) => Promise<WriteOutcome[] | null>)
    | null;
  /** Empty where a CRM does not count by the day. */
  dailyCalls(): DailyCalls[];
  /**
   * Which of those writes the CRM shows already, in full; sends nothing. Where that cannot be told the answer is no: a
   * write that is made twice harms nothing.
   */
  shows(connection: CrmConnection, asked: Writes): Promise<Shown>;
  read(connection: CrmConnection, objectType: string, recordIds: string[]): Promise<CrmRecord[]>;
  /**
   * Records of the types we serve that changed since a moment, those that were deleted or merged as well: one page, in one
   * call. null where the CRM cannot be asked.
   */
  changedSince:
    ((connection: CrmConnection, since: Instant, cursor: string | null) => Promise<ChangesPage>) | null;
  /** The same of records that are named; one for each. null where the CRM cannot be asked. */
  recordsNow: ((connection: CrmConnection, records: RecordRef[]) => Promise<RecordNow[]>) | null;
  /**
   * People whom somebody flagged in the CRM to be forgotten, each time all of them: one page, in one call. Answers null where
   * the CRM keeps no such flag, or does not show it to whoever connected. null where a CRM tells it by a notice.
   */
  flagged: ((connection: CrmConnection, cursor: string | null) => Promise<FlaggedPage | null>) | null;
  /** Contacts by e-mail, primary or additional. */
  findByEmail(connection: CrmConnection, emails: string[]): Promise<CrmRecord[]>;
  /**
   * The products of a deal, without those that cost exactly nothing. One that names no currency has the deal's.
   * @param currency of deals that name none either: that of the CRM
   */
  dealLines(connection: CrmConnection, recordId: string, currency: string): Promise<DealLine[]>;
  /** The person themselves; or the people on a record, of whom one that it calls the primary contact leaves the others out. */
  payersOf(connection: CrmConnection, record: RecordRef): Promise<CrmRecord[]>;
  /** People to give roles to; in a large portal only the first few hundred. */
  users(connection: CrmConnection): Promise<CrmUser[]>;
};
