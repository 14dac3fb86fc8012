// Several requests in one call, run one after the other; each has an answer of its own, and all together count once.
import type { StandInAnswer } from '../stand-in/server.ts';
import { jsonOf, type ApiCall } from './api.ts';
import { answerOf, notFound, Refusal } from './refusal.ts';
import { findRoute, type ApiRoute } from './routes.ts';

const MOST = 25;
/** Collections and queries weigh more: at most so many of them. */
const MOST_HEAVY = 5;

type Part = { method: string; url: string; referenceId: string; body?: unknown };

export const compositeRoutes = (routes: readonly ApiRoute[]): ApiRoute[] => [
  { method: 'POST', path: '/composite', handler: (call) => composite(call, routes) },
];

function composite(call: ApiCall, routes: readonly ApiRoute[]): StandInAnswer {
  const { compositeRequest, allOrNone = false } = jsonOf(call.request);
  const parts = Array.isArray(compositeRequest) ? (compositeRequest as Part[]) : [];
  if (parts.length === 0 || parts.length > MOST)
    throw new Refusal(400, 'INVALID_BATCH_SIZE', `A composite request has 1 to ${MOST} parts`);
  if (parts.filter(isHeavy).length > MOST_HEAVY)
    throw new Refusal(400, 'INVALID_BATCH_SIZE', `At most ${MOST_HEAVY} parts may be collections or queries`);
  if (allOrNone !== false)
    throw new Refusal(400, 'STAND_IN_LIMIT', 'The product writes without allOrNone; nothing else is played');
  if (new Set(parts.map(({ referenceId }) => referenceId)).size < parts.length)
    throw new Refusal(400, 'INVALID_INPUT', 'Every part needs a reference id of its own');
  return { status: 200, body: { compositeResponse: parts.map((part) => answered(call, routes, part)) } };
}

const isHeavy = ({ url }: Part): boolean => /\/(composite\/sobjects|query|queryAll)\b/.test(url);

function answered(call: ApiCall, routes: readonly ApiRoute[], part: Part): object {
  const { status, body = null } = run(call, routes, part);
  return { body, httpHeaders: {}, httpStatusCode: status, referenceId: part.referenceId };
}

function run(call: ApiCall, routes: readonly ApiRoute[], { method, url: path, body }: Part): StandInAnswer {
  try {
    const url = new URL(path, 'http://part.invalid');
    const found = findRoute(routes, method, url.pathname);
    if (!found || found.params['version'] !== call.version) throw notFound();
    const raw = Buffer.from(JSON.stringify(body ?? {}));
    const headers = { ...call.request.headers, 'content-type': 'application/json' };
    return found.handler({ ...call, request: { method, url, params: found.params, headers, raw } });
  } catch (error) {
    return answerOf(error);
  }
}
