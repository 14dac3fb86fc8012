// OAuth: tokens by code with PKCE, refresh tokens that rotate, and a whole family ended where a used one comes back.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Handler, Route, StandInAnswer, StandInRequest } from '../stand-in/server.ts';
import { SESSION_MS } from './api.ts';
import { orgOf, type AuthCode, type Family, type World } from './world.ts';

const TOKEN = '/services/oauth2/token';
const REVOKE = '/services/oauth2/revoke';

export function oauthRoutes(world: World): Route[] {
  return [
    { method: 'POST', path: TOKEN, handler: form(world, token) },
    { method: 'POST', path: REVOKE, handler: form(world, revoke) },
  ];
}

class OauthRefusal extends Error {
  readonly answer: StandInAnswer;

  constructor(error: string, description: string) {
    super(description);
    this.answer = { status: 400, body: { error, error_description: description } };
  }
}

type FormHandler = (world: World, fields: URLSearchParams, request: StandInRequest) => StandInAnswer;

function form(world: World, handler: FormHandler): Handler {
  return (request) => {
    try {
      return handler(world, fieldsOf(request), request);
    } catch (error) {
      if (error instanceof OauthRefusal) return error.answer;
      throw error;
    }
  };
}

function fieldsOf(request: StandInRequest): URLSearchParams {
  if (!/^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? ''))
    throw new OauthRefusal('invalid_request', 'the body must be a form');
  return new URLSearchParams(request.raw.toString('utf8'));
}

function sameText(a: string, b: string): boolean {
  const [x, y] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return x !== undefined && y !== undefined && timingSafeEqual(x, y);
}

function requireApp(world: World, fields: URLSearchParams): void {
  const { clientId, clientSecret } = world.settings.app;
  if (fields.get('client_id') !== clientId)
    throw new OauthRefusal('invalid_client_id', 'client identifier invalid');
  if (!sameText(fields.get('client_secret') ?? '', clientSecret))
    throw new OauthRefusal('invalid_client', 'invalid client credentials');
}

function token(world: World, fields: URLSearchParams, request: StandInRequest): StandInAnswer {
  requireApp(world, fields);
  const type = fields.get('grant_type');
  if (type === 'authorization_code') return byCode(world, fields, request);
  if (type === 'refresh_token') return byRefreshToken(world, fields, request);
  throw new OauthRefusal('unsupported_grant_type', 'grant type not supported');
}

function byCode(world: World, fields: URLSearchParams, request: StandInRequest): StandInAnswer {
  const value = fields.get('code') ?? '';
  const code = world.codes.get(value);
  world.codes.delete(value);
  if (!code || code.expiresAt <= world.clock.now().getTime())
    throw new OauthRefusal('invalid_grant', 'expired authorization code');
  if (fields.get('redirect_uri') !== code.redirectUri)
    throw new OauthRefusal('redirect_uri_mismatch', 'redirect_uri must match configuration');
  requireVerifier(code, fields.get('code_verifier') ?? '');
  const { orgId, userId, scopes } = code;
  const family: Family = {
    orgId,
    userId,
    scopes,
    current: '',
    rotations: 0,
    reused: 0,
    ended: false,
    sessions: new Set(),
  };
  return issue(world, family, request);
}

function requireVerifier(code: AuthCode, verifier: string): void {
  const digest = createHash('sha256').update(verifier).digest('base64url');
  if (!/^[\w.~-]{43,128}$/.test(verifier) || digest !== code.challenge)
    throw new OauthRefusal('invalid_grant', 'invalid code verifier');
}

const refusedRefresh = (): OauthRefusal => new OauthRefusal('invalid_grant', 'expired access/refresh token');

function byRefreshToken(world: World, fields: URLSearchParams, request: StandInRequest): StandInAnswer {
  const value = fields.get('refresh_token') ?? '';
  const family = world.refreshTokens.get(value);
  if (!family) throw refusedRefresh();
  if (orgOf(world, family.orgId).closed) throw new OauthRefusal('inactive_org', 'organization is inactive');
  if (world.faults.take('token-revoked')) endFamily(world, family);
  if (family.current !== value && !family.ended) {
    family.reused += 1;
    endFamily(world, family);
  }
  if (family.ended) throw refusedRefresh();
  family.rotations += 1;
  return issue(world, family, request);
}

/** A new access token and the next refresh token; the one before is used up from now on. */
function issue(world: World, family: Family, request: StandInRequest): StandInAnswer {
  const { orgId, userId, scopes } = family;
  const now = world.clock.now().getTime();
  const accessToken = `${orgId.slice(0, 15)}!${randomBytes(48).toString('base64url')}`;
  const refreshToken = `5Aep${randomBytes(42).toString('base64url')}`;
  world.sessions.set(accessToken, { orgId, userId, scopes, expiresAt: now + SESSION_MS });
  family.sessions.add(accessToken);
  family.current = refreshToken;
  world.refreshTokens.set(refreshToken, family);
  const origin = `http://${request.headers.host ?? '127.0.0.1'}`;
  const id = `${origin}/id/${orgId}/${userId}`;
  const issuedAt = String(now);
  const signature = createHmac('sha256', world.settings.app.clientSecret)
    .update(id + issuedAt)
    .digest('base64');
  return {
    status: 200,
    headers: { 'cache-control': 'no-store' },
    body: {
      access_token: accessToken,
      refresh_token: refreshToken,
      signature,
      scope: scopes.join(' '),
      instance_url: origin,
      id,
      token_type: 'Bearer',
      issued_at: issuedAt,
    },
  };
}

export function endFamily(world: World, family: Family): void {
  family.ended = true;
  for (const session of family.sessions) world.sessions.delete(session);
}

/** Either kind of token may be given; a refresh token takes its sessions along. */
function revoke(world: World, fields: URLSearchParams): StandInAnswer {
  const value = fields.get('token') ?? '';
  const family = world.refreshTokens.get(value);
  if (!family && !world.sessions.delete(value))
    throw new OauthRefusal('unsupported_token_type', 'this token type is not supported');
  if (family) endFamily(world, family);
  return { status: 200, body: '' };
}
