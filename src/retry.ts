// When something that failed is tried again: capped exponential, with jitter, never before the other side said.
import type { ConnectorError } from './errors.ts';

const CAP_MS = 15 * 60_000;

/** @param attempts tries so far, at least 1 */
export function retryAt(now: Date, baseMs: number, attempts: number, error?: ConnectorError): Date {
  const grown = Math.min(CAP_MS, baseMs * 2 ** Math.min(attempts - 1, 20));
  const jittered = grown / 2 + Math.random() * (grown / 2);
  return new Date(now.getTime() + Math.max(jittered, error?.retryAfterMs ?? 0));
}

/** After so many tries something is wrong with the thing itself: a person has to look. */
export const MAX_ATTEMPTS = 10;

/**
 * Whether a person has to look: the same would fail the same way, or it keeps failing for a reason of our own. What the
 * other side cannot do now it can do later, however long that takes.
 */
export const isFinal = ({ retry, code }: ConnectorError, attempts: number): boolean =>
  retry === 'never' || (code === 'internal' && attempts >= MAX_ATTEMPTS);
