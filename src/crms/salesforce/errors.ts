// Salesforce's failures in the connector's words; judged by error code, never by words in a message.
import { z } from 'zod';
import {
  accessDenied,
  ConnectorError,
  crmRejected,
  crmUnavailable,
  notFound,
  rateLimited,
  reauthRequired,
} from '../../errors.ts';

/** A used-up day rolls on, so that asking once a minute is often enough. */
const DAILY_MS = 60_000;

const NO_RIGHT =
  'Salesforce does not give Payside the rights this needs. See that the user who connected Payside has the permission set “Payside Integration”.';

const OUTDATED =
  'The Payside package in Salesforce lacks a field or object, or its permission set hides one. Update the package and assign “Payside Integration” to the user who connected Payside.';

/** The token is worth nothing, or the whole org is closed: what a refresh is answered tells whether it is for good. */
const SESSION = new Set([
  'INVALID_SESSION_ID',
  'INVALID_AUTH_HEADER',
  'ERROR_HTTP_401',
  'INACTIVE_ORG',
  'ORG_LOCKED',
  'TRIAL_EXPIRED',
]);
const DENIED = new Set([
  'API_DISABLED_FOR_ORG',
  'API_CURRENTLY_DISABLED',
  'INSUFFICIENT_ACCESS',
  'INSUFFICIENT_ACCESS_OR_READONLY',
  'FUNCTIONALITY_NOT_ENABLED',
  'ERROR_HTTP_403',
]);
/** Our names never change by what people type: one that is unknown tells of the package, not of a value. */
const UNKNOWN_NAME = new Set(['INVALID_FIELD', 'INVALID_TYPE', 'INVALID_FIELD_FOR_INSERT_UPDATE']);
const LIMITED = new Set(['REQUEST_LIMIT_EXCEEDED', 'TOO_MANY_REQUESTS', 'ERROR_HTTP_429', 'ERROR_HTTP_420']);
const BUSY = new Set(['SERVER_UNAVAILABLE', 'UNABLE_TO_LOCK_ROW', 'UNKNOWN_EXCEPTION', 'QUERY_TIMEOUT']);
const GONE = new Set(['NOT_FOUND', 'ENTITY_IS_DELETED']);
/** What says so without Salesforce's words is something in between, or what stands where an org was: it tells of no record. */
const NOBODY = 'ERROR_HTTP_404';

/** @param code Salesforce's error code, or `ERROR_HTTP_<status>` where the answer had none */
export function failure(code: string, message: string, cause?: unknown): ConnectorError {
  const extra = { context: { vendor: 'salesforce', code }, cause };
  if (SESSION.has(code)) return reauthRequired(extra);
  if (DENIED.has(code)) return accessDenied({ ...extra, publicMessage: NO_RIGHT });
  if (UNKNOWN_NAME.has(code)) return accessDenied({ ...extra, publicMessage: OUTDATED });
  if (LIMITED.has(code)) return rateLimited({ ...extra, retryAfterMs: DAILY_MS });
  if (BUSY.has(code) || code === NOBODY || /^ERROR_HTTP_(3|5)\d\d$/.test(code)) return crmUnavailable(extra);
  if (GONE.has(code)) return notFound(extra);
  return crmRejected({ ...extra, publicMessage: `Salesforce refused this: ${message}` });
}

/** An object or field that the org does not have, or does not show to whoever connected. */
export const isUnknownName = (error: unknown): boolean =>
  error instanceof ConnectorError && UNKNOWN_NAME.has(String(error.context['code']));

/** What jsforce throws for an answer with an error in it; everything else means that no answer came, or none to be read. */
const thrownShape = z.object({ errorCode: z.string(), message: z.string(), data: z.unknown() });

/** Several errors in one answer come as a list; the first one decides. */
const listShape = z.array(z.object({ errorCode: z.string(), message: z.string() })).min(1);

export function toConnectorError(error: unknown): ConnectorError {
  if (error instanceof ConnectorError) return error;
  const thrown = thrownShape.safeParse(error);
  if (!thrown.success) return crmUnavailable({ context: { vendor: 'salesforce' }, cause: error });
  const { errorCode, message, data } = thrown.data;
  const [first = { errorCode, message }] = listShape.safeParse(data).data ?? [];
  return failure(first.errorCode, first.message, error);
}

/** Runs a call and turns what it throws. jsforce's own limit cannot be told from other failures, so one is raced against it. */
export async function calling<T>(call: () => Promise<T>, timeoutMs: number): Promise<T> {
  const timer = Promise.withResolvers<never>();
  const timeout = setTimeout(() => timer.reject(new DOMException('no answer', 'TimeoutError')), timeoutMs);
  try {
    return await Promise.race([call(), timer.promise]);
  } catch (error) {
    throw toConnectorError(error);
  } finally {
    clearTimeout(timeout);
  }
}
