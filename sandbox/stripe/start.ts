// Starts the Stripe stand-in: the API, the sandbox doors and the browser side on one port.
import type { SandboxClock } from '../clock.ts';
import { createFaults, type Faults } from '../stand-in/faults.ts';
import { startStandIn, type Exchange } from '../stand-in/server.ts';
import { createAppState } from './app.ts';
import { appRoutes } from './app-doors.ts';
import { advance } from './auto-advance.ts';
import { createDelivery, type Delivery } from './delivery.ts';
import { objectsOf, sandboxDoors } from './doors.ts';
import { elementsDoors } from './elements-doors.ts';
import { ENDPOINTS } from './endpoints.ts';
import { browserRoutes } from './pages.ts';
import { contextOf, routeOf, unknownPath, type Pipeline } from './pipeline.ts';
import { createRateLimit } from './rate-limit.ts';
import { accountHandle, type AccountHandle } from './seed.ts';
import {
  createAccountState,
  resetAccount,
  type AccountDefinition,
  type AccountState,
  type AppDefinition,
  type World,
} from './state.ts';

export type { AccountHandle, Made, SeedOptions } from './seed.ts';
export type { AccountDefinition, AppDefinition } from './state.ts';
export { ALL_RIGHTS } from './endpoints.ts';
export { Refusal } from './errors.ts';

export type StripeOptions = {
  port: number;
  clock: SandboxClock;
  accounts: readonly AccountDefinition[];
  /** An app that the accounts can install. */
  app?: AppDefinition | undefined;
  /** File that gets one JSON line for each API exchange and each delivery of an event. */
  recordTo?: string | undefined;
  /** First pause before an event is sent again; doubles each time. Default 1000. */
  webhookRetryMs?: number | undefined;
  /** Enforces Stripe's requests per second. Off by default. */
  limits?: boolean | undefined;
};

export type StripeStandIn = {
  url: string;
  faults: Faults;
  calls: Exchange[];
  /** Seeding and inspection of one account; throws for an unknown id. */
  account(id: string): AccountHandle;
  addAccount(definition: AccountDefinition): AccountHandle;
  /** Does what time has made due (automatic finalization, collection); also happens before each request. */
  tick(): void;
  /** Resolves when no webhook is on its way or waiting to be tried again. */
  deliveriesIdle(): Promise<void>;
  close(): Promise<void>;
};

export async function startStripe(options: StripeOptions): Promise<StripeStandIn> {
  const accounts = new Map(options.accounts.map((account) => [account.id, createAccountState(account)]));
  const app = options.app && createAppState(options.app);
  const world: World = { accounts, app, clock: options.clock, url: '' };
  const faults = createFaults();
  const now = () => options.clock.now();
  const delivery = createDelivery({
    faults,
    retryMs: options.webhookRetryMs ?? 1000,
    now,
    recordTo: options.recordTo,
  });
  const pipeline: Pipeline = {
    world,
    faults,
    deliver: (emission) => delivery.deliver(emission),
    advance,
    keys: new Map(),
    ...(options.limits ? { rateLimit: createRateLimit(() => Date.now()) } : {}),
  };
  const standIn = await listen(pipeline, options);
  world.url = standIn.url;
  return {
    url: standIn.url,
    faults,
    calls: standIn.calls,
    ...handles(pipeline, delivery),
    close: () => end(standIn, delivery),
  };
}

function listen(pipeline: Pipeline, options: StripeOptions) {
  const { faults, world } = pipeline;
  const contextFor = (account: AccountState) => ownContext(pipeline, account);
  const own = [
    ...sandboxDoors(world, contextFor),
    ...elementsDoors(world, contextFor),
    ...browserRoutes(world),
    ...appRoutes(world, contextFor),
  ];
  return startStandIn({
    vendor: 'stripe',
    port: options.port,
    routes: [...own, ...ENDPOINTS.map((endpoint) => routeOf(pipeline, endpoint)), ...preflights()],
    objects: (kind) => objectsOf(world, kind),
    reset: () => reset(pipeline),
    notFound: unknownPath,
    isApi: (path) => path.startsWith('/v1/'),
    recordTo: options.recordTo,
    faults,
  });
}

function ownContext(pipeline: Pipeline, account: AccountState) {
  return contextOf(pipeline, { account, caller: 'secret' }, { requestId: null, idempotencyKey: null });
}

/** Endpoints of webhooks are part of the wiring and stay; everything that was paid, owed and told is gone. */
function reset(pipeline: Pipeline): void {
  pipeline.keys.clear();
  for (const account of pipeline.world.accounts.values()) {
    const { secrets } = account.hidden;
    const endpoints = account.tables.webhook_endpoints;
    resetAccount(account);
    account.tables.webhook_endpoints = endpoints;
    account.hidden.secrets = secrets;
  }
}

function handles(pipeline: Pipeline, delivery: Delivery) {
  const { accounts } = pipeline.world;
  return {
    account(id: string): AccountHandle {
      const account = accounts.get(id);
      if (!account) throw new Error(`The stand-in has no account ${id}`);
      return accountHandle(pipeline, account);
    },
    addAccount(definition: AccountDefinition): AccountHandle {
      const account = createAccountState(definition);
      accounts.set(definition.id, account);
      return accountHandle(pipeline, account);
    },
    tick(): void {
      for (const account of accounts.values()) advance(ownContext(pipeline, account));
    },
    deliveriesIdle: () => delivery.idle(),
  };
}

/** A browser asks before it calls with a key. */
function preflights() {
  const headers = {
    'access-control-allow-origin': '*',
    'access-control-allow-headers':
      'authorization, content-type, stripe-version, stripe-account, idempotency-key',
    'access-control-allow-methods': 'GET, POST',
    'access-control-max-age': '600',
  };
  return ENDPOINTS.filter((endpoint) => endpoint.browser).map((endpoint) => ({
    method: 'OPTIONS',
    path: endpoint.path,
    handler: () => ({ status: 204, headers }),
  }));
}

async function end(standIn: { close(): Promise<void> }, delivery: Delivery): Promise<void> {
  delivery.stop();
  await standIn.close();
}
