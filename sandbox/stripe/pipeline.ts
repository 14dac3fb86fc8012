// From an HTTP request to an answer: key, limits, parameters, idempotency, the endpoint itself, expansion.
import { createHash } from 'node:crypto';
import type { Faults } from '../stand-in/faults.ts';
import type { Handler, Route, StandInAnswer, StandInRequest } from '../stand-in/server.ts';
import { authorize, identify, type Identity } from './auth.ts';
import { API_VERSION, type Context } from './context.ts';
import type { Endpoint, PathParams } from './endpoint.ts';
import { Refusal, type ErrorBody } from './errors.ts';
import { expanded } from './expand.ts';
import { decodeForm, type Form } from './form.ts';
import { createIdempotencyKeys, type IdempotencyKeys } from './idempotency.ts';
import { readParams } from './params.ts';
import type { RateLimit } from './rate-limit.ts';
import { randomText, type AccountState, type World } from './state.ts';

export type Pipeline = {
  world: World;
  faults: Faults;
  /** Left out: no limit. */
  rateLimit?: RateLimit | undefined;
  deliver: Context['deliver'];
  /** Runs what time has made due in an account, before each request. */
  advance: (ctx: Context) => void;
  keys: Map<string, IdempotencyKeys>;
};

type Answer = { status: number; body: string; headers?: Record<string, string> };
type Call = { endpoint: Endpoint; ctx: Context; form: Form; path: PathParams };

export function routeOf(pipeline: Pipeline, endpoint: Endpoint): Route {
  return {
    method: endpoint.method,
    path: endpoint.path,
    handler: (request) => answer(request, (id) => serve(pipeline, endpoint, request, id)),
  };
}

/** Stripe's answer for a path that does not exist. */
export const unknownPath: Handler = (request) =>
  answer(request, () => {
    throw new Refusal(404, {
      message: `Unrecognized request URL (${request.method}: ${request.url.pathname}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
      type: 'invalid_request_error',
    });
  });

async function answer(
  request: StandInRequest,
  work: (requestId: string) => Answer | Promise<Answer>,
): Promise<StandInAnswer> {
  const requestId = `req_${randomText(14)}`;
  const result = await attempt(() => work(requestId));
  return {
    status: result.status,
    body: result.body,
    headers: {
      'access-control-allow-origin': '*',
      'content-type': 'application/json',
      'request-id': requestId,
      'stripe-version': API_VERSION,
      ...(request.method === 'POST' ? replyKey(request) : {}),
      ...result.headers,
    },
  };
}

function replyKey(request: StandInRequest): Record<string, string> {
  const key = keyOf(request);
  return key ? { 'idempotency-key': key } : {};
}

async function attempt(work: () => Answer | Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) return failed(error.status, error.body);
    return failed(500, { message: `Stand-in defect: ${String(error)}`, type: 'api_error' });
  }
}

async function serve(
  pipeline: Pipeline,
  endpoint: Endpoint,
  request: StandInRequest,
  requestId: string,
): Promise<Answer> {
  const identity = identify(pipeline.world, request.headers);
  const { account } = identity;
  const { id, livemode } = account.definition;
  pipeline.rateLimit?.take(id, livemode, `${endpoint.method} ${endpoint.path}`);
  authorize(pipeline.world, identity, endpoint.right, endpoint.browser);
  const key = request.method === 'POST' ? keyOf(request) : undefined;
  const ctx = contextOf(pipeline, identity, { requestId, idempotencyKey: key ?? null });
  pipeline.advance({ ...ctx, requestId: null, idempotencyKey: null });
  const text = request.method === 'POST' ? request.raw.toString('utf8') : request.url.search.slice(1);
  const call: Call = { endpoint, ctx, form: decodeForm(text), path: request.params };
  return key === undefined ? run(pipeline, call, () => undefined) : once(pipeline, call, key, text);
}

function keyOf(request: StandInRequest): string | undefined {
  const header = request.headers['idempotency-key'];
  return typeof header === 'string' && header !== '' ? header : undefined;
}

/** Runs a keyed call once; only what began to run is kept, a refused parameter is not. */
async function once(pipeline: Pipeline, call: Call, key: string, text: string): Promise<Answer> {
  const keys = keysOf(pipeline, call.ctx.account);
  const fingerprint = createHash('sha256').update(text).digest('hex');
  const kept = keys.begin(key, { path: concrete(call), fingerprint, now: call.ctx.now });
  if (kept) return { ...kept, headers: { 'idempotent-replayed': 'true' } };
  let began = false;
  const result = await attempt(() => run(pipeline, call, () => void (began = true)));
  if (began) keys.keep(key, { status: result.status, body: result.body });
  else keys.release(key);
  return result;
}

function concrete(call: Call): string {
  return call.endpoint.path.replaceAll(/:([a-zA-Z]+)/g, (_, name: string) => call.path[name] ?? '');
}

function keysOf(pipeline: Pipeline, account: AccountState): IdempotencyKeys {
  const { id } = account.definition;
  const known = pipeline.keys.get(id) ?? createIdempotencyKeys();
  pipeline.keys.set(id, known);
  return known;
}

async function run(pipeline: Pipeline, call: Call, began: () => void): Promise<Answer> {
  const named = `${call.endpoint.method} ${concrete(call)}`;
  const slow = pipeline.faults.take('slow-work', named);
  if (slow) await new Promise((resolve) => setTimeout(resolve, slow.ms));
  if (pipeline.faults.take('api-error', named)) {
    began();
    return broken();
  }
  const body = JSON.stringify(execute(call, began), null, 2);
  return pipeline.faults.take('api-error-after', named) ? broken() : { status: 200, body };
}

function failed(status: number, error: ErrorBody): Answer {
  return { status, body: JSON.stringify({ error }, null, 2) };
}

function broken(): Answer {
  const message = 'An unknown error occurred. We have been notified of the problem.';
  return failed(500, { message, type: 'api_error' });
}

/** The endpoint itself: reads the parameters, runs, expands; the answer may be the stored object, so copy it before keeping. */
export function execute(call: Call, began: () => void = () => undefined): Record<string, unknown> {
  const { expand, ...form } = call.form;
  const params = readParams(call.endpoint.params, form);
  began();
  const paths = Array.isArray(expand) ? expand.map(String) : [];
  return expanded(call.ctx.account, call.endpoint.run(call.ctx, params, call.path), paths);
}

/** A context for one request, or for the sandbox's own doors. */
export function contextOf(
  pipeline: Pick<Pipeline, 'world' | 'deliver'>,
  identity: Identity,
  request: { requestId: string | null; idempotencyKey: string | null; at?: Date | undefined },
): Context {
  const moment = request.at ?? pipeline.world.clock.now();
  return {
    world: pipeline.world,
    account: identity.account,
    now: Math.floor(moment.getTime() / 1000),
    caller: identity.caller,
    requestId: request.requestId,
    idempotencyKey: request.idempotencyKey,
    deliver: pipeline.deliver,
  };
}
