// HubSpot's failures in the connector's words; judged by status and category, never by words in a message.
import { z } from 'zod';
import {
  ConnectorError,
  crmRejected,
  crmUnavailable,
  notFound,
  rateLimited,
  reauthRequired,
} from '../../errors.ts';

export type HubspotFailure = {
  status: number;
  category?: string | undefined;
  message?: string | undefined;
  policyName?: string | undefined;
  retryAfterMs?: number | undefined;
};

/** HubSpot's own window when a 429 names no time to wait. */
const ROLLING_WINDOW_MS = 10_000;
/** Documented minimum after 423 Locked. */
const LOCKED_MS = 2_000;
/** A used-up day comes back at midnight in the portal's zone, so that asking once a minute is often enough. */
const DAILY_MS = 60_000;

const FORBIDDEN = 'HubSpot did not grant the permission this needs. Reinstall Payside to grant it.';

export function failure(found: HubspotFailure, cause?: unknown): ConnectorError {
  const { status, retryAfterMs } = found;
  const extra = { context: { vendor: 'hubspot', status, code: found.category }, cause };
  if (status === 477 || status >= 500) return crmUnavailable({ ...extra, retryAfterMs });
  switch (status) {
    case 401:
      return reauthRequired(extra);
    case 403:
      // What waits is kept until an admin has granted it.
      return reauthRequired({ ...extra, publicMessage: FORBIDDEN });
    case 404:
      return notFound(extra);
    case 423:
      return crmUnavailable({ ...extra, retryAfterMs: LOCKED_MS });
    case 429:
      return rateLimited({ ...extra, retryAfterMs: retryAfterMs ?? windowOf(found) });
    default:
      return crmRejected({
        ...extra,
        publicMessage: `HubSpot refused this: ${found.message ?? String(status)}`,
      });
  }
}

const windowOf = ({ policyName }: HubspotFailure): number =>
  policyName === 'DAILY' ? DAILY_MS : ROLLING_WINDOW_MS;

type ApiException = { code: number; body: unknown; headers?: Record<string, string> };

const isApiException = (error: unknown): error is ApiException =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  typeof error.code === 'number' &&
  'body' in error;

const bodyShape = z
  .object({
    category: z.string().optional(),
    message: z.string().optional(),
    policyName: z.string().optional(),
  })
  .catch({});

/**
 * What the SDK throws: an ApiException with a status. Everything else means that no answer came, or a success that cannot
 * be read, which may have been anything.
 */
export function toConnectorError(error: unknown): ConnectorError {
  if (error instanceof ConnectorError) return error;
  if (!isApiException(error) || error.code < 400) return crmUnavailable({ cause: error });
  const seconds = Number(error.headers?.['retry-after']);
  const retryAfterMs = seconds > 0 ? seconds * 1000 : undefined;
  return failure({ status: error.code, ...bodyShape.parse(error.body), retryAfterMs }, error);
}

/**
 * Runs a call and turns what it throws. The SDK has no time-out of its own, so one is raced against it.
 * @param breakOff ends what is still under way when there was no answer in time; what was sent may be done all the same
 */
export async function calling<T>(
  call: () => Promise<T>,
  timeoutMs: number,
  breakOff: () => void = () => undefined,
): Promise<T> {
  const timer = Promise.withResolvers<never>();
  const timeout = setTimeout(() => {
    timer.reject(new DOMException('no answer', 'TimeoutError'));
    breakOff();
  }, timeoutMs);
  try {
    return await Promise.race([call(), timer.promise]);
  } catch (error) {
    throw toConnectorError(error);
  } finally {
    clearTimeout(timeout);
  }
}
