// The sandbox's own doors over HTTP: what demos and other processes do at the stand-in's screen, and what they look at.
import { z } from 'zod';
import type { Handler, Route } from '../stand-in/server.ts';
import { jsonOf } from './api.ts';
import { orgDoor } from './org-door.ts';
import { answerOf, Refusal } from './refusal.ts';
import { fieldsShown } from './shown.ts';
import type { OrgDoor } from './types.ts';
import { orgOf, type World } from './world.ts';

const fields = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
const orgId = z.string();
const one = z.strictObject({ orgId, type: z.string(), id: z.string() });

const createSchema = z.strictObject({ orgId, type: z.string(), fields });
const updateSchema = one.extend({ fields });
const mergeSchema = z.strictObject({ orgId, type: z.string(), masterId: z.string(), otherId: z.string() });
const shareSchema = z.strictObject({ orgId, userId: z.string(), recordId: z.string(), sees: z.boolean() });
const orgSchema = z.strictObject({ orgId });
const apexSchema = z.strictObject({
  orgId,
  userId: z.string(),
  method: z.enum(['GET', 'POST']),
  path: z.string().startsWith('/'),
  body: z.unknown().optional(),
  record: z.strictObject({ type: z.string(), id: z.string() }).optional(),
});

export function doorRoutes(world: World): Route[] {
  const door = <T extends { orgId: string }>(
    name: string,
    schema: z.ZodType<T>,
    work: (at: OrgDoor, wish: T) => object,
  ): Route => ({
    method: 'POST',
    path: `/_sandbox/${name}`,
    handler: guarded((request) => {
      const wish = schema.safeParse(jsonOf(request));
      if (!wish.success) throw new Refusal(400, 'INVALID_INPUT', wish.error.message);
      return { status: 200, body: work(orgDoor(world, wish.data.orgId), wish.data) };
    }),
  });
  return [
    door('create', createSchema, (at, w) => ({ id: at.create(w.type, w.fields) })),
    door('update', updateSchema, (at, w) => (at.update(w.type, w.id, w.fields), { updated: w.id })),
    door('remove', one, (at, w) => (at.remove(w.type, w.id), { removed: w.id })),
    door('merge', mergeSchema, (at, w) => (at.merge(w.type, w.masterId, w.otherId), { kept: w.masterId })),
    door('share', shareSchema, (at, w) => (at.share(w.userId, w.recordId, w.sees), { sees: w.sees })),
    door('expire-sessions', orgSchema, (at) => (at.expireSessions(), { expired: true })),
    door('uninstall', orgSchema, (at, w) => (at.uninstall(), { uninstalled: w.orgId })),
    {
      method: 'POST',
      path: '/_host/apex',
      handler: guarded(async (request) => {
        const { orgId: id, body, record, ...call } = apexSchema.parse(jsonOf(request));
        const answer = await orgDoor(world, id).apex({
          ...call,
          ...(body === undefined ? {} : { body }),
          ...(record ? { record } : {}),
        });
        return { ...answer, headers: { 'content-type': 'application/json' } };
      }),
    },
    {
      method: 'GET',
      path: '/_host/events/:orgId',
      handler: guarded((request) => eventsAfter(world, request)),
    },
  ];
}

/** What was published since the caller last asked; a page polls it in place of a subscription. */
function eventsAfter(world: World, request: Parameters<Handler>[0]): ReturnType<Handler> {
  const { events } = orgOf(world, request.params['orgId'] ?? '');
  const after = Number(request.url.searchParams.get('after') ?? 0);
  return { status: 200, body: { events: events.slice(after), next: events.length } };
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

/** What `GET /_sandbox/objects/:kind` shows: the records of a type in every org, or tokens, events, orgs, jobs, usage. */
export function objectsOf(world: World, name: string): unknown {
  const orgs = [...world.orgs.values()];
  const views: Record<string, () => unknown> = {
    tokens: () =>
      [...new Set(world.refreshTokens.values())].map(({ sessions, current: _current, ...family }) => ({
        ...family,
        sessions: sessions.size,
      })),
    events: () => orgs.flatMap(({ seed, events }) => events.map((event) => ({ orgId: seed.id, ...event }))),
    orgs: () => orgs.map(({ seed: { records: _records, ...seed } }) => seed),
    jobs: () =>
      orgs.flatMap(({ seed, jobs }) =>
        [...jobs.values()].map(({ raw: _raw, table: _table, failures, ...job }) => ({
          orgId: seed.id,
          ...job,
          failed: failures.length,
        })),
      ),
    usage: () => orgs.map(({ seed, calls }) => ({ orgId: seed.id, calls: calls.length })),
  };
  return (
    views[name]?.() ??
    orgs.flatMap((org) =>
      [...(org.tables.get(name)?.values() ?? [])].map((record) => ({
        orgId: org.seed.id,
        ...fieldsShown(org, record),
      })),
    )
  );
}
