// The cards' only way to the connector: asks, and turns whatever comes back into an answer with words.
import { hubspot } from '@hubspot/ui-extensions';
import type { OperationAnswer, OperationKind, OperationRequests, ViewAnswer } from './view-types.ts';

export type Failure = {
  ok: false;
  code: string;
  message: string;
  /** `later`: the same request may be sent again, unchanged. */
  retry: 'never' | 'later' | 'after-reauth';
};

export type RecordAddress = { connectorUrl: string; objectType: string; recordId: string };

/** What the person filled in; the operation id is added when it is sent. */
export type OperationBody<K extends OperationKind> = Omit<OperationRequests[K], 'operationId'>;

export type Connector = {
  /** The card's view; `cursor` is the `next` of the page before. */
  view: (cursor: string | null) => Promise<ViewAnswer | Failure>;
  start: <K extends OperationKind>(
    kind: K,
    operationId: string,
    body: OperationBody<K>,
  ) => Promise<OperationAnswer | Failure>;
  operation: (operationId: string) => Promise<OperationAnswer | Failure>;
};

export const notSetUp: Failure = {
  ok: false,
  code: 'not_set_up',
  message: 'This app was uploaded without CONNECTOR_URL; the person who uploaded it sets it in the profile.',
  retry: 'never',
};

const unreachable: Failure = {
  ok: false,
  code: 'unreachable',
  message: 'Payside cannot be reached right now. Trying again will not do it twice.',
  retry: 'later',
};

/** Nothing is done by looking, so nothing can be done twice. */
const notLoaded: Failure = {
  ...unreachable,
  message: 'Payside cannot be reached right now. Try again in a moment.',
};

const byStatus: Record<number, Failure> = {
  400: {
    ok: false,
    code: 'bad_request',
    message: 'Payside could not read this. Check what you typed.',
    retry: 'never',
  },
  401: {
    ok: false,
    code: 'unverified',
    message: 'HubSpot could not vouch for this page. Reload it and try again.',
    retry: 'never',
  },
  404: { ok: false, code: 'not_found', message: 'This record is not available to you.', retry: 'never' },
  413: { ok: false, code: 'too_large', message: 'This is too long to send. Shorten it.', retry: 'never' },
  429: {
    ok: false,
    code: 'busy',
    message: 'Payside is busy. Try again in a moment; it will not be done twice.',
    retry: 'later',
  },
};

/** True when no answer of the connector's own came back: it says nothing about what became of an operation. */
export const isOutOfReach = (failure: Failure): boolean =>
  failure === unreachable || failure === notLoaded || Object.values(byStatus).includes(failure);

const isAnswer = <T extends { ok: boolean }>(body: unknown): body is T =>
  typeof body === 'object' && body !== null && 'ok' in body && typeof body.ok === 'boolean';

/** GET without a body, POST with one; never throws. */
export async function ask<T extends { ok: boolean }>(
  url: string,
  body?: Record<string, unknown>,
): Promise<T | Failure> {
  const silence = body ? unreachable : notLoaded;
  try {
    const response = await hubspot.fetch(url, body ? { method: 'POST', body } : { method: 'GET' });
    const answer: unknown = await response.json().catch(() => null);
    if (isAnswer<T>(answer)) return answer;
    return byStatus[response.status] ?? silence;
  } catch {
    return silence;
  }
}

export const apiOf = (connectorUrl: string): string =>
  `${connectorUrl.endsWith('/') ? connectorUrl.slice(0, -1) : connectorUrl}/api/v1`;

export function createConnector({ connectorUrl, objectType, recordId }: RecordAddress): Connector {
  const api = apiOf(connectorUrl);
  const record = `${api}/records/${encodeURIComponent(objectType)}/${encodeURIComponent(recordId)}`;
  return {
    view: (cursor) => ask(cursor === null ? record : `${record}?cursor=${encodeURIComponent(cursor)}`),
    start: (kind, operationId, body) => ask(`${record}/operations/${kind}`, { operationId, ...body }),
    operation: (operationId) => ask(`${api}/operations/${operationId}`),
  };
}
