// Judges a webhook's signature on its raw bytes.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { VerifyOutcome } from '../gateway.ts';

/** Stripe's documented tolerance; we hold it in both directions. */
const TOLERANCE_S = 300;

export function verify(
  raw: Uint8Array,
  signature: string | undefined,
  secrets: readonly string[],
  now: Date,
): VerifyOutcome {
  // The header comes from outside: a list of headers is no signature.
  const header = typeof signature === 'string' ? signature : '';
  const parts = header.split(',').map((part) => part.split(/=(.*)/s));
  const time = parts.find(([name]) => name === 't')?.[1] ?? '';
  const signatures = parts.flatMap(([name, value]) =>
    name === 'v1' && value ? [Buffer.from(value, 'hex')] : [],
  );
  if (!/^\d{1,12}$/.test(time) || signatures.length === 0) return { verified: false, reason: 'signature' };
  const isSigned = secrets.some((secret) => {
    if (secret === '') return false;
    const expected = createHmac('sha256', secret).update(`${time}.`).update(raw).digest();
    return signatures.some((given) => given.length === expected.length && timingSafeEqual(given, expected));
  });
  if (!isSigned) return { verified: false, reason: 'signature' };
  const isFresh = Math.abs(now.getTime() / 1000 - Number(time)) <= TOLERANCE_S;
  return isFresh ? { verified: true } : { verified: false, reason: 'time' };
}
