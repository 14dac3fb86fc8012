// What HubSpot's backend does for hubspot.fetch: checks the call, adds who is asking, signs, forwards, and resends once.
import { z } from 'zod';
import type { Route } from '../stand-in/server.ts';
import { answerOf, bodyOf } from './api.ts';
import { invalid, notFound, Refusal } from './refusal.ts';
import { signatureHeaders } from './signature.ts';
import { findUser, type World } from './world.ts';

const MOST_AT_ONCE = 20;
const MOST_BYTES = 1024 * 1024;
const TIMEOUT_MS = 15_000;

const callSchema = z.strictObject({
  portalId: z.int(),
  userId: z.int(),
  url: z.url(),
  method: z.enum(['GET', 'POST', 'PUT', 'DELETE', 'PATCH']),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.unknown().optional(),
  timeoutMs: z.int().min(1).max(TIMEOUT_MS).optional(),
});
type Call = z.infer<typeof callSchema>;
type Forwarded = { status: number; type: string; body: string };

/** The page's door to the outside; cards reach it only through hubspot.fetch. */
export function proxyRoutes(world: World): Route[] {
  const running = new Map<number, number>();
  const frozen = new Map<string, Forwarded>();
  const handler: Route['handler'] = async (request) => {
    try {
      const call = bodyOf(request, callSchema);
      const answer = await counted(running, call.portalId, () => answered(world, call, frozen));
      return { status: answer.status, headers: { 'content-type': answer.type }, body: answer.body };
    } catch (error) {
      return answerOf(error);
    }
  };
  return [{ method: 'POST', path: '/_host/proxy', handler }];
}

async function counted<T>(
  running: Map<number, number>,
  portalId: number,
  work: () => Promise<T>,
): Promise<T> {
  const now = running.get(portalId) ?? 0;
  if (now >= MOST_AT_ONCE)
    throw new Refusal(429, 'RATE_LIMITS', `No more than ${MOST_AT_ONCE} requests may run at once.`);
  running.set(portalId, now + 1);
  try {
    return await work();
  } finally {
    running.set(portalId, (running.get(portalId) ?? 1) - 1);
  }
}

/** Forwards the call; with the card frozen, a GET gets what it got before, for ever. */
async function answered(world: World, call: Call, frozen: Map<string, Forwarded>): Promise<Forwarded> {
  checkCall(world, call);
  const key = `${call.userId} ${call.url}`;
  const old = frozen.get(key);
  const isFrozen = (world.faults.armed()['frozen-card']?.count ?? 0) > 0;
  if (call.method === 'GET' && isFrozen && old) return old;
  const answer = await forward(world, call);
  if (call.method === 'GET') frozen.set(key, answer);
  return answer;
}

function checkCall(world: World, call: Call): void {
  const { permittedFetch } = world.settings.app;
  if (!permittedFetch.some((allowed) => isBelow(call.url, allowed)))
    throw invalid(`The url ${call.url} is not among the permitted urls of the app.`);
  const strange = Object.keys(call.headers ?? {}).find((name) => name.toLowerCase() !== 'authorization');
  if (strange) throw invalid(`The header ${strange} is not allowed; only Authorization is.`);
  if (Buffer.byteLength(bodyText(call)) > MOST_BYTES)
    throw new Refusal(413, 'VALIDATION_ERROR', 'The request is larger than 1 MB.');
}

function isBelow(url: string, allowed: string): boolean {
  const [target, entry] = [new URL(url), new URL(allowed)];
  const base = entry.pathname.replace(/\/$/, '');
  return (
    target.origin === entry.origin && (target.pathname === base || target.pathname.startsWith(`${base}/`))
  );
}

const bodyText = (call: Call): string =>
  call.body === undefined || call.method === 'GET' ? '' : JSON.stringify(call.body);

async function forward(world: World, call: Call): Promise<Forwarded> {
  const url = identified(world, call);
  const deadline = Date.now() + (call.timeoutMs ?? TIMEOUT_MS);
  const first = await attempt(world, call, { url, deadline });
  const again = 'failed' in first || first.status >= 500;
  const last = again && Date.now() < deadline ? await attempt(world, call, { url, deadline }) : first;
  if (!('failed' in last)) return last;
  const [status, category] = Date.now() >= deadline ? [504, 'GATEWAY_TIMEOUT'] : [502, 'BAD_GATEWAY'];
  throw new Refusal(status, category, `The app's server could not be reached: ${last.failed}`);
}

/** The address with who is asking, taken from the page's signed-in user and never from the card. */
function identified(world: World, call: Call): string {
  const portal = world.portals.get(call.portalId);
  const user = portal && findUser(portal, call.userId);
  if (!user) throw notFound(`No user ${call.userId} in account ${call.portalId}`);
  const who = {
    userId: user.id,
    portalId: call.portalId,
    userEmail: user.email,
    appId: world.settings.app.appId,
  };
  const pairs = Object.entries(who).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const { href } = new URL(call.url);
  return `${href}${href.includes('?') ? '&' : '?'}${pairs.join('&')}`;
}

type Way = { url: string; deadline: number };

async function attempt(world: World, call: Call, way: Way): Promise<Forwarded | { failed: string }> {
  const body = bodyText(call);
  const { clientSecret } = world.settings.app;
  const signed = { method: call.method, url: way.url, body, timestamp: world.clock.now().getTime() };
  try {
    const response = await fetch(way.url, {
      method: call.method,
      redirect: 'manual',
      headers: {
        'content-type': 'application/json',
        ...call.headers,
        ...signatureHeaders(clientSecret, signed),
      },
      ...(body === '' ? {} : { body }),
      signal: AbortSignal.timeout(Math.max(1, way.deadline - Date.now())),
    });
    const text = await response.text();
    if (Buffer.byteLength(text) > MOST_BYTES) return { failed: 'the answer is larger than 1 MB' };
    const type = response.headers.get('content-type') ?? 'application/json';
    return { status: response.status, type, body: text };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { failed: cause instanceof Error ? cause.message : String(cause) };
  }
}
