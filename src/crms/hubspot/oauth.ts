// HubSpot's side of the install: authorize address, code for tokens, refresh, revoke, portal details.
import { z } from 'zod';
import scopes from '../../../manifests/scopes.json' with { type: 'json' };
import { crmUnavailable, reauthRequired } from '../../errors.ts';
import type { CrmConnection, Grant, PortalDetails, Tokens } from '../crm.ts';
import { request, type HubspotSettings } from './client.ts';
import { failure } from './errors.ts';

const tokenShape = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  expires_in: z.int().positive(),
  hub_id: z.int().optional(),
  user_id: z.int().optional(),
  scopes: z.array(z.string()).optional(),
});

const introspectShape = z.object({ hub_id: z.int(), user_id: z.int(), scopes: z.array(z.string()) });

const detailsShape = z.object({
  portalId: z.int(),
  accountType: z.string(),
  timeZone: z.string(),
  companyCurrency: z.string(),
  uiDomain: z.string().nullish(),
});

const TOKEN = '/oauth/2026-03/token';
const TEST_PORTALS = new Set(['DEVELOPER_TEST', 'SANDBOX', 'APP_DEVELOPER']);

export const requiredScopes: readonly string[] = scopes.hubspot.required;
export const optionalScopes: readonly string[] = scopes.hubspot.optional;

export function authorizeUrl(settings: HubspotSettings, state: string, challenge: string): string {
  const url = new URL(`${settings.appBase}/oauth/authorize`);
  url.search = new URLSearchParams({
    client_id: settings.clientId,
    redirect_uri: settings.redirectUri,
    scope: scopes.hubspot.required.join(' '),
    optional_scope: scopes.hubspot.optional.join(' '),
    state,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  }).toString();
  return url.toString();
}

export async function exchange(
  settings: HubspotSettings,
  code: string,
  verifier: string,
  now: () => Date,
): Promise<Grant> {
  const tokens = await tokenCall(settings, now, {
    grant_type: 'authorization_code',
    redirect_uri: settings.redirectUri,
    code,
    code_verifier: verifier,
  });
  const known = await introspect(settings, tokens.access);
  return {
    tokens,
    portalId: String(known.hub_id),
    userId: String(known.user_id),
    scopes: known.scopes,
  };
}

export const grantedScopes = async (
  settings: HubspotSettings,
  connection: CrmConnection,
): Promise<string[]> => (await introspect(settings, connection.accessToken)).scopes;

async function introspect(
  settings: HubspotSettings,
  accessToken: string,
): Promise<z.infer<typeof introspectShape>> {
  const { status, body } = await request(settings, {
    method: 'POST',
    path: `${TOKEN}/introspect`,
    form: {
      client_id: settings.clientId,
      client_secret: settings.clientSecret,
      token: accessToken,
      token_type_hint: 'access_token',
    },
  });
  const known = introspectShape.safeParse(body);
  if (status >= 400 || !known.success) throw crmUnavailable({ context: { vendor: 'hubspot', status } });
  return known.data;
}

export const refresh = (settings: HubspotSettings, refreshToken: string, now: () => Date): Promise<Tokens> =>
  tokenCall(settings, now, { grant_type: 'refresh_token', refresh_token: refreshToken });

async function tokenCall(
  settings: HubspotSettings,
  now: () => Date,
  fields: Record<string, string>,
): Promise<Tokens> {
  const asked = now();
  const form = { client_id: settings.clientId, client_secret: settings.clientSecret, ...fields };
  const { status, body } = await request(settings, { method: 'POST', path: TOKEN, form });
  if (isRefusedGrant(status, body)) throw reauthRequired({ context: { vendor: 'hubspot', status } });
  const token = tokenShape.safeParse(body);
  if (status >= 400 || !token.success) throw crmUnavailable({ context: { vendor: 'hubspot', status } });
  return {
    access: token.data.access_token,
    refresh: token.data.refresh_token,
    expiresAt: new Date(asked.getTime() + token.data.expires_in * 1000).toISOString(),
  };
}

const refusalShape = z.object({ error: z.string().optional(), status: z.string().optional() }).catch({});
const REFUSED = new Set(['invalid_grant', 'BAD_REFRESH_TOKEN', 'BAD_AUTH_CODE']);

/**
 * A refused grant is final: the portal removed the app, or the code was used before. Every other refusal, such as of our
 * own credentials, says nothing about the installation, whose tokens must outlive it.
 */
function isRefusedGrant(status: number, body: unknown): boolean {
  const { error = '', status: word = '' } = refusalShape.parse(body);
  return status === 400 && (REFUSED.has(error) || REFUSED.has(word));
}

export async function revoke(settings: HubspotSettings, refreshToken: string): Promise<void> {
  await request(settings, {
    method: 'POST',
    path: `${TOKEN}/revoke`,
    form: {
      client_id: settings.clientId,
      client_secret: settings.clientSecret,
      token: refreshToken,
      token_type_hint: 'refresh_token',
    },
  });
}

export async function details(settings: HubspotSettings, connection: CrmConnection): Promise<PortalDetails> {
  const { status, body } = await request(settings, {
    method: 'GET',
    path: '/account-info/2026-03/details',
    accessToken: connection.accessToken,
  });
  if (status >= 400) throw failure({ status });
  const known = detailsShape.safeParse(body);
  if (!known.success) throw crmUnavailable({ context: { vendor: 'hubspot', status } });
  const portal = known.data;
  return {
    name: portal.uiDomain ? `HubSpot ${portal.portalId}` : String(portal.portalId),
    currency: portal.companyCurrency,
    timeZone: portal.timeZone,
    testPortal: TEST_PORTALS.has(portal.accountType),
  };
}
