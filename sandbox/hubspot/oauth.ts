// OAuth: tokens by code (with PKCE) and by refresh token, introspection and revocation.
import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Handler, Route, StandInAnswer, StandInRequest } from '../stand-in/server.ts';
import { revokeInstallation } from './api.ts';
import { findUser, type AuthCode, type Token, type World } from './world.ts';

/** Access tokens live half an hour. */
const LIFE_SECONDS = 1_800;
const BASE = '/oauth/2026-03/token';

export function oauthRoutes(world: World): Route[] {
  return [
    { method: 'POST', path: BASE, handler: form(world, token) },
    { method: 'POST', path: `${BASE}/introspect`, handler: form(world, introspect) },
    { method: 'POST', path: `${BASE}/revoke`, handler: form(world, revoke) },
  ];
}

class OauthRefusal extends Error {
  readonly answer: StandInAnswer;

  constructor(status: string, error: string, message: string) {
    super(message);
    const body = { status, error, error_description: message, message, category: status };
    const code = error === 'invalid_client' ? 401 : 400;
    this.answer = { status: code, body: { ...body, correlationId: randomUUID() } };
  }
}

type FormHandler = (world: World, fields: URLSearchParams) => StandInAnswer;

/** Takes the form, checks the app's own credentials in it, and turns a refusal into its answer. */
function form(world: World, handler: FormHandler): Handler {
  return (request) => {
    try {
      const fields = fieldsOf(request);
      requireApp(world, fields);
      return handler(world, fields);
    } catch (error) {
      if (error instanceof OauthRefusal) return error.answer;
      throw error;
    }
  };
}

function fieldsOf(request: StandInRequest): URLSearchParams {
  if (!/^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? ''))
    throw new OauthRefusal('BAD_REQUEST', 'invalid_request', 'the body must be a form');
  const fields = new URLSearchParams(request.raw.toString('utf8'));
  for (const name of fields.keys())
    if (fields.getAll(name).length > 1)
      throw new OauthRefusal('BAD_REQUEST', 'invalid_request', `${name} is given more than once`);
  return fields;
}

function requireApp(world: World, fields: URLSearchParams): void {
  const { clientId, clientSecret } = world.settings.app;
  if (fields.get('client_id') !== clientId)
    throw new OauthRefusal('BAD_CLIENT_ID', 'invalid_client', 'missing or unknown client id');
  if (!sameText(fields.get('client_secret') ?? '', clientSecret))
    throw new OauthRefusal('BAD_CLIENT_SECRET', 'invalid_client', 'missing or invalid client secret');
}

function sameText(a: string, b: string): boolean {
  const [x, y] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return x !== undefined && y !== undefined && timingSafeEqual(x, y);
}

function token(world: World, fields: URLSearchParams): StandInAnswer {
  const type = fields.get('grant_type');
  if (type === 'authorization_code') return byCode(world, fields);
  if (type === 'refresh_token') return byRefreshToken(world, fields);
  throw new OauthRefusal('BAD_GRANT_TYPE', 'unsupported_grant_type', `grant_type ${type} is not supported`);
}

function byCode(world: World, fields: URLSearchParams): StandInAnswer {
  const value = fields.get('code') ?? '';
  const code = world.codes.get(value);
  world.codes.delete(value);
  if (!code || code.expiresAt <= world.clock.now().getTime())
    throw new OauthRefusal('BAD_AUTH_CODE', 'invalid_grant', 'missing, used or expired auth code');
  if (fields.get('redirect_uri') !== code.redirectUri)
    throw new OauthRefusal('BAD_REDIRECT_URI', 'invalid_grant', 'redirect_uri is not the one of the code');
  requireVerifier(code, fields.get('code_verifier'));
  const refreshToken = `refresh-${randomBytes(24).toString('hex')}`;
  const { portalId, userId, scopes } = code;
  world.tokens.set(refreshToken, { use: 'refresh_token', portalId, userId, scopes });
  return issue(world, code, refreshToken);
}

function requireVerifier(code: AuthCode, verifier: string | null): void {
  if (code.challenge === undefined) {
    if (verifier !== null)
      throw new OauthRefusal('BAD_REQUEST', 'invalid_grant', 'code_verifier without a code_challenge');
    return;
  }
  const digest = createHash('sha256')
    .update(verifier ?? '')
    .digest('base64url');
  if (!verifier || digest !== code.challenge)
    throw new OauthRefusal('BAD_CODE_VERIFIER', 'invalid_grant', 'missing or wrong code_verifier');
}

function byRefreshToken(world: World, fields: URLSearchParams): StandInAnswer {
  const value = fields.get('refresh_token') ?? '';
  const known = world.tokens.get(value);
  if (known && world.faults.take('token-revoked')) revokeInstallation(world, known.portalId);
  const live = world.tokens.get(value);
  if (!live || live.use !== 'refresh_token')
    throw new OauthRefusal('BAD_REFRESH_TOKEN', 'invalid_grant', 'missing or invalid refresh token');
  return issue(world, live, value);
}

function issue(
  world: World,
  who: Pick<Token, 'portalId' | 'userId' | 'scopes'>,
  refreshToken: string,
): StandInAnswer {
  const accessToken = `access-${randomBytes(24).toString('hex')}`;
  const { portalId, userId, scopes } = who;
  const expiresAt = world.clock.now().getTime() + LIFE_SECONDS * 1000;
  world.tokens.set(accessToken, { use: 'access_token', portalId, userId, scopes, expiresAt });
  return {
    status: 200,
    headers: { 'cache-control': 'no-store' },
    body: {
      token_type: 'bearer',
      token_use: 'access_token',
      access_token: accessToken,
      refresh_token: refreshToken,
      expires_in: LIFE_SECONDS,
      hub_id: portalId,
      user_id: userId,
      scopes,
    },
  };
}

function introspect(world: World, fields: URLSearchParams): StandInAnswer {
  const found = world.tokens.get(fields.get('token') ?? '');
  const now = world.clock.now().getTime();
  const isLive = found && (found.expiresAt === undefined || found.expiresAt > now);
  return { status: 200, body: isLive ? tokenShown(world, found, now) : { active: false } };
}

function tokenShown(world: World, token: Token, now: number): object {
  const { clientId, appId } = world.settings.app;
  const portal = world.portals.get(token.portalId);
  return {
    active: true,
    token_use: token.use,
    token_type: 'bearer',
    client_id: clientId,
    app_id: appId,
    hub_id: token.portalId,
    hub_domain: `${token.portalId}.example.com`,
    user_id: token.userId,
    user: portal && findUser(portal, token.userId)?.email,
    scopes: token.scopes,
    ...(token.expiresAt === undefined ? {} : { expires_in: Math.floor((token.expiresAt - now) / 1000) }),
    is_private_distribution: false,
  };
}

/** A refresh token takes the access tokens of its account along. */
function revoke(world: World, fields: URLSearchParams): StandInAnswer {
  const value = fields.get('token') ?? '';
  const found = world.tokens.get(value);
  world.tokens.delete(value);
  if (found?.use === 'refresh_token') revokeInstallation(world, found.portalId);
  return { status: 200, body: {} };
}
