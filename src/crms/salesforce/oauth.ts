// Salesforce's side of the install: authorize address, code for tokens, refresh with rotation, revoke, org details.
import { z } from 'zod';
import scopes from '../../../manifests/scopes.json' with { type: 'json' };
import { crmRejected, crmUnavailable, reauthRequired } from '../../errors.ts';
import type { Crm, CrmConnection, Grant, PortalDetails, Tokens } from '../crm.ts';
import { timeoutOf, type AskFor, type SalesforceSettings } from './client.ts';
import { calling } from './errors.ts';
import { isIdOf } from './read/record-id.ts';
import { queried } from './read/soql.ts';
import type { OrgOf } from './schema/org.ts';

export const requiredScopes: readonly string[] = scopes.salesforce.required;
export const optionalScopes: readonly string[] = scopes.salesforce.optional;

const AUTHORIZE = '/services/oauth2/authorize';
const TOKEN = '/services/oauth2/token';
const REVOKE = '/services/oauth2/revoke';

/** Salesforce does not say how long a session lasts; two hours is what an org has that nobody changed. */
const SESSION_MS = 2 * 3_600_000;

export function authorizeUrl(settings: SalesforceSettings, state: string, challenge: string): string {
  const url = new URL(settings.loginBase + AUTHORIZE);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: settings.clientId,
    redirect_uri: settings.redirectUri,
    scope: [...requiredScopes, ...optionalScopes].join(' '),
    state,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  }).toString();
  return url.toString();
}

const tokenShape = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  instance_url: z.string(),
  id: z.string(),
  scope: z.string().optional(),
});

type TokenAnswer = z.infer<typeof tokenShape>;

/** The identity address ends with org and user. */
const IDENTITY = /\/id\/(\w{18})\/(\w{18})$/;

export async function exchange(
  settings: SalesforceSettings,
  code: string,
  verifier: string,
  now: () => Date,
): Promise<Grant> {
  const answer = await tokenCall(settings, settings.loginBase, {
    grant_type: 'authorization_code',
    redirect_uri: settings.redirectUri,
    code,
    code_verifier: verifier,
  });
  const [, portalId = '', userId = ''] = IDENTITY.exec(answer.id) ?? [];
  if (!isIdOf('00D', portalId) || !isIdOf('005', userId) || answer.refresh_token === undefined)
    throw crmUnavailable({ context: { vendor: 'salesforce', code: 'unreadable' } });
  const tokens = tokensOf(settings, answer, answer.refresh_token, now());
  return { tokens, portalId, userId, scopes: (answer.scope ?? '').split(' ').filter(Boolean) };
}

/** The token that was used is used up from now on, and using it again would end the whole installation. */
export async function refresh(
  settings: SalesforceSettings,
  used: string,
  apiBase: string | undefined,
  now: () => Date,
): Promise<Tokens> {
  const asked = now();
  const answer = await tokenCall(settings, apiBase ?? settings.loginBase, {
    grant_type: 'refresh_token',
    refresh_token: used,
  });
  // An org whose admin has not turned rotation on goes on with the same token.
  return tokensOf(settings, answer, answer.refresh_token ?? used, asked);
}

const tokensOf = (settings: SalesforceSettings, answer: TokenAnswer, token: string, asked: Date): Tokens => ({
  access: answer.access_token,
  refresh: token,
  expiresAt: new Date(asked.getTime() + SESSION_MS).toISOString(),
  apiBase: instanceOf(settings, answer.instance_url),
});

const SALESFORCE = /^https:\/\/[a-z0-9.-]+\.salesforce\.(com|mil)$/;

/** Tokens go to Salesforce alone, whatever address an answer names. */
function instanceOf({ loginBase }: SalesforceSettings, text: string): string {
  const url = URL.parse(text);
  const isPlain = url?.username === '' && url.password === '';
  const { origin = '' } = url ?? {};
  if (isPlain && (origin === new URL(loginBase).origin || SALESFORCE.test(origin))) return origin;
  throw crmRejected({
    publicMessage:
      'Salesforce named an address for this org that is not one of Salesforce. Nothing was sent there.',
    context: { vendor: 'salesforce', code: 'strange_instance' },
  });
}

async function tokenCall(
  settings: SalesforceSettings,
  base: string,
  fields: Record<string, string>,
): Promise<TokenAnswer> {
  const { status, body } = await post(settings, base + TOKEN, {
    client_id: settings.clientId,
    client_secret: settings.clientSecret,
    ...fields,
  });
  if (isRefusedGrant(status, body)) throw reauthRequired({ context: { vendor: 'salesforce', status } });
  const token = tokenShape.safeParse(body);
  if (status >= 400 || !token.success) throw crmUnavailable({ context: { vendor: 'salesforce', status } });
  return token.data;
}

const refusalShape = z
  .object({ error: z.string().default(''), error_description: z.string().default('') })
  .catch({ error: '', error_description: '' });

const FINAL = new Set(['invalid_grant', 'inactive_user', 'inactive_org']);

/**
 * A refused grant is final: the app was removed, the token was used before, or the code was. An address that is not on the
 * org's list is refused by the same code, and says nothing about the grant.
 */
function isRefusedGrant(status: number, body: unknown): boolean {
  const { error, error_description: words } = refusalShape.parse(body);
  return status === 400 && FINAL.has(error) && !/\bip\b/i.test(words);
}

export async function revoke(
  settings: SalesforceSettings,
  token: string,
  apiBase: string | undefined,
): Promise<void> {
  await post(settings, (apiBase ?? settings.loginBase) + REVOKE, { token });
}

async function post(
  settings: SalesforceSettings,
  url: string,
  fields: Record<string, string>,
): Promise<{ status: number; body: unknown }> {
  const timeoutMs = timeoutOf(settings);
  return calling(async () => {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
      headers: { accept: 'application/json' },
      body: new URLSearchParams(fields),
    });
    const text = await response.text();
    return { status: response.status, body: parsed(text) };
  }, timeoutMs);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const organizationRow = z.object({
  Name: z.string(),
  IsSandbox: z.boolean(),
  OrganizationType: z.string(),
  TimeZoneSidKey: z.string(),
});

export const createDetails =
  (askFor: AskFor, orgOf: OrgOf): Crm['details'] =>
  async (connection: CrmConnection): Promise<PortalDetails> => {
    const [found] = await queried(askFor(connection), {
      soql: 'SELECT Name, IsSandbox, OrganizationType, TimeZoneSidKey FROM Organization LIMIT 1',
      row: organizationRow,
    });
    if (!found) throw crmUnavailable({ context: { vendor: 'salesforce', code: 'unreadable' } });
    const { currency } = await orgOf(connection);
    return {
      name: found.Name,
      currency,
      timeZone: found.TimeZoneSidKey,
      testPortal: found.IsSandbox || found.OrganizationType === 'Developer Edition',
    };
  };
