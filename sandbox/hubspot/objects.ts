// Routes for one record at a time, and the list: create, read, update, archive, page, merge.
import { z } from 'zod';
import type { Route, StandInRequest } from '../stand-in/server.ts';
import { api, bodyOf, kindIn, listIn, numberIn, type ApiCall, type ApiRoom, type ScopeNeed } from './api.ts';
import { applyLinks, checkedLinks, associationsShown, linkSchema } from './associations.ts';
import type { KindInfo } from './kinds.ts';
import { mergeRecords } from './merge.ts';
import { archiveRecord, createRecord, findBy, updateRecord } from './records.ts';
import { invalid, notFound } from './refusal.ts';
import { checkedProperties } from './values.ts';
import { tableOf, type CrmRecord, type Portal } from './world.ts';

const BASE = '/crm/objects/2026-03/:objectType';

const valuesSchema = z.record(z.string(), z.string());
const createSchema = z.strictObject({
  properties: valuesSchema,
  associations: z.array(linkSchema).optional(),
  objectWriteTraceId: z.string().optional(),
});
const updateSchema = z.strictObject({ properties: valuesSchema, objectWriteTraceId: z.string().optional() });
const mergeSchema = z.strictObject({ primaryObjectId: z.string(), objectIdToMerge: z.string() });

export function readScopes(call: ApiCall): ScopeNeed {
  const { scope } = kindIn(call);
  return [[`crm.objects.${scope}.read`, `crm.objects.${scope}.write`]];
}

export const writeScopes = (call: ApiCall): ScopeNeed => [[`crm.objects.${kindIn(call).scope}.write`]];

export function objectRoutes(room: ApiRoom): Route[] {
  const read = { needs: readScopes };
  const write = { needs: writeScopes };
  return [
    { method: 'GET', path: BASE, handler: api(room, read, page) },
    { method: 'POST', path: BASE, handler: api(room, write, create) },
    { method: 'POST', path: `${BASE}/merge`, handler: api(room, write, merge) },
    { method: 'GET', path: `${BASE}/:objectId`, handler: api(room, read, readOne) },
    { method: 'PATCH', path: `${BASE}/:objectId`, handler: api(room, write, updateOne) },
    { method: 'DELETE', path: `${BASE}/:objectId`, handler: api(room, write, archiveOne) },
  ];
}

/** Properties as an answer shows them: the ones asked for or the type's usual ones; unset ones are null. */
export function shownProperties(
  portal: Portal,
  info: KindInfo,
  record: CrmRecord,
  asked: readonly string[],
): Record<string, string | null> {
  const known = tableOf(portal.properties, info.kind);
  const names = asked.length > 0 ? [...asked, info.created, info.modified, 'hs_object_id'] : info.shown;
  const shown: Record<string, string | null> = {};
  for (const name of names) if (known.has(name)) shown[name] = record.properties[name] || null;
  return shown;
}

/** The fields every record in an answer has. */
export function envelope(record: CrmRecord): {
  id: string;
  createdAt: string;
  updatedAt: string;
  archived: boolean;
} {
  return {
    id: record.id,
    createdAt: record.createdAt,
    updatedAt: record.updatedAt,
    archived: record.archivedAt !== undefined,
    ...(record.archivedAt ? { archivedAt: record.archivedAt } : {}),
  };
}

/** Past values by property, newest first, when the caller asks for them. */
export function historyShown(record: CrmRecord, names: readonly string[]): object {
  if (names.length === 0) return {};
  const shown = names.map((name) => [name, record.history.get(name) ?? []] as const);
  return { propertiesWithHistory: Object.fromEntries(shown) };
}

/** What a write answers: the record with everything it holds. */
export const written = (record: CrmRecord): object => ({
  ...envelope(record),
  properties: Object.fromEntries(Object.entries(record.properties).filter(([, value]) => value !== '')),
});

export function requireComplete(info: KindInfo, properties: Record<string, string>): void {
  const missing = info.required.filter((name) => !properties[name]);
  if (missing.length === 0) return;
  throw invalid(
    `Error creating ${info.singular.toUpperCase()}. Some required properties were not set.`,
    missing.map((name) => ({
      message: `${name} is required`,
      code: 'REQUIRED_FIELD',
      context: { properties: [name] },
    })),
  );
}

function shape(call: ApiCall, info: KindInfo, record: CrmRecord): object {
  const { request } = call;
  const kinds = listIn(request, 'associations');
  return {
    ...envelope(record),
    properties: shownProperties(call.portal, info, record, listIn(request, 'properties')),
    ...historyShown(record, listIn(request, 'propertiesWithHistory')),
    ...(kinds.length > 0 ? { associations: associationsShown(record, kinds) } : {}),
  };
}

function page(call: ApiCall) {
  const { request, portal } = call;
  const info = kindIn(call);
  const limit = numberIn(request, 'limit', 10, 100);
  const archived = request.url.searchParams.get('archived') === 'true';
  const all = [...tableOf(archived ? portal.archived : portal.records, info.kind).values()];
  const start = startAfter(all, request);
  const slice = all.slice(start, start + limit);
  const last = slice.at(-1);
  const more = last && start + limit < all.length ? { paging: { next: { after: last.id } } } : {};
  return { status: 200, body: { results: slice.map((record) => shape(call, info, record)), ...more } };
}

function startAfter(all: readonly CrmRecord[], request: StandInRequest): number {
  const after = request.url.searchParams.get('after');
  if (after === null) return 0;
  if (!/^\d+$/.test(after)) throw invalid(`Invalid value for after: ${after}`);
  const start = all.findIndex((record) => Number(record.id) > Number(after));
  return start < 0 ? all.length : start;
}

function create(call: ApiCall) {
  const info = kindIn(call);
  const body = bodyOf(call.request, createSchema);
  const [properties = {}] = checkedProperties(call.portal, info.kind, [body.properties]);
  requireComplete(info, properties);
  const links = checkedLinks(call.portal, info.kind, body.associations ?? []);
  const record = createRecord(call.place, info.kind, properties);
  applyLinks(call.place, record, links);
  return { status: 201, body: written(record) };
}

function findOne(call: ApiCall, info: KindInfo): CrmRecord {
  const { request, portal } = call;
  const id = request.params['objectId'] ?? '';
  const idProperty = request.url.searchParams.get('idProperty') ?? undefined;
  const live = findBy(portal, info.kind, idProperty, id);
  if (live) return live;
  const gone =
    request.url.searchParams.get('archived') === 'true' && tableOf(portal.archived, info.kind).get(id);
  if (gone) return gone;
  throw notFound(`Object not found. objectId are usually numeric. Object ID: ${id}`);
}

function readOne(call: ApiCall) {
  const info = kindIn(call);
  return { status: 200, body: shape(call, info, findOne(call, info)) };
}

function updateOne(call: ApiCall) {
  const info = kindIn(call);
  const body = bodyOf(call.request, updateSchema);
  const record = findOne(call, info);
  const [properties = {}] = checkedProperties(call.portal, info.kind, [body.properties]);
  updateRecord(call.place, record, properties);
  return { status: 200, body: written(record) };
}

function archiveOne(call: ApiCall) {
  const info = kindIn(call);
  const record = findBy(call.portal, info.kind, undefined, call.request.params['objectId'] ?? '');
  if (record) archiveRecord(call.place, record);
  return { status: 204 };
}

function merge(call: ApiCall) {
  const { kind } = kindIn(call);
  const { primaryObjectId, objectIdToMerge } = bodyOf(call.request, mergeSchema);
  return { status: 200, body: written(mergeRecords(call.place, kind, [primaryObjectId, objectIdToMerge])) };
}
