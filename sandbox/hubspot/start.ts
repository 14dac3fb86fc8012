// Starts the HubSpot stand-in: accounts, API, consent page, webhooks, record pages, all on one loopback port.
import { randomUUID } from 'node:crypto';
import { createFaults } from '../stand-in/faults.ts';
import { startStandIn, type Route } from '../stand-in/server.ts';
import { accountRoutes } from './account.ts';
import { revokeInstallation, type ApiRoom } from './api.ts';
import { associationBatchRoutes } from './association-batches.ts';
import { associationRoutes } from './associations.ts';
import { batchRoutes } from './batch.ts';
import { consentRoutes } from './consent.ts';
import {
  associateAtScreen,
  createAtScreen,
  doorRoutes,
  existing,
  objectsOf,
  screenOf,
  updateAtScreen,
} from './doors.ts';
import { separate } from './associations.ts';
import { createLimits } from './limits.ts';
import { mergeRecords } from './merge.ts';
import { oauthRoutes } from './oauth.ts';
import { objectRoutes } from './objects.ts';
import { proxyRoutes } from './proxy.ts';
import { hostDataRoutes } from './host-data.ts';
import { recordPageRoutes } from './record-page.ts';
import { propertyRoutes } from './properties.ts';
import { propertyGroupRoutes } from './property-groups.ts';
import { archiveRecord, findRecord } from './records.ts';
import { searchRoutes } from './search.ts';
import { sow } from './seeding.ts';
import type { HubspotOptions, HubspotSettings, HubspotStandIn, PortalDoor } from './types.ts';
import { createWebhooks, USUAL_SUBSCRIPTIONS } from './webhooks.ts';
import { tableOf, type World } from './world.ts';

export type * from './types.ts';
export type { Kind } from './kinds.ts';

const FIRST_ID = 51_001;
const API = /^\/(crm|oauth\/2026-03|account-info|appinstalls)\//;

export async function startHubspot(options: HubspotOptions): Promise<HubspotStandIn> {
  const world = createWorld(options);
  const webhooks = createWebhooks(world, {
    retryMs: options.webhookRetryMs ?? 1_000,
    recordTo: options.recordTo,
  });
  world.announce = webhooks.announce;
  sow(world, options.portals);
  const room: ApiRoom = { world, limits: createLimits(options.clock) };
  const standIn = await startStandIn({
    vendor: 'hubspot',
    port: options.port,
    routes: routesOf(room),
    objects: (kind) => objectsOf(world, webhooks, kind),
    reset: () => {
      webhooks.clear();
      room.limits.clear();
      sow(world, options.portals);
    },
    notFound: () => ({
      status: 404,
      body: {
        status: 'error',
        message: 'The requested path does not exist.',
        correlationId: randomUUID(),
        category: 'OBJECT_NOT_FOUND',
      },
    }),
    isApi: (path) => API.test(path),
    recordTo: options.recordTo,
    faults: world.faults,
  });
  return {
    ...standIn,
    portal: (id) => portalDoor(world, id),
    configure: (changes) => void Object.assign(world.settings, changes),
    approve: (address, who) => approve(standIn.url, address, who),
    close: async () => {
      webhooks.clear();
      await standIn.close();
    },
  };
}

function createWorld(options: HubspotOptions): World {
  let lastId = FIRST_ID - 1;
  return {
    clock: options.clock,
    faults: createFaults(),
    settings: settingsOf(options),
    searchLagMs: options.searchLagMs ?? 2_000,
    portals: new Map(),
    tokens: new Map(),
    codes: new Map(),
    nextId: () => String(++lastId),
    announce: () => undefined,
  };
}

const settingsOf = (options: HubspotOptions): HubspotSettings => ({
  app: options.app,
  webhookTarget: options.webhookTarget,
  webhookSubscriptions: options.webhookSubscriptions ?? USUAL_SUBSCRIPTIONS,
  cards: options.cards ?? [],
  variables: options.variables ?? {},
});

const routesOf = (room: ApiRoom): Route[] => [
  ...consentRoutes(room.world),
  ...oauthRoutes(room.world),
  ...accountRoutes(room),
  ...propertyGroupRoutes(room),
  ...propertyRoutes(room),
  ...searchRoutes(room),
  ...batchRoutes(room),
  ...associationRoutes(room),
  ...associationBatchRoutes(room),
  ...objectRoutes(room),
  ...doorRoutes(room.world),
  ...proxyRoutes(room.world),
  ...recordPageRoutes(room.world),
  ...hostDataRoutes(room.world),
];

function portalDoor(world: World, id: number): PortalDoor {
  const place = () => screenOf(world, id);
  return {
    id,
    create: (kind, properties) => createAtScreen(place(), kind, properties).id,
    update: (kind, recordId, properties) =>
      updateAtScreen(place(), existing(place(), kind, recordId), properties),
    archive: (kind, recordId) => archiveRecord(place(), existing(place(), kind, recordId)),
    associate: (from, to) =>
      associateAtScreen(place(), existing(place(), from.kind, from.id), existing(place(), to.kind, to.id)),
    separate: (from, to) =>
      separate(existing(place(), from.kind, from.id), existing(place(), to.kind, to.id)),
    merge: (kind, primaryId, mergedId, how) => mergeRecords(place(), kind, [primaryId, mergedId], how).id,
    properties: (kind, recordId) => findRecord(place().portal, kind, recordId)?.properties,
    deleteProperty: (kind, name) => void tableOf(place().portal.properties, kind).delete(name),
    ref: (word) => {
      const found = place().portal.refs.get(word);
      if (!found) throw new Error(`account ${id} has no seeded record called ${word}`);
      return found.id;
    },
    uninstall: () => revokeInstallation(world, id),
  };
}

async function approve(
  base: string,
  address: string,
  who: { portalId: number; userId?: number },
): Promise<string> {
  const fields = new URLSearchParams(new URL(address).search);
  fields.set('account', `${who.portalId}:${who.userId ?? ''}`);
  fields.set('decision', 'approve');
  const response = await fetch(`${base}/oauth/authorize`, {
    method: 'POST',
    body: fields,
    redirect: 'manual',
  });
  const location = response.headers.get('location');
  if (!location) throw new Error(`the consent page refused: ${await response.text()}`);
  return location;
}
