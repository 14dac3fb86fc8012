// Tokens by which cards' calls prove which org they come from: random for each install, kept here as a hash only.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { CrmName, HoldsToken } from '../crms/crm.ts';
import type { Directory } from './directory.ts';

export type CardToken = { token: string; hash: string };

/** Nobody can guess 32 random bytes, so that a plain hash keeps them as well as a slow one would. */
const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

export function newCardToken(): CardToken {
  const token = randomBytes(32).toString('base64url');
  return { token, hash: hashOf(token) };
}

/** Of the length of every hash, and the hash of nothing anybody knows. */
const NOBODYS = hashOf(randomBytes(32).toString('base64url'));

export const createHoldsToken =
  (directory: Directory, crm: CrmName): HoldsToken =>
  async (portalId, token) => {
    const installation = await directory.installationByPortal(crm, portalId);
    const wanted = installation?.cardTokenHash ?? NOBODYS;
    return timingSafeEqual(Buffer.from(hashOf(token)), Buffer.from(wanted));
  };
