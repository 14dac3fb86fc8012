// What a caller hands to the Salesforce stand-in, and what it gets back.
import type { SandboxClock } from '../clock.ts';
import type { StandIn } from '../stand-in/server.ts';

export type FieldValue = string | number | boolean | null;
export type Fields = Record<string, FieldValue>;

export type SalesforceApp = {
  clientId: string;
  clientSecret: string;
  name?: string;
  /** Scopes the app was set up with. */
  scopes: readonly string[];
  redirectUrls: readonly string[];
};

export type OrgUser = {
  /** 18 characters that begin with 005. */
  id: string;
  email: string;
  firstName: string;
  lastName: string;
  locale?: string;
  active?: boolean;
};

/** `ref` is the seed's own word for the record; `lookups` name refs of records above it. */
export type RecordSeed = { ref?: string; type: string; fields: Fields; lookups?: Record<string, string> };

export type OrgSeed = {
  /** 18 characters that begin with 00D. */
  id: string;
  name: string;
  /** ISO 4217 code of the org, or the corporate one among `currencies`. */
  currency: string;
  /** Given where the org uses several. */
  currencies?: readonly string[];
  timeZone: string;
  /** A sandbox or developer org; otherwise people do business in it. */
  sandbox: boolean;
  users: readonly OrgUser[];
  /** Whether an admin has installed our package; default true. */
  packageInstalled?: boolean;
  /** Set where the package was installed as a managed one. */
  namespace?: string;
  /** `Contact.Payside_Owed__c`: fields no permission set shows to whoever connects. */
  hiddenFields?: readonly string[];
  /** API calls in 24 hours; default 15,000, as a developer org has. */
  dailyCalls?: number;
  /** Whether its edition has the Bulk API; default true. */
  bulk?: boolean;
  /** Whether it keeps data privacy records (Individuals); default false, as a new org does not. */
  dataPrivacy?: boolean;
  records?: readonly RecordSeed[];
};

/** What may still change while the stand-in runs. */
export type SalesforceSettings = {
  app: SalesforceApp;
  /** Address behind the Named Credential: our connector. */
  connector?: string | undefined;
};

export type SalesforceOptions = SalesforceSettings & {
  port: number;
  clock: SandboxClock;
  orgs: readonly OrgSeed[];
  /** `force-app/main/default` of the package. */
  packageFolder: string;
  recordTo?: string | undefined;
};

export type ApexCall = {
  userId: string;
  method: 'GET' | 'POST';
  /** Path at the connector. */
  path: string;
  body?: unknown;
  /** The record whose page the call comes from; Apex reads it as the user first. */
  record?: { type: string; id: string };
};

export type ApexAnswer = { status: number; body: string };

/** One org, for seeding and for looking at it. */
export type OrgDoor = {
  id: string;
  /** Makes a record as a person at the screen would, and answers its id. */
  create(type: string, fields: Fields): string;
  update(type: string, id: string, fields: Fields): void;
  remove(type: string, id: string): void;
  /** Empties the recycle bin: removed records leave no trace. */
  purge(): void;
  /** The second record goes into the first. */
  merge(type: string, masterId: string, otherId: string): void;
  /** Undefined once it is gone. */
  fields(type: string, id: string): Fields | undefined;
  all(type: string): Fields[];
  ref(word: string): string;
  /** Takes a user's sight of a record away, or gives it back. */
  share(userId: string, recordId: string, sees: boolean): void;
  /** Ends every session of the app, as a session setting or an admin would. */
  expireSessions(): void;
  uninstall(): void;
  /** Ends the org itself, as the end of a trial does. */
  closeOrg(): void;
  /** API calls used in the last 24 hours. */
  usage(): number;
  setUsage(calls: number): void;
  /** Jobs of the Bulk API, oldest first. */
  jobs(): { id: string; object: string; state: string; processed: number }[];
  /** Works off every job that waits, as an org does in its own time. */
  runJobs(): void;
  /** Platform events published so far, oldest first. */
  events(): { type: string; fields: Fields }[];
  /** What the package's Apex does for an LWC: a callout through the Named Credential. */
  apex(call: ApexCall): Promise<ApexAnswer>;
};

export type SalesforceStandIn = StandIn & {
  org(id: string): OrgDoor;
  configure(changes: Partial<SalesforceSettings>): void;
  /** Presses Allow for an org's user on a consent address and answers where the browser is sent. */
  approve(authorizeUrl: string, who: { orgId: string; userId?: string }): Promise<string>;
};
