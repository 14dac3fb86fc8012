// Search: filters, sorting and paging over what the lagging index has seen, with HubSpot's caps.
import { z } from 'zod';
import type { Route } from '../stand-in/server.ts';
import { api, bodyOf, kindIn, type ApiCall, type ApiRoom } from './api.ts';
import { envelope, readScopes, shownProperties } from './objects.ts';
import { invalid } from './refusal.ts';
import { instantOf } from './values.ts';
import { tableOf, type CrmRecord, type PropertyDefinition } from './world.ts';

const CAP = 10_000;
const TEXTS = [
  'email',
  'firstname',
  'lastname',
  'phone',
  'company',
  'name',
  'domain',
  'dealname',
  'hs_title',
  'hs_number',
];

const filterSchema = z.strictObject({
  propertyName: z.string(),
  operator: z.enum([
    'EQ',
    'NEQ',
    'LT',
    'LTE',
    'GT',
    'GTE',
    'BETWEEN',
    'IN',
    'NOT_IN',
    'HAS_PROPERTY',
    'NOT_HAS_PROPERTY',
    'CONTAINS_TOKEN',
    'NOT_CONTAINS_TOKEN',
  ]),
  value: z.string().optional(),
  highValue: z.string().optional(),
  values: z.array(z.string()).optional(),
});
export const searchSchema = z.strictObject({
  filterGroups: z
    .array(z.strictObject({ filters: z.array(filterSchema).min(1).max(6) }))
    .max(5)
    .optional(),
  sorts: z
    .array(
      z.union([
        z.string(),
        z.strictObject({ propertyName: z.string(), direction: z.enum(['ASCENDING', 'DESCENDING']) }),
      ]),
    )
    .max(1)
    .optional(),
  query: z.string().max(3_000).optional(),
  properties: z.array(z.string()).optional(),
  limit: z.int().min(0).max(200).optional(),
  after: z.string().optional(),
});

type Filter = z.infer<typeof filterSchema>;
export type SearchRequest = z.infer<typeof searchSchema>;
type Seen = { record: CrmRecord; properties: Record<string, string> };

export function searchRoutes(room: ApiRoom): Route[] {
  const handler = api(room, { needs: readScopes, isSearch: true }, search);
  return [{ method: 'POST', path: '/crm/objects/2026-03/:objectType/search', handler }];
}

function search(call: ApiCall) {
  const info = kindIn(call);
  const body = bodyOf(call.request, searchSchema);
  const definitions = tableOf(call.portal.properties, info.kind);
  requireKnown(definitions, body);
  const limit = body.limit ?? 10;
  const start = startOf(body, limit);
  const records = tableOf(call.portal.records, info.kind).values();
  const found = matching(
    indexed(records, call.world.clock.now().getTime() - call.world.searchLagMs),
    body,
    definitions,
  );
  const results: object[] = [];
  for (const { record, properties } of found.slice(start, start + limit)) {
    const seen = { ...record, properties };
    const shown = shownProperties(call.portal, info, seen, body.properties ?? []);
    results.push({ ...envelope(record), properties: shown });
  }
  const next = start + results.length;
  const more = results.length > 0 && next < found.length ? { paging: { next: { after: String(next) } } } : {};
  return { status: 200, body: { total: found.length, results, ...more } };
}

function startOf(body: SearchRequest, limit: number): number {
  const start = Number(body.after ?? 0);
  if (!Number.isInteger(start) || start < 0) throw invalid(`Invalid value for after: ${body.after}`);
  if (start + limit > CAP) throw invalid(`Paging beyond ${CAP} results is not possible`);
  return start;
}

/** Records as the index saw them at a moment; newer ones are not there yet. */
function* indexed(records: Iterable<CrmRecord>, at: number): Iterable<Seen> {
  for (const record of records) {
    const seen = record.versions.findLast((version) => version.at <= at);
    if (seen) yield { record, properties: seen.properties };
  }
}

/** All matches of a search, sorted; ties and the unsorted come by id. */
export function matching(
  seen: Iterable<Seen>,
  body: SearchRequest,
  definitions: ReadonlyMap<string, PropertyDefinition>,
): Seen[] {
  const words = (body.query ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const groups = body.filterGroups ?? [];
  const found = [...seen].filter(
    ({ properties }) =>
      words.every((word) => TEXTS.some((name) => properties[name]?.toLowerCase().includes(word))) &&
      (groups.length === 0 ||
        groups.some(({ filters }) => filters.every((f) => passes(f, properties, definitions)))),
  );
  return found.sort((a, b) => order(a, b, body) || Number(a.record.id) - Number(b.record.id));
}

function order(a: Seen, b: Seen, body: SearchRequest): number {
  const [sort] = body.sorts ?? [];
  if (sort === undefined) return 0;
  const name = typeof sort === 'string' ? sort.replace(/^-/, '') : sort.propertyName;
  const down = typeof sort === 'string' ? sort.startsWith('-') : sort.direction === 'DESCENDING';
  const sign = compare(a.properties[name] ?? '', b.properties[name] ?? '');
  return down ? -sign : sign;
}

function compare(a: string, b: string): number {
  const [x, y] = [comparable(a), comparable(b)];
  if (typeof x === 'number' && typeof y === 'number') return x - y;
  return String(x) < String(y) ? -1 : String(x) > String(y) ? 1 : 0;
}

function comparable(value: string): number | string {
  if (/^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  return instantOf(value) ?? value.toLowerCase();
}

type Test = (value: string, filter: Filter) => boolean;

const tokens = (value: string): string[] => value.toLowerCase().split(/[\s,;@]+/);

function containsToken(value: string, filter: Filter): boolean {
  const wanted = (filter.value ?? '').toLowerCase();
  const pattern = new RegExp(`^${wanted.replace(/[.+?^$()|[\]\\{}]/g, '\\$&').replaceAll('*', '.*')}$`);
  return pattern.test(value.toLowerCase()) || tokens(value).some((token) => pattern.test(token));
}

const isIn = (value: string, filter: Filter): boolean =>
  (filter.values ?? []).some((wanted) => compare(wanted, value) === 0);

const TESTS: Record<Filter['operator'], Test> = {
  EQ: (value, { value: wanted = '' }) => value !== '' && compare(value, wanted) === 0,
  NEQ: (value, { value: wanted = '' }) => compare(value, wanted) !== 0,
  LT: (value, { value: limit = '' }) => value !== '' && compare(value, limit) < 0,
  LTE: (value, { value: limit = '' }) => value !== '' && compare(value, limit) <= 0,
  GT: (value, { value: limit = '' }) => value !== '' && compare(value, limit) > 0,
  GTE: (value, { value: limit = '' }) => value !== '' && compare(value, limit) >= 0,
  BETWEEN: (value, { value: low = '', highValue: high = '' }) =>
    value !== '' && compare(value, low) >= 0 && compare(value, high) <= 0,
  IN: (value, filter) => value !== '' && isIn(value, filter),
  NOT_IN: (value, filter) => !isIn(value, filter),
  HAS_PROPERTY: (value) => value !== '',
  NOT_HAS_PROPERTY: (value) => value === '',
  CONTAINS_TOKEN: (value, filter) => value !== '' && containsToken(value, filter),
  NOT_CONTAINS_TOKEN: (value, filter) => !containsToken(value, filter),
};

const passes = (
  filter: Filter,
  properties: Record<string, string>,
  definitions: ReadonlyMap<string, PropertyDefinition>,
): boolean =>
  definitions.has(filter.propertyName) &&
  TESTS[filter.operator](properties[filter.propertyName] ?? '', filter);

function requireKnown(definitions: ReadonlyMap<string, PropertyDefinition>, body: SearchRequest): void {
  const filters = (body.filterGroups ?? []).flatMap((group) => group.filters);
  if (filters.length > 18) throw invalid('A search may have no more than 18 filters');
  const strange = filters.find((filter) => !definitions.has(filter.propertyName));
  if (strange)
    throw invalid(`There was a problem with the request: no property named ${strange.propertyName} exists`, [
      {
        message: `property ${strange.propertyName} does not exist`,
        code: 'PROPERTY_DOESNT_EXIST',
        context: { propertyName: [strange.propertyName] },
      },
    ]);
}
