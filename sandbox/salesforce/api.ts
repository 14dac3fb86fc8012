// Wraps every API handler: session, version, the daily count of calls, and Salesforce's error shape for what goes wrong.
import type { Handler, StandInAnswer, StandInRequest } from '../stand-in/server.ts';
import type { Place } from './records.ts';
import { answerOf, notFound, Refusal, sessionInvalid } from './refusal.ts';
import { orgOf, type Org, type Session, type World } from './world.ts';

export type ApiCall = {
  request: StandInRequest;
  world: World;
  org: Org;
  session: Session;
  place: Place;
  /** `v66.0` */
  version: string;
};

export type ApiHandler = (call: ApiCall) => StandInAnswer;

/** The oldest version whose shapes the product was made for, and the newest there is. */
const VERSIONS = { least: 62, most: 68 };
/** A session ends so long after its last use, where an admin has set nothing else. */
export const SESSION_MS = 2 * 3_600_000;
const DAY_MS = 24 * 3_600_000;
const DEVELOPER_CALLS = 15_000;

/** A handler for a verified caller; what it throws as a refusal is the answer. */
export function api(world: World, handler: ApiHandler): Handler {
  return (request) => {
    try {
      const call = authenticate(world, request);
      const usage = counted(world, call.org);
      const answer = attempted(call, handler);
      return { ...answer, headers: { 'sforce-limit-info': `api-usage=${usage}`, ...answer.headers } };
    } catch (error) {
      return answerOf(error);
    }
  };
}

function attempted(call: ApiCall, handler: ApiHandler): StandInAnswer {
  try {
    requireVersion(call.version);
    return handler(call);
  } catch (error) {
    return answerOf(error);
  }
}

function authenticate(world: World, request: StandInRequest): ApiCall {
  const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const now = world.clock.now().getTime();
  const session = world.sessions.get(token);
  if (world.faults.take('session-expired')) world.sessions.delete(token);
  if (!session || !world.sessions.has(token) || session.expiresAt <= now) throw sessionInvalid();
  session.expiresAt = now + SESSION_MS;
  const org = orgOf(world, session.orgId);
  if (org.closed) throw new Refusal(403, 'INACTIVE_ORG', 'This organization is not active.');
  return { request, world, org, session, place: { world, org }, version: request.params['version'] ?? '' };
}

function requireVersion(version: string): void {
  const [, major] = /^v(\d\d)\.0$/.exec(version) ?? [];
  if (!major || Number(major) > VERSIONS.most) throw notFound();
  if (Number(major) < VERSIONS.least)
    throw new Refusal(
      400,
      'UNSUPPORTED_API_VERSION',
      `Version ${major}.0 is older than ${VERSIONS.least}.0, for which the product was made`,
    );
}

/** Counts one call. @returns `used/allowed` */
function counted(world: World, org: Org): string {
  const now = world.clock.now().getTime();
  org.calls = org.calls.filter((at) => at > now - DAY_MS);
  const allowed = org.seed.dailyCalls ?? DEVELOPER_CALLS;
  if (org.calls.length >= allowed || world.faults.take('request-limit'))
    throw new Refusal(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
  org.calls.push(now);
  return `${org.calls.length}/${allowed}`;
}

/** The JSON object in the body, or Salesforce's 400. */
export function jsonOf(request: Pick<StandInRequest, 'headers' | 'raw'>): Record<string, unknown> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
    throw new Refusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'The body must be application/json');
  const body = parsed(request.raw);
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return body as Record<string, unknown>;
  throw new Refusal(400, 'JSON_PARSER_ERROR', 'The body must be a JSON object');
}

function parsed(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch {
    throw new Refusal(400, 'JSON_PARSER_ERROR', 'Unexpected character in the body');
  }
}
