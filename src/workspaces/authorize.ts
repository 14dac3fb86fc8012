// The first half of every OAuth flow: single-use state bound to a browser, PKCE, ten minutes.
import { randomBytes } from 'node:crypto';
import { calculatePKCECodeChallenge, generateRandomCodeVerifier, generateRandomState } from 'oauth4webapi';
import type { Clock } from '../clock.ts';
import type { Store } from '../store/store.ts';

const VALID_MS = 10 * 60_000;
/** Whoever comes back a little late is told so; after that a state is as unknown as one that never was. */
const KEPT_MS = 60 * 60_000;

export type Begun = { url: string; browser: string; maxAgeMs: number };

export type AuthorizeDeps = { store: Store; clock: Clock };

/**
 * @param urlFor the provider's address for a state and a challenge
 * @param subject who it is about, where that is known before the return; kept here, as an address could be changed
 */
export async function beginAuthorization(
  { store, clock }: AuthorizeDeps,
  provider: string,
  urlFor: (state: string, challenge: string) => string,
  subject: string | null = null,
): Promise<Begun> {
  const state = generateRandomState();
  const verifier = generateRandomCodeVerifier();
  const browser = randomBytes(24).toString('base64url');
  const now = clock.now().getTime();
  const expiresAt = new Date(now + VALID_MS).toISOString();
  // Anybody may begin and never come back.
  await store.dropAuthorizations(new Date(now - KEPT_MS));
  await store.putAuthorization({ state, browser, verifier, provider, subject, expiresAt });
  return { url: urlFor(state, await calculatePKCECodeChallenge(verifier)), browser, maxAgeMs: VALID_MS };
}

export type Returned =
  | { ok: true; verifier: string; subject: string | null }
  | { ok: false; reason: 'unknown' | 'expired' | 'other_browser' };

/** Uses a state up: a second return with it is refused, whatever became of the first. */
export async function finishAuthorization(
  { store, clock }: AuthorizeDeps,
  provider: string,
  state: string,
  browser: string | undefined,
): Promise<Returned> {
  const pending = await store.takeAuthorization(state);
  if (!pending || pending.provider !== provider) return { ok: false, reason: 'unknown' };
  if (pending.browser !== browser) return { ok: false, reason: 'other_browser' };
  if (clock.now().toISOString() > pending.expiresAt) return { ok: false, reason: 'expired' };
  return { ok: true, verifier: pending.verifier, subject: pending.subject };
}
