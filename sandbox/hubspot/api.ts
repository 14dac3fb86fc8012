// Wraps every API handler: bearer token, faults, limits, scopes, and HubSpot's error shape for what goes wrong.
import type { z } from 'zod';
import type { Handler, StandInAnswer, StandInRequest } from '../stand-in/server.ts';
import { findKind, type KindInfo } from './kinds.ts';
import { rateLimited, type Limits } from './limits.ts';
import type { Place } from './records.ts';
import { invalid, notFound, Refusal, unauthenticated } from './refusal.ts';
import type { Portal, Token, World } from './world.ts';

export type ApiCall = {
  request: StandInRequest;
  world: World;
  portal: Portal;
  token: Token;
  place: Place;
};

/** Each entry is a set of scopes of which one is enough; all entries must be met. */
export type ScopeNeed = readonly (readonly string[])[];

export type ApiRoom = { world: World; limits: Limits };

type Demand = { needs?: (call: ApiCall) => ScopeNeed; isSearch?: boolean };

/** A handler for a verified caller; what it throws as a Refusal is the answer. */
export function api(room: ApiRoom, demand: Demand, handler: (call: ApiCall) => StandInAnswer): Handler {
  return (request) => {
    try {
      const call = authenticate(room.world, request);
      const { faults } = room.world;
      const fault = faults.take('rate-limited') ?? faults.take(`rate-limited-${call.portal.seed.id}`);
      if (fault) return rateLimited(Math.ceil(fault.ms / 1000) || 10);
      const pass = room.limits.take(call.portal.seed.id, demand.isSearch ?? false);
      if ('refused' in pass) return pass.refused;
      return withHeaders(answered(call, demand, handler), pass.headers);
    } catch (error) {
      return answerOf(error);
    }
  };
}

function answered(call: ApiCall, demand: Demand, handler: (call: ApiCall) => StandInAnswer): StandInAnswer {
  try {
    if (demand.needs) requireScopes(call.token, demand.needs(call));
    return handler(call);
  } catch (error) {
    return answerOf(error);
  }
}

/** The refusal's answer; anything else is the stand-in's own mistake and shows as a 500. */
export function answerOf(error: unknown): StandInAnswer {
  if (error instanceof Refusal) return error.answer;
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new Refusal(500, 'STAND_IN_BUG', message).answer;
}

const withHeaders = (answer: StandInAnswer, headers: Record<string, string>): StandInAnswer => ({
  ...answer,
  headers: { ...headers, ...answer.headers },
});

function authenticate(world: World, request: StandInRequest): ApiCall {
  const token = world.tokens.get(bearerOf(request));
  const portal = token && world.portals.get(token.portalId);
  if (!token || !portal || token.use !== 'access_token')
    throw unauthenticated('The OAuth token used to make this call is unknown or was revoked.');
  if (world.faults.take('token-revoked')) {
    revokeInstallation(world, token.portalId);
    throw unauthenticated('The OAuth token used to make this call was revoked.');
  }
  if ((token.expiresAt ?? 0) <= world.clock.now().getTime())
    throw unauthenticated('The OAuth token used to make this call expired. Refresh it and try again.');
  const writer = { source: 'INTEGRATION', id: String(world.settings.app.appId) } as const;
  return { request, world, portal, token, place: { world, portal, writer } };
}

function bearerOf(request: StandInRequest): string {
  const match = /^bearer (\S+)$/i.exec(request.headers.authorization ?? '');
  if (match?.[1]) return match[1];
  throw unauthenticated('Authentication credentials not found. This API supports OAuth 2.0 authentication.');
}

/** Ends every token of an account, as an uninstall does. */
export function revokeInstallation(world: World, portalId: number): void {
  for (const [value, token] of world.tokens) if (token.portalId === portalId) world.tokens.delete(value);
}

function requireScopes(token: Token, needs: ScopeNeed): void {
  const missing = needs.filter((anyOf) => !anyOf.some((scope) => token.scopes.includes(scope)));
  if (missing.length === 0) return;
  const names = missing.map((anyOf) => anyOf[0] ?? '');
  throw new Refusal(
    403,
    'MISSING_SCOPES',
    `This app hasn't been granted all required scopes to make this call. Missing: ${names.join(', ')}`,
    {
      errors: [
        { message: 'One or more of the following scopes are required.', context: { requiredScopes: names } },
      ],
    },
  );
}

/** The JSON body in the shape of the schema, or HubSpot's 400. */
export function bodyOf<T>(request: StandInRequest, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(jsonOf(request));
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map((issue) => ({
    message: `${issue.path.join('.') || 'body'}: ${issue.message}`,
  }));
  throw invalid(`Invalid input JSON: ${details.map((detail) => detail.message).join('; ')}`, details);
}

function jsonOf(request: StandInRequest): unknown {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
    throw new Refusal(415, 'VALIDATION_ERROR', 'Unsupported Media Type: the body must be application/json');
  try {
    return JSON.parse(request.raw.toString('utf8')) as unknown;
  } catch {
    throw invalid('Invalid input JSON: the body could not be parsed');
  }
}

/** The object type named in the path; refuses unknown ones, and payments where the account has none. */
export function kindIn(call: ApiCall, param = 'objectType'): KindInfo {
  const name = call.request.params[param] ?? '';
  const info = findKind(name);
  if (!info) throw notFound(`Unable to infer object type from: ${name}`);
  if (info.kind === 'commerce_payments' && !call.portal.seed.commercePayments)
    throw new Refusal(403, 'FORBIDDEN', 'This account is not set up to use commerce payments.');
  return info;
}

/** A list given as repeated or comma-separated query parameters. */
export const listIn = (request: StandInRequest, name: string): string[] =>
  request.url.searchParams
    .getAll(name)
    .flatMap((value) => value.split(','))
    .filter(Boolean);

/** A whole number from the query, within bounds. */
export function numberIn(request: StandInRequest, name: string, fallback: number, max: number): number {
  const raw = request.url.searchParams.get(name);
  if (raw === null) return fallback;
  const value = Number(raw);
  if (!Number.isInteger(value) || value < 1 || value > max)
    throw invalid(`Invalid value for ${name}: ${raw}; it must be between 1 and ${max}`);
  return value;
}
