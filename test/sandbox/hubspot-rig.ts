// Starts a HubSpot stand-in with one small account, installs the app in it, and builds the vendor's client for it.
import { createHash, randomBytes } from 'node:crypto';
import { Client } from '@hubspot/api-client';
import type { RequestContext } from '@hubspot/api-client/lib/codegen/crm/contacts/index.js';
import { createSandboxClock, type SandboxClock } from '../../sandbox/clock.ts';
import { startHubspot, type HubspotOptions, type HubspotStandIn } from '../../sandbox/hubspot/start.ts';

export const PORTAL = 4_242_001;
export const OTHER_PORTAL = 4_242_002;
export const REDIRECT = 'http://127.0.0.1:3999/oauth/hubspot/callback';

const objects = ['contacts', 'companies', 'deals', 'line_items', 'products', 'invoices', 'commercepayments'];
export const SCOPES = [
  'oauth',
  'crm.objects.owners.read',
  ...objects.flatMap((name) => [`crm.objects.${name}.read`, `crm.objects.${name}.write`]),
  ...['contacts', 'companies', 'deals'].flatMap((name) => [
    `crm.schemas.${name}.read`,
    `crm.schemas.${name}.write`,
  ]),
];

export type Rig = {
  hubspot: HubspotStandIn;
  clock: SandboxClock;
  app: HubspotOptions['app'];
  close(): Promise<void>;
};

export async function startRig(more: Partial<HubspotOptions> = {}): Promise<Rig> {
  const clock = createSandboxClock();
  const app: HubspotOptions['app'] = {
    clientId: 'sandbox-app',
    clientSecret: randomBytes(18).toString('hex'),
    appId: 7001,
    name: 'Payside',
    requiredScopes: SCOPES,
    optionalScopes: ['e-commerce'],
    redirectUrls: [REDIRECT],
    permittedFetch: [],
  };
  const hubspot = await startHubspot({
    port: 0,
    clock,
    app,
    searchLagMs: 0,
    webhookRetryMs: 10,
    portals: [
      {
        id: PORTAL,
        name: 'Brightwell Joinery',
        currency: 'EUR',
        timeZone: 'Europe/Berlin',
        commercePayments: true,
        users: [{ id: 31, email: 'rae+ops@brightwell.test', firstName: 'Rae', lastName: 'Porter' }],
        contacts: [
          { ref: 'ada', properties: { email: 'ada@example.com', firstname: 'Ada', lastname: 'Byron' } },
          { ref: 'grace', properties: { email: 'grace@example.com', firstname: 'Grace' } },
        ],
        companies: [{ ref: 'mill', properties: { name: 'Old Mill', domain: 'oldmill.test' } }],
        deals: [{ ref: 'stairs', properties: { dealname: 'Oak stairs', amount: '1200.50' } }],
        associations: [{ from: 'ada', to: 'mill' }],
      },
      {
        id: OTHER_PORTAL,
        name: 'Small Shop',
        currency: 'USD',
        timeZone: 'America/New_York',
        commercePayments: false,
        users: [{ id: 41, email: 'sol@smallshop.test', firstName: 'Sol', lastName: 'Reyes' }],
      },
    ],
    ...more,
  });
  return { hubspot, clock, app, close: () => hubspot.close() };
}

export function authorizeUrl(rig: Rig, fields: Record<string, string> = {}): string {
  const query = new URLSearchParams({
    client_id: rig.app.clientId,
    redirect_uri: REDIRECT,
    scope: SCOPES.join(' '),
    state: 'the-state',
    ...fields,
  });
  return `${rig.hubspot.url}/oauth/authorize?${query}`;
}

export const pkce = () => {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
};

export type TokenAnswer = { status: number; body: Record<string, unknown> };

export async function postForm(rig: Rig, path: string, fields: Record<string, string>): Promise<TokenAnswer> {
  const { clientId, clientSecret } = rig.app;
  const response = await fetch(rig.hubspot.url + path, {
    method: 'POST',
    body: new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...fields }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

export type Installed = { accessToken: string; refreshToken: string };

export async function install(rig: Rig, portalId = PORTAL): Promise<Installed> {
  const location = await rig.hubspot.approve(authorizeUrl(rig), { portalId });
  const code = new URL(location).searchParams.get('code') ?? '';
  const grant = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT };
  const { body } = await postForm(rig, '/oauth/2026-03/token', grant);
  return { accessToken: String(body['access_token']), refreshToken: String(body['refresh_token']) };
}

const DATED: [RegExp, string][] = [
  [/^\/crm\/v3\/objects\//, '/crm/objects/2026-03/'],
  [/^\/crm\/v4\/associations\//, '/crm/associations/2026-03/'],
  [/^\/crm\/v4\/objects\//, '/crm/objects/2026-03/'],
  [/^\/crm\/v3\/properties\//, '/crm/properties/2026-03/'],
];

/** The vendor's client, its paths moved to the dated ones. */
export function clientFor(rig: Rig, accessToken: string): Client {
  return new Client({
    accessToken,
    basePath: rig.hubspot.url,
    middleware: [
      {
        pre: async (context: RequestContext) => {
          const url = new URL(context.getUrl());
          for (const [old, dated] of DATED) url.pathname = url.pathname.replace(old, dated);
          context.setUrl(url.toString());
          return context;
        },
        post: async (response) => response,
      },
    ],
  });
}

export type Answer = { status: number; headers: Headers; body: Record<string, unknown> };

/** A plain JSON call with a token. */
export async function call(
  rig: Rig,
  token: string,
  [method, path]: readonly [string, string],
  body?: unknown,
): Promise<Answer> {
  const response = await fetch(rig.hubspot.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

export const arm = (rig: Rig, kind: string, count = 1, ms = 0): void =>
  rig.hubspot.faults.arm(kind, count, ms);
