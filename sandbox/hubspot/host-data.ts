// What the record page and its cards ask the stand-in for: a record's values, its relatives, and searches.
import { z } from 'zod';
import type { Handler, Route, StandInRequest } from '../stand-in/server.ts';
import { answerOf, bodyOf } from './api.ts';
import { linkedIds, typesShown } from './associations.ts';
import { existing, screenOf } from './doors.ts';
import { findKind, infoOf, KINDS, type Kind } from './kinds.ts';
import { findRecord } from './records.ts';
import { notFound } from './refusal.ts';
import { matching, searchSchema } from './search.ts';
import { tableOf, type CrmRecord, type Portal, type World } from './world.ts';

const OUR_PREFIX = 'payside_';

const ABOUT: Partial<Record<Kind, readonly string[]>> = {
  contacts: ['email', 'phone', 'company', 'jobtitle', 'lifecyclestage'],
  companies: ['domain', 'phone', 'city', 'country', 'industry'],
  deals: ['amount', 'dealstage', 'pipeline', 'closedate', 'deal_currency_code'],
};

export type PropertyView = { name: string; label: string; type: string; value: string; shown: string };
export type RelatedView = {
  title: string;
  items: { id: string; name: string; typeId: string; hasPage: boolean }[];
};
export type RecordView = {
  id: string;
  name: string;
  about: PropertyView[];
  ours: PropertyView[];
  related: RelatedView[];
};

export function hostDataRoutes(world: World): Route[] {
  const at = '/_host/:portalId/:typeId';
  return [
    { method: 'GET', path: `${at}/:id`, handler: guarded((r) => recordView(...subject(world, r))) },
    { method: 'GET', path: `${at}/:id/properties`, handler: guarded((r) => values(world, r)) },
    { method: 'GET', path: `${at}/:id/associations/:toType`, handler: guarded((r) => relatives(world, r)) },
    { method: 'POST', path: `${at}/search`, handler: guarded((r) => search(world, r)) },
  ];
}

const guarded =
  (look: (request: StandInRequest) => unknown): Handler =>
  (request) => {
    try {
      return { status: 200, headers: { 'cache-control': 'no-store' }, body: look(request) };
    } catch (error) {
      return answerOf(error);
    }
  };

function subject(world: World, { params }: StandInRequest): [Portal, CrmRecord] {
  const place = screenOf(world, Number(params['portalId']));
  const info = findKind(params['typeId'] ?? '');
  if (!info) throw notFound(`No object type ${params['typeId']}`);
  return [place.portal, existing(place, info.kind, params['id'] ?? '')];
}

/** What people call a record. */
export function nameOf(record: CrmRecord): string {
  const p = record.properties;
  const person = [p['firstname'], p['lastname']].filter(Boolean).join(' ');
  const named = person || p['name'] || p['dealname'] || p['hs_title'] || p['hs_number'] || p['email'];
  return named || `${infoOf(record.kind).singular.replace('_', ' ')} ${record.id}`;
}

/** Everything the left and right columns show of a record. */
export function recordView(portal: Portal, record: CrmRecord): RecordView {
  const definitions = tableOf(portal.properties, record.kind);
  const ours = [...definitions.keys()].filter((name) => name.startsWith(OUR_PREFIX));
  return {
    id: record.id,
    name: nameOf(record),
    about: (ABOUT[record.kind] ?? []).map((name) => propertyView(portal, record, name)),
    ours: ours.map((name) => propertyView(portal, record, name)),
    related: KINDS.flatMap(({ kind }) => relatedView(portal, record, kind)),
  };
}

function propertyView(portal: Portal, record: CrmRecord, name: string): PropertyView {
  const definition = tableOf(portal.properties, record.kind).get(name);
  const type = definition?.type ?? 'string';
  const value = record.properties[name] ?? '';
  const option = definition?.options.find((one) => one.value === value);
  const shown = option?.label ?? written(value, type, portal.seed.timeZone);
  return { name, label: definition?.label ?? name, type, value, shown };
}

function written(value: string, type: string, timeZone: string): string {
  if (value === '') return '--';
  if (type === 'number')
    return new Intl.NumberFormat('en-GB', { maximumFractionDigits: 6 }).format(Number(value));
  if (type === 'date')
    return new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(value));
  if (type !== 'datetime') return value;
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(
    new Date(value),
  );
}

const TITLES: Partial<Record<Kind, string>> = { line_items: 'Line items', commerce_payments: 'Payments' };
const HAS_PAGE: ReadonlySet<Kind> = new Set(['contacts', 'companies', 'deals']);

export const titleOf = (kind: Kind): string => TITLES[kind] ?? kind.charAt(0).toUpperCase() + kind.slice(1);

function relatedView(portal: Portal, record: CrmRecord, kind: Kind): RelatedView[] {
  const items = linkedIds(record, kind).flatMap(({ id }) => {
    const other = findRecord(portal, kind, id);
    return other
      ? [{ id, name: nameOf(other), typeId: infoOf(kind).typeId, hasPage: HAS_PAGE.has(kind) }]
      : [];
  });
  return items.length > 0 ? [{ title: titleOf(kind), items }] : [];
}

const namesIn = (request: StandInRequest): string[] =>
  (request.url.searchParams.get('names') ?? '').split(',').filter(Boolean);

const picked = (record: CrmRecord, names: readonly string[]): Record<string, string | null> =>
  Object.fromEntries(names.map((name) => [name, record.properties[name] || null]));

/** For useCrmProperties and fetchCrmObjectProperties; `*` means all that are set. */
function values(world: World, request: StandInRequest): Record<string, string | null> {
  const [, record] = subject(world, request);
  const names = namesIn(request);
  return picked(record, names.includes('*') ? Object.keys(record.properties) : names);
}

/** For useAssociations. */
function relatives(world: World, request: StandInRequest): object {
  const [portal, record] = subject(world, request);
  const to = findKind(request.params['toType'] ?? '');
  if (!to) throw notFound(`No object type ${request.params['toType']}`);
  const offset = Number(request.url.searchParams.get('offset') ?? 0);
  const limit = Number(request.url.searchParams.get('limit') ?? 10);
  const all = linkedIds(record, to.kind);
  const results = all.slice(offset, offset + limit).flatMap(({ id, typeIds }) => {
    const other = findRecord(portal, to.kind, id);
    const types = typesShown(typeIds);
    return other
      ? [{ toObjectId: Number(id), associationTypes: types, properties: picked(other, namesIn(request)) }]
      : [];
  });
  return { results, hasMore: offset + limit < all.length, nextOffset: offset + limit };
}

const hookSearchSchema = searchSchema.extend({ limit: z.int().min(1).max(200) });

/** For useCrmSearch: the screen's own search sees records at once. */
function search(world: World, request: StandInRequest): object {
  const { portal } = screenOf(world, Number(request.params['portalId']));
  const info = findKind(request.params['typeId'] ?? '');
  if (!info) throw notFound(`No object type ${request.params['typeId']}`);
  const body = bodyOf(request, hookSearchSchema);
  const seen = [...tableOf(portal.records, info.kind).values()].map((record) => ({
    record,
    properties: record.properties,
  }));
  const found = matching(seen, body, tableOf(portal.properties, info.kind));
  const start = Number(body.after ?? 0);
  const results = found.slice(start, start + body.limit).map(({ record }) => ({
    objectId: Number(record.id),
    properties: picked(record, body.properties ?? []),
  }));
  const next = start + body.limit;
  const hasMore = next < found.length;
  return { results, total: found.length, hasMore, ...(hasMore ? { after: String(next) } : {}) };
}
