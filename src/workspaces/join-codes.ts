// Codes by which an admin of one CRM lets those of another ask to join: random, for half an hour and one use, kept as a hash only.
import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Store } from '../store/store.ts';

export type CodeDeps = { store: Store; clock: Clock };

export type JoinCode = {
  /** In groups that people can read to each other. */
  text: string;
  minutes: number;
};

const MINUTES = 30;
const VALID_MS = MINUTES * 60_000;
/** Whoever begins an install and never comes back is forgotten as late as this. */
const KEPT_MS = 60 * 60_000;

/** Letters that look like digits, and U, are left out. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** Of five bits each: 140 bits that nobody guesses. */
const LENGTH = 28;
const GROUP = 4;

const PROVIDER = 'join';

/** Made of so many random bits, a code is kept as well by a plain hash as by a slow one. */
const hashOf = (letters: string): string =>
  createHash('sha256').update(`${PROVIDER} ${letters}`).digest('base64url');

/** Lets one installation ask to join this workspace. */
export async function makeJoinCode({ store, clock }: CodeDeps, workspaceId: string): Promise<JoinCode> {
  const letters = Array.from(randomBytes(LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
  const now = clock.now().getTime();
  await store.dropAuthorizations(new Date(now - KEPT_MS));
  await store.putAuthorization({
    state: hashOf(letters),
    browser: '',
    verifier: '',
    provider: PROVIDER,
    subject: workspaceId,
    expiresAt: new Date(now + VALID_MS).toISOString(),
  });
  return { text: (letters.match(new RegExp(`.{${GROUP}}`, 'g')) ?? []).join('-'), minutes: MINUTES };
}

/** Uses a code up. @returns the workspace it lets in; null for one that is unknown, was used, or ran out */
export async function takeJoinCode({ store, clock }: CodeDeps, typed: string): Promise<string | null> {
  const letters = lettersOf(typed);
  if (letters.length !== LENGTH) return null;
  const pending = await store.takeAuthorization(hashOf(letters));
  if (pending?.provider !== PROVIDER || clock.now().toISOString() > pending.expiresAt) return null;
  return pending.subject;
}

/** As people type it: in small letters, with or without the dashes, with an O for a zero. */
const lettersOf = (typed: string): string =>
  typed
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
