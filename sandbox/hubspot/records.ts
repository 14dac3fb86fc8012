// Creates, changes, archives and finds CRM records, keeping history, unique values and search versions right.
import { infoOf, type Kind } from './kinds.ts';
import { conflict, invalid } from './refusal.ts';
import { tableOf, type CrmRecord, type Portal, type World } from './world.ts';

/** Who writes: our app, or a person at the screen. */
export type Writer = { source: 'INTEGRATION' | 'CRM_UI'; id: string };

/** Where a write happens. */
export type Place = { world: World; portal: Portal; writer: Writer };

const KEPT_VALUES = 20;

/** `properties` are checked already. */
export function createRecord(place: Place, kind: Kind, properties: Record<string, string>): CrmRecord {
  const { world, portal } = place;
  requireUnique(portal, kind, properties);
  const info = infoOf(kind);
  const now = world.clock.now().toISOString();
  const id = world.nextId();
  const record: CrmRecord = {
    id,
    kind,
    properties: { hs_object_id: id, [info.created]: now },
    history: new Map(),
    createdAt: now,
    updatedAt: now,
    versions: [],
    associations: new Map(),
  };
  tableOf(portal.records, kind).set(id, record);
  store(place, record, properties);
  announce(place, record, 'creation');
  announceChanges(place, record, properties);
  return record;
}

/** Writes checked properties over the old ones; an empty text clears. */
export function updateRecord(place: Place, record: CrmRecord, properties: Record<string, string>): void {
  requireUnique(place.portal, record.kind, properties, record.id);
  const changed = Object.fromEntries(
    Object.entries(properties).filter(([name, value]) => (record.properties[name] ?? '') !== value),
  );
  store(place, record, changed);
  announceChanges(place, record, changed);
}

function store(place: Place, record: CrmRecord, properties: Record<string, string>): void {
  const { world, portal, writer } = place;
  const now = world.clock.now();
  const timestamp = now.toISOString();
  for (const [name, value] of Object.entries(properties)) {
    const past = record.history.get(name) ?? [];
    const entry = { value, timestamp, sourceType: writer.source, sourceId: writer.id };
    record.history.set(name, [entry, ...past].slice(0, KEPT_VALUES));
    moveUnique(portal, record, name, value);
  }
  record.updatedAt = timestamp;
  record.properties = { ...record.properties, ...properties, [infoOf(record.kind).modified]: timestamp };
  remember(world, record, now.getTime());
}

function remember(world: World, record: CrmRecord, at: number): void {
  const visible = record.versions.findLastIndex((version) => version.at <= at - world.searchLagMs);
  if (visible > 0) record.versions.splice(0, visible);
  record.versions.push({ at, properties: record.properties });
}

export function archiveRecord(place: Place, record: CrmRecord): void {
  removeRecord(place, record);
  announce(place, record, 'deletion');
}

/** Takes a record out of the lists without telling anybody. */
export function removeRecord(place: Place, record: CrmRecord): void {
  const { world, portal } = place;
  record.archivedAt = world.clock.now().toISOString();
  tableOf(portal.records, record.kind).delete(record.id);
  tableOf(portal.archived, record.kind).set(record.id, record);
  for (const name of Object.keys(record.properties)) moveUnique(portal, record, name, '');
  for (const key of record.associations.keys()) {
    findByKey(portal, key)?.associations.delete(keyOf(record));
  }
}

export function findRecord(portal: Portal, kind: Kind, id: string): CrmRecord | undefined {
  const table = tableOf(portal.records, kind);
  return table.get(id) ?? table.get(portal.redirects.get(`${kind}:${id}`) ?? '');
}

/** By record id, or by a property with unique values; refuses a property that has none. */
export function findBy(
  portal: Portal,
  kind: Kind,
  idProperty: string | undefined,
  id: string,
): CrmRecord | undefined {
  if (idProperty === undefined || idProperty === 'hs_object_id') return findRecord(portal, kind, id);
  requireUniqueProperty(portal, kind, idProperty);
  const found = portal.unique.get(`${kind}.${idProperty}`)?.get(uniqueForm(id));
  if (found !== undefined) return findRecord(portal, kind, found);
  return kind === 'contacts' && idProperty === 'email' ? byAdditionalEmail(portal, id) : undefined;
}

function byAdditionalEmail(portal: Portal, email: string): CrmRecord | undefined {
  return [...tableOf(portal.records, 'contacts').values()].find((record) =>
    additionalEmails(record.properties).includes(uniqueForm(email)),
  );
}

/** A contact is found by any of its addresses, and keeps those of the contacts merged into it. */
export const additionalEmails = (properties: Record<string, string>): string[] =>
  (properties['hs_additional_emails'] ?? '').split(';').filter(Boolean);

export function requireUniqueProperty(portal: Portal, kind: Kind, name: string): void {
  if (!tableOf(portal.properties, kind).get(name)?.hasUniqueValue)
    throw invalid(
      `Property '${name}' is not a unique property for ${infoOf(kind).singular} and can't be used as idProperty`,
    );
}

export const keyOf = (record: { kind: Kind; id: string }): string => `${record.kind}:${record.id}`;

export function findByKey(portal: Portal, key: string): CrmRecord | undefined {
  const [kind = '', id = ''] = key.split(':');
  return findRecord(portal, kind as Kind, id);
}

const uniqueForm = (value: string): string => value.toLowerCase();

function requireUnique(portal: Portal, kind: Kind, properties: Record<string, string>, ownId?: string): void {
  const definitions = tableOf(portal.properties, kind);
  for (const [name, value] of Object.entries(properties)) {
    if (value === '' || !definitions.get(name)?.hasUniqueValue) continue;
    const owner = portal.unique.get(`${kind}.${name}`)?.get(uniqueForm(value));
    if (owner !== undefined && owner !== ownId)
      throw conflict(`${infoOf(kind).singular} already exists with this ${name}. Existing ID: ${owner}`);
  }
}

function moveUnique(portal: Portal, record: CrmRecord, name: string, value: string): void {
  if (!tableOf(portal.properties, record.kind).get(name)?.hasUniqueValue) return;
  const key = `${record.kind}.${name}`;
  const index = portal.unique.get(key) ?? new Map<string, string>();
  portal.unique.set(key, index);
  const old = record.properties[name];
  if (old && index.get(uniqueForm(old)) === record.id) index.delete(uniqueForm(old));
  if (value !== '') index.set(uniqueForm(value), record.id);
}

function announceChanges(place: Place, record: CrmRecord, changed: Record<string, string>): void {
  for (const [propertyName, propertyValue] of Object.entries(changed))
    announce(place, record, 'propertyChange', { propertyName, propertyValue });
}

/** Tells the webhook room what happened to a record. */
export function announce(
  place: Place,
  record: CrmRecord,
  happened: 'creation' | 'propertyChange' | 'deletion' | 'merge' | 'privacyDeletion',
  more: { propertyName?: string; propertyValue?: string; mergedIds?: string[]; primaryId?: string } = {},
): void {
  place.world.announce({
    portalId: place.portal.seed.id,
    kind: record.kind,
    objectId: record.id,
    happened,
    changeSource: place.writer.source,
    sourceId: place.writer.id,
    ...more,
  });
}
