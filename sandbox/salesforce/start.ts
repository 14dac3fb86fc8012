// Starts the Salesforce stand-in: orgs, consent page, tokens and API, all on one loopback port.
import { createFaults } from '../stand-in/faults.ts';
import { startStandIn, type Route } from '../stand-in/server.ts';
import { bulkRoutes } from './bulk.ts';
import { collectionRoutes } from './collections.ts';
import { compositeRoutes } from './composite.ts';
import { consentRoutes } from './consent.ts';
import { credentialRoutes } from './credentials.ts';
import { describeRoutes } from './describe.ts';
import { doorRoutes, objectsOf } from './doors.ts';
import { oauthRoutes } from './oauth.ts';
import { orgDoor } from './org-door.ts';
import { readCredential } from './package-credential.ts';
import { readObjects } from './package-metadata.ts';
import { queryRoutes } from './query-routes.ts';
import { recordPageRoutes } from './record-page.ts';
import { notFound } from './refusal.ts';
import { served, type ApiRoute } from './routes.ts';
import { sow } from './seeding.ts';
import type { SalesforceOptions, SalesforceStandIn } from './types.ts';
import type { World } from './world.ts';

export type * from './types.ts';

const API = /^\/services\//;

const PARTS: readonly ApiRoute[] = [
  ...queryRoutes,
  ...collectionRoutes,
  ...describeRoutes,
  ...credentialRoutes,
];

export async function startSalesforce(options: SalesforceOptions): Promise<SalesforceStandIn> {
  const world = createWorld(options);
  sow(world, options.orgs);
  const standIn = await startStandIn({
    vendor: 'salesforce',
    port: options.port,
    routes: [...routesOf(world), ...recordPageRoutes(world, options.packageFolder)],
    objects: (kind) => objectsOf(world, kind),
    reset: () => sow(world, options.orgs),
    notFound: () => notFound().answer,
    isApi: (path) => API.test(path),
    recordTo: options.recordTo,
    faults: world.faults,
  });
  return {
    ...standIn,
    org: (id) => orgDoor(world, id),
    configure: (changes) => void Object.assign(world.settings, changes),
    approve: (address, who) => approve(standIn.url, address, who),
  };
}

function createWorld(options: SalesforceOptions): World {
  let lastNumber = 41_000;
  return {
    clock: options.clock,
    faults: createFaults(),
    settings: { app: options.app, connector: options.connector },
    packageObjects: readObjects(options.packageFolder),
    packageCredential: readCredential(options.packageFolder),
    orgs: new Map(),
    sessions: new Map(),
    refreshTokens: new Map(),
    codes: new Map(),
    cursors: new Map(),
    nextNumber: () => ++lastNumber,
  };
}

const routesOf = (world: World): Route[] => [
  ...consentRoutes(world),
  ...oauthRoutes(world),
  ...served(world, [...compositeRoutes(PARTS), ...PARTS, ...bulkRoutes]),
  ...doorRoutes(world),
];

async function approve(
  base: string,
  address: string,
  who: { orgId: string; userId?: string },
): Promise<string> {
  const fields = new URLSearchParams(new URL(address).search);
  fields.set('account', `${who.orgId}:${who.userId ?? ''}`);
  fields.set('decision', 'approve');
  const response = await fetch(`${base}/services/oauth2/authorize`, {
    method: 'POST',
    body: fields,
    redirect: 'manual',
  });
  const location = response.headers.get('location');
  if (!location) throw new Error(`the consent page refused: ${await response.text()}`);
  return location;
}
