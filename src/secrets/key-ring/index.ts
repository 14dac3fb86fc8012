// Secrets at rest: AES-256-GCM under a ring of keys; the first key encrypts, all decrypt.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { configInvalid } from '../../errors.ts';
import type { Place, SealedApart, Secrets } from '../secrets.ts';

export type RingKey = { id: string; key: Buffer };

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** @param keys first one encrypts; ids are part of the sealed text, so that keys can be retired one by one */
export function createKeyRing(keys: readonly RingKey[]): Secrets {
  const [first] = keys;
  if (!first) throw configInvalid({ publicMessage: 'ENCRYPTION_KEYS: at least one key is required' });
  // Tokens must outlive a rotation of the sealing key for as long as the old key stays in the ring: last key, oldest.
  const oldest = keys.at(-1) ?? first;
  const deriving = Buffer.from(hkdfSync('sha256', oldest.key, '', 'payside derive', 32));
  return {
    seal: (plain, place) => seal(plain, place, first),
    open: (sealed, place) => open(sealed, place, keys),
    sealApart: (plain, place) => sealApart(plain, place, first),
    openApart: (apart, place) => openApart(apart, place, keys),
    isOutdated: (sealed) => keyIdOf(sealed) !== first.id,
    keyIdOf,
    derive: (purpose, subject) =>
      createHmac('sha256', deriving).update(`${purpose}\n${subject}`).digest('base64url'),
  };
}

const keyIdOf = (sealed: string): string => sealed.split('.')[1] ?? '';

const additional = (place: Place): Buffer => Buffer.from(`${place.workspaceId}\n${place.column}`);

function seal(plain: string, place: Place, { id, key }: RingKey): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(additional(place));
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return `v1.${id}.${Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')}`;
}

function open(sealed: string, place: Place, keys: readonly RingKey[]): string {
  const [version, id, text] = sealed.split('.');
  const found = keys.find((candidate) => candidate.id === id);
  if (version !== 'v1' || !found || !text) {
    throw configInvalid({
      publicMessage: `ENCRYPTION_KEYS: the key "${id ?? ''}" is needed to read stored secrets`,
    });
  }
  const bytes = Buffer.from(text, 'base64url');
  try {
    // A shorter tag would be easier to guess, so its length is not taken from the text.
    const decipher = createDecipheriv('aes-256-gcm', found.key, bytes.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(additional(place)).setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  } catch (cause) {
    throw configInvalid({ publicMessage: 'A stored secret does not belong where it stands.', cause });
  }
}

const OWN = 'own';
const KEY_BYTES = 32;

const placeOfKey = ({ workspaceId, column }: Place): Place => ({ workspaceId, column: `key of ${column}` });

function sealApart(plain: string, place: Place, ring: RingKey): SealedApart {
  const key = randomBytes(KEY_BYTES);
  return {
    sealed: seal(plain, place, { id: OWN, key }),
    key: seal(key.toString('base64'), placeOfKey(place), ring),
  };
}

function openApart({ sealed, key }: SealedApart, place: Place, keys: readonly RingKey[]): string {
  return open(sealed, place, [{ id: OWN, key: Buffer.from(open(key, placeOfKey(place), keys), 'base64') }]);
}
