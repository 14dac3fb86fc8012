// Associations: links between records with HubSpot's types, and the routes that read and write them.
import { z } from 'zod';
import type { Route } from '../stand-in/server.ts';
import { api, bodyOf, kindIn, numberIn, type ApiCall, type ApiRoom, type ScopeNeed } from './api.ts';
import { associationType, typesBetween, type AssociationType } from './association-types.ts';
import { findKind, infoOf, type Kind, type KindInfo } from './kinds.ts';
import { findRecord, keyOf, type Place } from './records.ts';
import { invalid, notFound } from './refusal.ts';
import type { CrmRecord, Portal } from './world.ts';

const specSchema = z.strictObject({
  associationCategory: z.enum(['HUBSPOT_DEFINED', 'USER_DEFINED', 'INTEGRATOR_DEFINED']),
  associationTypeId: z.int(),
});
export const specsSchema = z.array(specSchema).min(1);
export const linkSchema = z.strictObject({ to: z.strictObject({ id: z.string() }), types: specsSchema });

export type Spec = z.infer<typeof specSchema>;
type Link = { target: CrmRecord; types: AssociationType[] };

/** Links one record to another, and back, by a type seen from the first. */
export function linkRecords(place: Place, from: CrmRecord, to: CrmRecord, type: AssociationType): void {
  if (type.label === 'Primary') dropPrimary(place.portal, from, type);
  connect(from, to, type.id);
  connect(to, from, type.opposite);
  settleInvoice(from, to);
}

/** The unlabelled link, and the primary company where the record has none yet. */
export function linkByDefault(place: Place, from: CrmRecord, to: CrmRecord): AssociationType {
  const types = typesBetween(from.kind, to.kind);
  const [plain] = types;
  if (!plain) throw invalid(`No association is defined from ${from.kind} to ${to.kind}`);
  linkRecords(place, from, to, plain);
  const primary = types.find((type) => type.label === 'Primary');
  const [child, parent] = to.kind === 'companies' ? [from, to] : [to, from];
  if (primary && !hasPrimary(child)) {
    connect(child, parent, to.kind === 'companies' ? primary.id : primary.opposite);
    connect(parent, child, to.kind === 'companies' ? primary.opposite : primary.id);
  }
  return plain;
}

const PRIMARY_COMPANY = [1, 5];

const hasPrimary = (child: CrmRecord): boolean =>
  [...child.associations.values()].some((ids) => PRIMARY_COMPANY.some((id) => ids.has(id)));

function connect(from: CrmRecord, to: CrmRecord, typeId: number): void {
  const ids = from.associations.get(keyOf(to)) ?? new Set<number>();
  from.associations.set(keyOf(to), ids.add(typeId));
}

export function separate(one: CrmRecord, other: CrmRecord): void {
  one.associations.delete(keyOf(other));
  other.associations.delete(keyOf(one));
}

/** A contact or deal has one primary company; a new one takes the place of the old. */
function dropPrimary(portal: Portal, from: CrmRecord, type: AssociationType): void {
  if (type.to !== 'companies') return;
  for (const [key, ids] of from.associations) {
    if (!ids.delete(type.id)) continue;
    const [kind = '', id = ''] = key.split(':');
    findRecord(portal, kind as Kind, id)
      ?.associations.get(keyOf(from))
      ?.delete(type.opposite);
  }
}

/** HubSpot marks an invoice as paid once a succeeded payment is associated with it. */
function settleInvoice(one: CrmRecord, other: CrmRecord): void {
  const payment = [one, other].find((record) => record.kind === 'commerce_payments');
  const invoice = [one, other].find((record) => record.kind === 'invoices');
  if (!invoice || payment?.properties['hs_latest_status'] !== 'succeeded') return;
  invoice.properties = { ...invoice.properties, hs_invoice_status: 'paid' };
}

/** The links of a create, all checked before anything is written. */
export function checkedLinks(portal: Portal, from: Kind, links: z.infer<typeof linkSchema>[]): Link[] {
  return links.map((link) => {
    const types = link.types.map((spec) => typeOf(from, undefined, spec));
    const target = findRecord(portal, types[0]?.to ?? from, link.to.id);
    if (!target) throw invalid(`Association target ${link.to.id} does not exist`);
    return { target, types };
  });
}

export function applyLinks(place: Place, record: CrmRecord, links: readonly Link[]): void {
  for (const { target, types } of links) for (const type of types) linkRecords(place, record, target, type);
}

/** The type a spec names; refuses one that does not lead from the one type to the other. */
export function typeOf(from: Kind, to: Kind | undefined, spec: Spec): AssociationType {
  const type = associationType(spec.associationTypeId);
  const fits = type && type.from === from && (to === undefined || type.to === to);
  if (!fits || spec.associationCategory !== 'HUBSPOT_DEFINED')
    throw invalid(
      `Association type ${spec.associationTypeId} (${spec.associationCategory}) does not exist from ${from}` +
        (to ? ` to ${to}` : ''),
    );
  return type;
}

/** Records of one type that a record is linked with, in the order of their ids. */
export function linkedIds(record: CrmRecord, kind: Kind): { id: string; typeIds: number[] }[] {
  const found: { id: string; typeIds: number[] }[] = [];
  for (const [key, ids] of record.associations) {
    const [linkedKind, id = ''] = key.split(':');
    if (linkedKind === kind) found.push({ id, typeIds: [...ids] });
  }
  return found.sort((a, b) => Number(a.id) - Number(b.id));
}

/** The `associations` part of a record read. */
export function associationsShown(record: CrmRecord, names: readonly string[]): object {
  const shown: Record<string, { results: { id: string; type: string }[] }> = {};
  for (const name of names) {
    const info = findKind(name);
    if (!info) throw invalid(`Unable to infer object type from: ${name}`);
    const type = `${infoOf(record.kind).singular}_to_${info.singular}`;
    const results = linkedIds(record, info.kind).map(({ id }) => ({ id, type }));
    if (results.length > 0) shown[info.kind.replace('_', ' ')] = { results };
  }
  return shown;
}

/** Association types as the v4 answers show them. */
export const typesShown = (typeIds: readonly number[]): object[] =>
  typeIds.map((typeId) => ({
    category: 'HUBSPOT_DEFINED',
    typeId,
    label: associationType(typeId)?.label ?? null,
  }));

export const pairOf = (call: ApiCall): { from: KindInfo; to: KindInfo } => ({
  from: kindIn(call, 'fromType'),
  to: kindIn(call, 'toType'),
});

export function pairScopes(verb: 'read' | 'write'): (call: ApiCall) => ScopeNeed {
  return (call) => {
    const { from, to } = pairOf(call);
    const readable = [from, to].map(({ scope }) => [
      `crm.objects.${scope}.read`,
      `crm.objects.${scope}.write`,
    ]);
    return verb === 'read' ? readable : [[`crm.objects.${from.scope}.write`], ...readable];
  };
}

const ONE = '/crm/objects/2026-03/:fromType/:fromId/associations';

/** Associations of a single record. */
export function associationRoutes(room: ApiRoom): Route[] {
  const write = { needs: pairScopes('write') };
  const read = { needs: pairScopes('read') };
  return [
    { method: 'PUT', path: `${ONE}/default/:toType/:toId`, handler: api(room, write, putDefault) },
    { method: 'PUT', path: `${ONE}/:toType/:toId`, handler: api(room, write, putLabelled) },
    { method: 'DELETE', path: `${ONE}/:toType/:toId`, handler: api(room, write, remove) },
    { method: 'GET', path: `${ONE}/:toType`, handler: api(room, read, page) },
  ];
}

function endsOf(call: ApiCall): { from: CrmRecord; to: CrmRecord } {
  const kinds = pairOf(call);
  const from = findRecord(call.portal, kinds.from.kind, call.request.params['fromId'] ?? '');
  const to = findRecord(call.portal, kinds.to.kind, call.request.params['toId'] ?? '');
  if (!from || !to) throw notFound('One of the records to associate does not exist');
  return { from, to };
}

function putDefault(call: ApiCall) {
  const { from, to } = endsOf(call);
  linkByDefault(call.place, from, to);
  const now = call.world.clock.now().toISOString();
  const results = [defaultShown(from, to), defaultShown(to, from)];
  return { status: 200, body: { status: 'COMPLETE', results, startedAt: now, completedAt: now } };
}

/** One direction of a default association, as the answers show it. */
export function defaultShown(from: CrmRecord, to: CrmRecord): object {
  const associationTypeId = typesBetween(from.kind, to.kind)[0]?.id ?? 0;
  return {
    from: { id: from.id },
    to: { id: to.id },
    associationSpec: { associationCategory: 'HUBSPOT_DEFINED', associationTypeId },
  };
}

function putLabelled(call: ApiCall) {
  const specs = bodyOf(call.request, specsSchema);
  const { from, to } = endsOf(call);
  const types = specs.map((spec) => typeOf(from.kind, to.kind, spec));
  for (const type of types) linkRecords(call.place, from, to, type);
  return { status: 201, body: pairShown(from, to, types) };
}

/** A labelled association as the answers show it. */
export const pairShown = (from: CrmRecord, to: CrmRecord, types: readonly AssociationType[]): object => ({
  fromObjectTypeId: infoOf(from.kind).typeId,
  fromObjectId: from.id,
  toObjectTypeId: infoOf(to.kind).typeId,
  toObjectId: to.id,
  labels: types.flatMap((type) => (type.label ? [type.label] : [])),
});

function remove(call: ApiCall) {
  const { from, to } = endsOf(call);
  from.associations.delete(keyOf(to));
  to.associations.delete(keyOf(from));
  return { status: 204 };
}

function page(call: ApiCall) {
  const kinds = pairOf(call);
  const from = findRecord(call.portal, kinds.from.kind, call.request.params['fromId'] ?? '');
  if (!from) throw notFound();
  const limit = numberIn(call.request, 'limit', 500, 500);
  const after = Number(call.request.url.searchParams.get('after') ?? 0);
  const all = linkedIds(from, kinds.to.kind).filter(({ id }) => Number(id) > after);
  const results = all
    .slice(0, limit)
    .map(({ id, typeIds }) => ({ toObjectId: id, associationTypes: typesShown(typeIds) }));
  const last = results.at(-1);
  const more = last && all.length > limit ? { paging: { next: { after: last.toObjectId } } } : {};
  return { status: 200, body: { results, ...more } };
}
