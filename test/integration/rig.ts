// A small world for integration tests: the real connector on real stores between strict stand-ins, and the calls a card makes.
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signV3 } from '../../sandbox/hubspot/signature.ts';
import type { PortalSeed, PortalUser } from '../../sandbox/hubspot/types.ts';
import type { AccountDefinition, AccountHandle } from '../../sandbox/stripe/start.ts';
import { connect, install } from '../../sandbox/world/admin.ts';
import { stripeAccount } from '../../sandbox/world/keys.ts';
import { waitFor } from '../../sandbox/world/wait.ts';
import { startWorld, type World, type WorldOptions } from '../../sandbox/world/world.ts';
import type { CardView, OperationAnswer, OperationKind } from '../../src/views/card-schema.ts';
import { recordingFile } from '../conformance/recordings.ts';

export { waitFor } from '../../sandbox/world/wait.ts';

export const PORTAL = 4_243_001;
export const OTHER_PORTAL = 4_243_002;

/** The admin is who installs; the others are viewers until an admin says otherwise. */
export const ADMIN = 61;
export const FINANCE = 62;
export const REP = 63;
export const VIEWER = 64;
export const OTHER_ADMIN = 71;

const user = (id: number, firstName: string, domain: string): PortalUser => ({
  id,
  firstName,
  lastName: 'Example',
  email: `${firstName.toLowerCase()}@${domain}`,
});

export const portalSeed = (change: Partial<PortalSeed> = {}): PortalSeed => ({
  id: PORTAL,
  name: 'Brightwell Joinery',
  currency: 'EUR',
  timeZone: 'Europe/Berlin',
  commercePayments: false,
  testAccount: true,
  users: [
    user(ADMIN, 'Ines', 'brightwell.example'),
    user(FINANCE, 'Farid', 'brightwell.example'),
    user(REP, 'Rosa', 'brightwell.example'),
    user(VIEWER, 'Vito', 'brightwell.example'),
  ],
  contacts: [
    { ref: 'ada', properties: { email: 'ada@example.com', firstname: 'Ada', lastname: 'Byron' } },
    { ref: 'grace', properties: { email: 'grace@example.com', firstname: 'Grace', lastname: 'Murray' } },
  ],
  companies: [{ ref: 'mill', properties: { name: 'Old Mill', domain: 'oldmill.test' } }],
  deals: [{ ref: 'stairs', properties: { dealname: 'Oak stairs', amount: '1200.50' } }],
  associations: [
    { from: 'grace', to: 'mill' },
    { from: 'stairs', to: 'grace' },
  ],
  ...change,
});

export const otherPortalSeed = (change: Partial<PortalSeed> = {}): PortalSeed =>
  portalSeed({
    id: OTHER_PORTAL,
    name: 'Small Shop',
    currency: 'USD',
    timeZone: 'America/New_York',
    users: [user(OTHER_ADMIN, 'Sol', 'smallshop.example')],
    contacts: [{ ref: 'alan', properties: { email: 'alan@example.com', firstname: 'Alan' } }],
    companies: [],
    deals: [],
    associations: [],
    ...change,
  });

/** An account of the gateway with keys of its own. */
export function gatewayAccount(change: Partial<AccountDefinition> = {}): AccountDefinition {
  const id = change.id ?? `acct_${randomBytes(6).toString('hex')}`;
  return { ...stripeAccount(id, 'Brightwell Joinery', 'DE', 'eur'), ...change };
}

/** Keys of the live mode; the stand-in moves no money either way. */
export function liveAccount(change: Partial<AccountDefinition> = {}): AccountDefinition {
  const made = gatewayAccount(change);
  const live = (key: string): string => key.replace('_test_', '_live_');
  return {
    ...made,
    livemode: true,
    secretKey: live(made.secretKey),
    restrictedKey: live(made.restrictedKey),
    publishableKey: live(made.publishableKey),
  };
}

export type Caller = { portalId?: number; userId?: number };

export type Answer<T = Record<string, unknown>> = { status: number; body: T };

export type Rig = World & {
  folder: string;
  /** The first of the accounts, for seeding and looking. */
  account: AccountHandle;
  /** Installs for the portal's admin. @returns the signed link of the connect page */
  install(portalId?: number, userId?: number): Promise<string>;
  /** Connects an account's restricted key and waits until its history is read. */
  connect(link: string, account?: AccountDefinition): Promise<void>;
  /** Both, for the first portal and account. */
  setUp(): Promise<void>;
  /** A call as HubSpot's backend forwards it for a card: with who is asking in the address, and signed. */
  call<T = Record<string, unknown>>(path: string, options?: CallOptions): Promise<Answer<T>>;
  view(objectType: string, recordId: string, caller?: Caller): Promise<CardView>;
  operate(
    kind: OperationKind,
    record: { objectType: string; recordId: string },
    body: Record<string, unknown> & { operationId?: string },
    caller?: Caller,
  ): Promise<Answer<OperationAnswer>>;
  /** Every file below the connector's data folder, for canaries. */
  dataFiles(): { name: string; bytes: Buffer }[];
  log(): string;
};

export type CallOptions = Caller & {
  method?: 'GET' | 'POST';
  body?: unknown;
  /** Signed at this moment instead of now. */
  at?: Date;
  /** Signs with another secret than the app's. */
  secret?: string;
  headers?: Record<string, string>;
};

export type RigOptions = Partial<Omit<WorldOptions, 'folder' | 'recordTo'>>;

/** Starts a world in a temp folder of its own; end it with `close`. */
export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'payside-world-'));
  const world = await startWorld({
    webhookRetryMs: 20,
    portals: [portalSeed()],
    accounts: [gatewayAccount()],
    ...options,
    folder,
    recordTo: recordingFile,
  });
  const [account] = world.accounts;
  if (!account) throw new Error('a rig needs a gateway account');
  return {
    ...world,
    ...admin(world, account),
    ...cards(world),
    folder,
    account: world.stripe.account(account.id),
    dataFiles: () => filesBelow(join(folder, 'data')),
    log: () => readFileSync(world.logFile, 'utf8'),
    async close() {
      await world.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function admin(world: World, first: AccountDefinition): Pick<Rig, 'install' | 'connect' | 'setUp'> {
  const installFor: Rig['install'] = (portalId = PORTAL, userId) => {
    const portal = world.portals.find(({ id }) => id === portalId);
    return install(world, portalId, userId ?? portal?.users[0]?.id ?? ADMIN);
  };
  return {
    install: installFor,
    connect: (link, account = first) => connect(world, link, account),
    setUp: async () => connect(world, await installFor(), first),
  };
}

function cards(world: World): Pick<Rig, 'call' | 'view' | 'operate'> {
  const call: Rig['call'] = (path, options) => cardCall(world, path, options);
  return {
    call,
    async view(objectType, recordId, caller = {}) {
      const path = `/api/v1/records/${objectType}/${recordId}`;
      const { status, body } = await call<{ ok: boolean; view: CardView }>(path, caller);
      if (status !== 200) throw new Error(`the card of ${recordId} ended with ${status}`);
      return body.view;
    },
    operate: (kind, { objectType, recordId }, body, caller = {}) =>
      call<OperationAnswer>(`/api/v1/records/${objectType}/${recordId}/operations/${kind}`, {
        ...caller,
        method: 'POST',
        body: { operationId: randomUUID(), ...body },
      }),
  };
}

/** The address of a signed call: the caller's identity stands in the query, as HubSpot's backend puts it there. */
export function signedAddress(world: World, path: string, caller: Caller = {}): string {
  const { portalId = PORTAL, userId = ADMIN } = caller;
  const email = world.portals.find(({ id }) => id === portalId)?.users.find(({ id }) => id === userId)?.email;
  const who = { userId, portalId, userEmail: email ?? 'nobody@example.com', appId: 77_001 };
  const pairs = Object.entries(who).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${world.url}${path}${path.includes('?') ? '&' : '?'}${pairs.join('&')}`;
}

async function cardCall<T>(world: World, path: string, options: CallOptions = {}): Promise<Answer<T>> {
  const {
    method = 'GET',
    at = world.clock.now(),
    secret = world.env['HUBSPOT_CLIENT_SECRET'] ?? '',
  } = options;
  const url = signedAddress(world, path, options);
  const body = options.body === undefined ? '' : JSON.stringify(options.body);
  const timestamp = at.getTime();
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: {
      'content-type': 'application/json',
      'x-hubspot-request-timestamp': String(timestamp),
      'x-hubspot-signature-v3': signV3(secret, { method, url, body, timestamp }),
      ...options.headers,
    },
    ...(body === '' ? {} : { body }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as T };
}

function filesBelow(folder: string): { name: string; bytes: Buffer }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
}

/** Waits until the card of a record says what `fits` wants, and answers that view. */
export const viewWhen = (
  rig: Rig,
  record: { objectType: string; recordId: string },
  fits: (view: CardView) => boolean,
  caller: Caller = {},
): Promise<CardView> =>
  waitFor(`the card of ${record.recordId}`, async () => {
    const view = await rig.view(record.objectType, record.recordId, caller);
    return fits(view) ? view : undefined;
  });

/** Waits until a CRM record's properties are what `fits` wants, and answers them. */
export const propertiesWhen = (
  rig: Rig,
  place: { portalId?: number; kind: 'contacts' | 'companies' | 'deals'; id: string },
  fits: (properties: Record<string, string>) => boolean,
): Promise<Record<string, string>> =>
  waitFor(`properties of ${place.kind} ${place.id}`, () => {
    const properties = rig.hubspot.portal(place.portalId ?? PORTAL).properties(place.kind, place.id);
    return properties && fits(properties) ? properties : undefined;
  });
