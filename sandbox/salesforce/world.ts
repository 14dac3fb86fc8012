// Everything the stand-in remembers: orgs with their records, sessions, tokens; built from the seeds and rebuilt on reset.
import type { SandboxClock } from '../clock.ts';
import type { Faults } from '../stand-in/faults.ts';
import { addCurrencies, standardObjects, type Definitions, type ObjectDefinition } from './definitions.ts';
import type { Job } from './bulk-jobs.ts';
import type { PackageCredential } from './package-credential.ts';
import { installPackage, type PackageObject } from './package-metadata.ts';
import { noSuchType, notFound } from './refusal.ts';
import type { Fields, OrgSeed, OrgUser, SalesforceSettings } from './types.ts';

export type SfRecord = {
  id: string;
  type: string;
  values: Fields;
  createdAt: string;
  modifiedAt: string;
  deleted: boolean;
};

export type Org = {
  seed: OrgSeed;
  definitions: Definitions;
  tables: Map<string, Map<string, SfRecord>>;
  /** The recycle bin. */
  bin: Map<string, SfRecord>;
  /** `type.field` → value → record id, for fields with unique values. */
  unique: Map<string, Map<string, string>>;
  /** Last number given to the records of a type. */
  numbers: Map<string, number>;
  refs: Map<string, string>;
  /** `userId recordId` of what a user may not see. */
  unseen: Set<string>;
  /** `externalCredential/principal` → what a Named Credential sends for it. */
  credentials: Map<string, Record<string, string>>;
  events: { type: string; fields: Fields; at: string }[];
  /** Moments of the API calls of the last 24 hours. */
  calls: number[];
  /** Nobody gets in any more: a trial has ended, or Salesforce has closed it. */
  closed: boolean;
  /** Jobs of the Bulk API by id. */
  jobs: Map<string, Job>;
};

/** An access token; every call prolongs it. */
export type Session = { orgId: string; userId: string; scopes: readonly string[]; expiresAt: number };

/** Tokens of one consent: reuse of a used one ends them all. */
export type Family = {
  orgId: string;
  userId: string;
  scopes: readonly string[];
  current: string;
  rotations: number;
  reused: number;
  ended: boolean;
  sessions: Set<string>;
};

export type AuthCode = {
  orgId: string;
  userId: string;
  scopes: readonly string[];
  redirectUri: string;
  challenge: string;
  expiresAt: number;
};

export type World = {
  clock: SandboxClock;
  faults: Faults;
  settings: SalesforceSettings;
  packageObjects: readonly PackageObject[];
  packageCredential: PackageCredential;
  orgs: Map<string, Org>;
  sessions: Map<string, Session>;
  /** Every refresh token that was ever given, used ones as well. */
  refreshTokens: Map<string, Family>;
  codes: Map<string, AuthCode>;
  /** Answers to long queries that are still to be fetched, by locator. */
  cursors: Map<string, { records: object[]; orgId: string }>;
  /** Counts records up, also over a reset. */
  nextNumber(): number;
};

export function createOrg(world: World, seed: OrgSeed): Org {
  const definitions = standardObjects({
    currencies: seed.currencies !== undefined,
    privacy: seed.dataPrivacy ?? false,
  });
  if (seed.packageInstalled ?? true) installPackage(definitions, world.packageObjects, seed.namespace);
  if (seed.currencies) addCurrencies(definitions, seed.currencies);
  for (const hidden of seed.hiddenFields ?? []) {
    const [type = '', field = ''] = hidden.split('.');
    definitions.get(type)?.fields.delete(field);
  }
  return {
    seed,
    definitions,
    tables: new Map([...definitions.keys()].map((type) => [type, new Map()])),
    bin: new Map(),
    unique: new Map(),
    numbers: new Map(),
    refs: new Map(),
    unseen: new Set(),
    credentials: new Map(),
    events: [],
    calls: [],
    closed: false,
    jobs: new Map(),
  };
}

/** Throws for a type the org does not have. */
export function definitionOf(org: Org, type: string): ObjectDefinition {
  const found = org.definitions.get(type);
  if (!found) throw noSuchType(type);
  return found;
}

export function tableOf(org: Org, type: string): Map<string, SfRecord> {
  const table = org.tables.get(type);
  if (!table) throw noSuchType(type);
  return table;
}

export function orgOf(world: World, id: string): Org {
  const org = world.orgs.get(id);
  if (!org) throw notFound(`No org ${id}`);
  return org;
}

export const findUser = (org: Org, userId: string | undefined): OrgUser | undefined =>
  userId === undefined ? org.seed.users[0] : org.seed.users.find(({ id }) => id === userId);
