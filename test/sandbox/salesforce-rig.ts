// Starts a Salesforce stand-in with one small org, and calls it as an app would.
import { createHash, randomBytes } from 'node:crypto';
import { createSandboxClock, type SandboxClock } from '../../sandbox/clock.ts';
import { makeId } from '../../sandbox/salesforce/ids.ts';
import { startSalesforce, type OrgSeed, type SalesforceStandIn } from '../../sandbox/salesforce/start.ts';

export const PACKAGE = 'extensions/salesforce/force-app/main/default';
export const REDIRECT = 'http://127.0.0.1:3999/oauth/salesforce/callback';
export const ORG = makeId('00D', 1);
export const ADMIN = makeId('005', 1);
export const REP = makeId('005', 2);
export const SCOPES = ['api', 'refresh_token'];

export type Rig = {
  salesforce: SalesforceStandIn;
  clock: SandboxClock;
  clientSecret: string;
  close(): Promise<void>;
};

export const orgSeed = (change: Partial<OrgSeed> = {}): OrgSeed => ({
  id: ORG,
  name: 'Brightwell Joinery',
  currency: 'EUR',
  timeZone: 'Europe/Berlin',
  sandbox: true,
  users: [
    { id: ADMIN, email: 'rae@brightwell.test', firstName: 'Rae', lastName: 'Porter' },
    { id: REP, email: 'rob@brightwell.test', firstName: 'Rob', lastName: 'Quill' },
  ],
  records: [
    { ref: 'mill', type: 'Account', fields: { Name: 'Old Mill' } },
    {
      ref: 'ada',
      type: 'Contact',
      fields: { FirstName: 'Ada', LastName: 'Byron', Email: 'ada@example.com' },
      lookups: { AccountId: 'mill' },
    },
    { ref: 'grace', type: 'Contact', fields: { LastName: 'Murray', Email: 'grace@example.com' } },
  ],
  ...change,
});

export async function startRig(change: Partial<OrgSeed> = {}): Promise<Rig> {
  const clock = createSandboxClock();
  const clientSecret = randomBytes(18).toString('hex');
  const salesforce = await startSalesforce({
    port: 0,
    clock,
    app: { clientId: 'sandbox-app', clientSecret, scopes: SCOPES, redirectUrls: [REDIRECT] },
    orgs: [orgSeed(change)],
    packageFolder: PACKAGE,
  });
  return { salesforce, clock, clientSecret, close: () => salesforce.close() };
}

const VERIFIER = randomBytes(32).toString('base64url');

export function authorizeUrl(rig: Rig, change: Record<string, string> = {}): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: 'sandbox-app',
    redirect_uri: REDIRECT,
    scope: SCOPES.join(' '),
    state: 'the-state',
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
    ...change,
  });
  return `${rig.salesforce.url}/services/oauth2/authorize?${query.toString()}`;
}

export type Answered = { status: number; body: Record<string, unknown>; headers: Headers };

export async function postForm(rig: Rig, path: string, fields: Record<string, string>): Promise<Answered> {
  const body = new URLSearchParams({
    client_id: 'sandbox-app',
    client_secret: rig.clientSecret,
    ...fields,
  });
  return read(await fetch(rig.salesforce.url + path, { method: 'POST', body }));
}

export async function codeFor(rig: Rig, change: Record<string, string> = {}): Promise<string> {
  const location = await rig.salesforce.approve(authorizeUrl(rig, change), { orgId: ORG });
  return new URL(location).searchParams.get('code') ?? '';
}

export const redeem = (rig: Rig, code: string, more: Record<string, string> = {}): Promise<Answered> =>
  postForm(rig, '/services/oauth2/token', {
    grant_type: 'authorization_code',
    code,
    redirect_uri: REDIRECT,
    code_verifier: VERIFIER,
    ...more,
  });

export const refresh = (rig: Rig, refreshToken: string): Promise<Answered> =>
  postForm(rig, '/services/oauth2/token', { grant_type: 'refresh_token', refresh_token: refreshToken });

export type Tokens = { access: string; refresh: string };

export async function install(rig: Rig): Promise<Tokens> {
  const { body } = await redeem(rig, await codeFor(rig));
  return { access: String(body['access_token']), refresh: String(body['refresh_token']) };
}

export type ApiOptions = { method?: string; body?: unknown; version?: string };

/** A call below a version's address. */
export async function api(
  rig: Rig,
  token: string,
  path: string,
  { method = 'GET', body, version = 'v66.0' }: ApiOptions = {},
): Promise<Answered> {
  const response = await fetch(`${rig.salesforce.url}/services/data/${version}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return read(response);
}

export const query = (rig: Rig, token: string, soql: string, path = '/query'): Promise<Answered> =>
  api(rig, token, `${path}?q=${encodeURIComponent(soql)}`);

async function read(response: Response): Promise<Answered> {
  const text = await response.text();
  const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  return { status: response.status, body, headers: response.headers };
}
