// Routes for property groups.
import { z } from 'zod';
import type { Route } from '../stand-in/server.ts';
import { api, bodyOf, kindIn, type ApiCall, type ApiRoom } from './api.ts';
import { schemaScopes } from './properties.ts';
import { invalid, notFound, Refusal } from './refusal.ts';
import { tableOf, type PropertyGroup } from './world.ts';

const BASE = '/crm/properties/2026-03/:objectType/groups';

const createSchema = z.strictObject({
  name: z.string(),
  label: z.string().min(1),
  displayOrder: z.int().optional(),
});
const updateSchema = z.strictObject({
  label: z.string().min(1).optional(),
  displayOrder: z.int().optional(),
});

/** These must stand before the property routes, which would take `groups` for a property's name. */
export function propertyGroupRoutes(room: ApiRoom): Route[] {
  const read = { needs: schemaScopes('read') };
  const write = { needs: schemaScopes('write') };
  return [
    { method: 'GET', path: BASE, handler: api(room, read, list) },
    { method: 'POST', path: BASE, handler: api(room, write, create) },
    { method: 'GET', path: `${BASE}/:name`, handler: api(room, read, readOne) },
    { method: 'PATCH', path: `${BASE}/:name`, handler: api(room, write, update) },
    { method: 'DELETE', path: `${BASE}/:name`, handler: api(room, write, archive) },
  ];
}

const groupsOf = (call: ApiCall): Map<string, PropertyGroup> =>
  tableOf(call.portal.groups, kindIn(call).kind);

function find(call: ApiCall): PropertyGroup {
  const name = call.request.params['name'] ?? '';
  const found = groupsOf(call).get(name);
  if (!found) throw notFound(`Property group ${name} does not exist`);
  return found;
}

const list = (call: ApiCall) => ({ status: 200, body: { results: [...groupsOf(call).values()] } });

const readOne = (call: ApiCall) => ({ status: 200, body: find(call) });

function create(call: ApiCall) {
  const { name, label, displayOrder = -1 } = bodyOf(call.request, createSchema);
  if (!/^[a-z0-9_-]{1,100}$/.test(name)) throw invalid(`Property group name '${name}' is invalid`);
  if (groupsOf(call).has(name))
    throw new Refusal(409, 'OBJECT_ALREADY_EXISTS', `A property group named '${name}' already exists.`, {
      subCategory: 'Properties.GROUP_EXISTS',
    });
  const group: PropertyGroup = { name, label, displayOrder, archived: false };
  groupsOf(call).set(name, group);
  return { status: 201, body: group };
}

function update(call: ApiCall) {
  const changes = bodyOf(call.request, updateSchema);
  const group = find(call);
  const next: PropertyGroup = {
    ...group,
    label: changes.label ?? group.label,
    displayOrder: changes.displayOrder ?? group.displayOrder,
  };
  groupsOf(call).set(group.name, next);
  return { status: 200, body: next };
}

function archive(call: ApiCall) {
  const group = find(call);
  const used = [...tableOf(call.portal.properties, kindIn(call).kind).values()];
  if (used.some((property) => property.groupName === group.name))
    throw invalid(`Property group ${group.name} still has properties`);
  groupsOf(call).delete(group.name);
  return { status: 204 };
}
