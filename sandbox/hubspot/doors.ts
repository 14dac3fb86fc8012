// The sandbox's own doors: what tests and demos do at the stand-in's screen, and what they look at.
import { z } from 'zod';
import type { Handler, Route } from '../stand-in/server.ts';
import { answerOf, bodyOf, revokeInstallation } from './api.ts';
import { linkByDefault, linkedIds } from './associations.ts';
import { findKind, KINDS, type Kind } from './kinds.ts';
import { mergeRecords } from './merge.ts';
import { propertyShown } from './properties.ts';
import {
  announce,
  archiveRecord,
  createRecord,
  findRecord,
  removeRecord,
  updateRecord,
  type Place,
} from './records.ts';
import { invalid, notFound } from './refusal.ts';
import type { MergeHow, PortalSeed } from './types.ts';
import { checkedProperties } from './values.ts';
import { findUser, tableOf, type CrmRecord, type Portal, type World } from './world.ts';
import type { Webhooks } from './webhooks.ts';

const where = { portalId: z.int(), userId: z.int().optional() };
const kind = z.string().transform((name, context): Kind => {
  const found = findKind(name);
  if (found) return found.kind;
  context.addIssue({ code: 'custom', message: `no such object type: ${name}` });
  return z.NEVER;
});
const end = z.strictObject({ kind, id: z.string() });

const createSchema = z.strictObject({ ...where, kind, properties: z.record(z.string(), z.string()) });
const updateSchema = createSchema.extend({ id: z.string() });
const oneSchema = z.strictObject({ ...where, kind, id: z.string() });
const associateSchema = z.strictObject({ ...where, from: end, to: end });
const mergeSchema = z.strictObject({
  ...where,
  kind,
  primaryId: z.string(),
  mergedId: z.string(),
  newId: z.boolean().optional(),
  redirect: z.boolean().optional(),
});
const uninstallSchema = z.strictObject({ portalId: z.int() });

/** Writes as a person of the account at the screen. */
export function screenOf(world: World, portalId: number, userId?: number): Place {
  const portal = world.portals.get(portalId);
  if (!portal) throw notFound(`No account ${portalId}`);
  const user = findUser(portal, userId);
  return { world, portal, writer: { source: 'CRM_UI', id: `userId:${user?.id ?? 0}` } };
}

export function createAtScreen(place: Place, kind: Kind, properties: Record<string, string>): CrmRecord {
  const [clean = {}] = checkedProperties(place.portal, kind, [properties]);
  return createRecord(place, kind, clean);
}

export function updateAtScreen(place: Place, record: CrmRecord, properties: Record<string, string>): void {
  const [clean = {}] = checkedProperties(place.portal, record.kind, [properties]);
  updateRecord(place, record, clean);
}

export function existing(place: Place, kind: Kind, id: string): CrmRecord {
  const record = findRecord(place.portal, kind, id);
  if (!record) throw notFound(`No record ${id} among the ${kind} of ${place.portal.seed.id}`);
  return record;
}

export function associateAtScreen(place: Place, from: CrmRecord, to: CrmRecord): void {
  linkByDefault(place, from, to);
}

export function doorRoutes(world: World): Route[] {
  const door = <T>(name: string, schema: z.ZodType<T>, work: (wish: T) => object): Route => ({
    method: 'POST',
    path: `/_sandbox/${name}`,
    handler: guarded((request) => ({ status: 200, body: work(bodyOf(request, schema)) })),
  });
  const screen = (wish: { portalId: number; userId?: number | undefined }) =>
    screenOf(world, wish.portalId, wish.userId);
  return [
    door('create', createSchema, (w) => ({ id: createAtScreen(screen(w), w.kind, w.properties).id })),
    door('update', updateSchema, (w) => {
      updateAtScreen(screen(w), existing(screen(w), w.kind, w.id), w.properties);
      return { updated: w.id };
    }),
    door('archive', oneSchema, (w) => {
      archiveRecord(screen(w), existing(screen(w), w.kind, w.id));
      return { archived: w.id };
    }),
    door('associate', associateSchema, (w) => {
      const place = screen(w);
      associateAtScreen(place, existing(place, w.from.kind, w.from.id), existing(place, w.to.kind, w.to.id));
      return { associated: true };
    }),
    door('merge', mergeSchema, (w) => ({
      id: mergeRecords(screen(w), w.kind, [w.primaryId, w.mergedId], howOf(w)).id,
    })),
    door('privacy-delete', oneSchema, (w) => {
      if (w.kind !== 'contacts') throw invalid('Only contacts can be deleted for privacy');
      const record = existing(screen(w), w.kind, w.id);
      removeRecord(screen(w), record);
      tableOf(screen(w).portal.archived, w.kind).delete(w.id);
      announce(screen(w), record, 'privacyDeletion');
      return { deleted: w.id };
    }),
    door('uninstall', uninstallSchema, ({ portalId }) => {
      revokeInstallation(world, portalId);
      return { uninstalled: portalId };
    }),
  ];
}

function howOf(wish: { newId?: boolean | undefined; redirect?: boolean | undefined }): MergeHow {
  return {
    ...(wish.newId === undefined ? {} : { newId: wish.newId }),
    ...(wish.redirect === undefined ? {} : { redirect: wish.redirect }),
  };
}

function guarded(handler: Handler): Handler {
  return async (request) => {
    try {
      return await handler(request);
    } catch (error) {
      return answerOf(error);
    }
  };
}

/** What `GET /_sandbox/objects/:kind` shows: an object type, or tokens, properties, webhooks, portals. */
export function objectsOf(world: World, webhooks: Webhooks, name: string): unknown {
  const portals = [...world.portals.values()];
  const info = findKind(name);
  if (info) {
    return portals.flatMap((portal) =>
      [...tableOf(portal.records, info.kind).values()].map((record) => recordShown(portal.seed.id, record)),
    );
  }
  const views: Record<string, () => unknown> = {
    tokens: () => [...world.tokens].map(([token, facts]) => Object.assign({ token }, facts)),
    webhooks: () => webhooks.deliveries,
    portals: () => portals.map(({ seed }) => portalShown(seed)),
    properties: () => portals.flatMap(customProperties),
  };
  return views[name]?.() ?? [];
}

const portalShown = ({ id, name, currency, timeZone, users }: PortalSeed): object => ({
  id,
  name,
  currency,
  timeZone,
  users,
});

function customProperties(portal: Portal): object[] {
  return KINDS.flatMap(({ kind }) =>
    [...tableOf(portal.properties, kind).values()]
      .filter((property) => !property.hubspotDefined)
      .map((property) => Object.assign({ portalId: portal.seed.id, kind }, propertyShown(property))),
  );
}

function recordShown(portalId: number, record: CrmRecord): object {
  const associations: Record<string, { id: string; typeIds: number[] }[]> = {};
  for (const { kind } of KINDS) {
    const linked = linkedIds(record, kind);
    if (linked.length > 0) associations[kind] = linked;
  }
  const { id, properties, createdAt, updatedAt } = record;
  return { portalId, id, properties, associations, createdAt, updatedAt };
}
