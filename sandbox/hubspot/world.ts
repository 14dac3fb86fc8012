// Everything the stand-in remembers: accounts, records, properties, tokens; built from the seeds and rebuilt on reset.
import type { SandboxClock } from '../clock.ts';
import type { Faults } from '../stand-in/faults.ts';
import { BUILTIN, type PropertyType } from './builtin-properties.ts';
import { KINDS, type Kind } from './kinds.ts';
import type { HubspotSettings, PortalSeed, PortalUser } from './types.ts';

export type PropertyOption = {
  label: string;
  value: string;
  hidden: boolean;
  displayOrder?: number;
  description?: string;
};

export type PropertyDefinition = {
  name: string;
  label: string;
  type: PropertyType;
  fieldType: string;
  groupName: string;
  description: string;
  options: PropertyOption[];
  displayOrder: number;
  hasUniqueValue: boolean;
  hidden: boolean;
  formField: boolean;
  hubspotDefined: boolean;
  readOnly: boolean;
  createdAt?: string;
  updatedAt?: string;
};

export type PropertyGroup = { name: string; label: string; displayOrder: number; archived: false };

export type PastValue = { value: string; timestamp: string; sourceType: string; sourceId?: string };

export type CrmRecord = {
  id: string;
  kind: Kind;
  properties: Record<string, string>;
  history: Map<string, PastValue[]>;
  createdAt: string;
  updatedAt: string;
  archivedAt?: string;
  /** What search saw when: oldest first, and never more than search still needs. */
  versions: { at: number; properties: Record<string, string> }[];
  /** Associated records, `kind:id` → association type ids seen from this record. */
  associations: Map<string, Set<number>>;
};

export type Portal = {
  seed: PortalSeed;
  records: Map<Kind, Map<string, CrmRecord>>;
  archived: Map<Kind, Map<string, CrmRecord>>;
  properties: Map<Kind, Map<string, PropertyDefinition>>;
  groups: Map<Kind, Map<string, PropertyGroup>>;
  /** `kind.property` → value → record id, for properties with unique values. */
  unique: Map<string, Map<string, string>>;
  /** `kind:oldId` → id of the survivor, for merges that redirect. */
  redirects: Map<string, string>;
  refs: Map<string, { kind: Kind; id: string }>;
};

export type Token = {
  use: 'access_token' | 'refresh_token';
  portalId: number;
  userId: number;
  scopes: readonly string[];
  /** Milliseconds since 1970; refresh tokens do not expire. */
  expiresAt?: number;
};

export type AuthCode = {
  portalId: number;
  userId: number;
  scopes: readonly string[];
  redirectUri: string;
  challenge?: string;
  expiresAt: number;
};

export type CrmEvent = {
  portalId: number;
  kind: Kind;
  objectId: string;
  happened: 'creation' | 'propertyChange' | 'deletion' | 'merge' | 'privacyDeletion';
  propertyName?: string;
  propertyValue?: string;
  changeSource: string;
  sourceId: string;
  /** Merge only. */
  mergedIds?: string[];
  primaryId?: string;
};

export type World = {
  clock: SandboxClock;
  faults: Faults;
  settings: HubspotSettings;
  searchLagMs: number;
  portals: Map<number, Portal>;
  tokens: Map<string, Token>;
  codes: Map<string, AuthCode>;
  /** Numeric strings, never used twice, also not after a reset. */
  nextId(): string;
  announce(event: CrmEvent): void;
};

const FIELD_TYPE: Record<PropertyType, string> = {
  string: 'text',
  number: 'number',
  date: 'date',
  datetime: 'date',
  enumeration: 'select',
  bool: 'booleancheckbox',
};

export function createPortal(seed: PortalSeed): Portal {
  const portal: Portal = {
    seed,
    records: new Map(),
    archived: new Map(),
    properties: new Map(),
    groups: new Map(),
    unique: new Map(),
    redirects: new Map(),
    refs: new Map(),
  };
  for (const { kind, singular } of KINDS) {
    const group = `${singular}information`;
    portal.records.set(kind, new Map());
    portal.archived.set(kind, new Map());
    portal.groups.set(
      kind,
      new Map([[group, { name: group, label: titled(group), displayOrder: 0, archived: false }]]),
    );
    portal.properties.set(kind, builtinProperties(kind, group));
  }
  return portal;
}

function builtinProperties(kind: Kind, groupName: string): Map<string, PropertyDefinition> {
  const definitions = BUILTIN[kind].map((builtin): PropertyDefinition => ({
    name: builtin.name,
    label: titled(builtin.name.replace(/^hs_/, '')),
    type: builtin.type,
    fieldType: FIELD_TYPE[builtin.type],
    groupName,
    description: '',
    options: (builtin.options ?? []).map((value, displayOrder) => ({
      label: titled(value),
      value,
      hidden: false,
      displayOrder,
    })),
    displayOrder: -1,
    hasUniqueValue: builtin.unique ?? false,
    hidden: false,
    formField: false,
    hubspotDefined: true,
    readOnly: builtin.readOnly ?? false,
  }));
  return new Map(definitions.map((definition) => [definition.name, definition]));
}

const RUN_TOGETHER: Record<string, string> = {
  firstname: 'First name',
  lastname: 'Last name',
  jobtitle: 'Job title',
  lifecyclestage: 'Lifecycle stage',
  mobilephone: 'Mobile phone',
  dealname: 'Deal name',
  dealstage: 'Deal stage',
  dealtype: 'Deal type',
  closedate: 'Close date',
  domain: 'Company domain name',
  appointmentscheduled: 'Appointment scheduled',
  qualifiedtobuy: 'Qualified to buy',
  presentationscheduled: 'Presentation scheduled',
  decisionmakerboughtin: 'Decision maker bought-in',
  contractsent: 'Contract sent',
  closedwon: 'Closed won',
  closedlost: 'Closed lost',
};

const titled = (word: string): string => {
  const spaced = RUN_TOGETHER[word] ?? word.replaceAll('_', ' ');
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
};

/** The table of one object type in one of the portal's maps; every type has one from the start. */
export function tableOf<T>(tables: Map<Kind, Map<string, T>>, kind: Kind): Map<string, T> {
  const table = tables.get(kind);
  if (!table) throw new Error(`no table for ${kind}`);
  return table;
}

export const findUser = (portal: Portal, userId: number | undefined): PortalUser | undefined =>
  userId === undefined ? portal.seed.users[0] : portal.seed.users.find((user) => user.id === userId);

/** HubSpot numbers owners apart from users. */
export const ownerIdOf = (user: PortalUser): string => String(70_000_000 + user.id);
