// The key ring: sealed text opens only where it stands, and only while its key is in the ring.
import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeyRing, type RingKey } from '../../src/secrets/key-ring/index.ts';

const newKey = (id: string): RingKey => ({ id, key: randomBytes(32) });
const [old, fresh] = [newKey('k1'), newKey('k2')];
const place = { workspaceId: 'ws_1', column: 'account.credentials' };
const refused = expect.objectContaining({ code: 'config_invalid' });

describe('sealed text', () => {
  it('opens again where it stands, whatever it says', () => {
    const ring = createKeyRing([old]);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => ring.open(ring.seal(text, place), place) === text),
    );
  });

  it('does not open after it was moved to another workspace or column', () => {
    const ring = createKeyRing([old]);
    const sealed = ring.seal('token', place);
    for (const moved of [
      { ...place, workspaceId: 'ws_2' },
      { ...place, column: 'installation.refresh' },
      { workspaceId: 'account.credentials', column: 'ws_1' },
    ])
      expect(() => ring.open(sealed, moved)).toThrow(refused);
  });

  it('differs each time, also for the same text in the same place, and does not hold the text', () => {
    const ring = createKeyRing([old]);
    const sealed = Array.from({ length: 50 }, () => ring.seal('the same token', place));
    expect(new Set(sealed).size).toBe(50);
    expect(sealed.join('')).not.toContain('token');
    expect(sealed.join('')).not.toContain(Buffer.from('the same token').toString('base64url'));
  });

  it('does not open when any part of it was changed or cut off', () => {
    const ring = createKeyRing([old]);
    const sealed = ring.seal('a token of some length', place);
    const head = 'v1.k1.'.length;
    const bytes = Buffer.from(sealed.slice(head), 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index]! ^= 1;
      expect(() => ring.open(`v1.k1.${changed.toString('base64url')}`, place)).toThrow(refused);
      const cut = bytes.subarray(0, index).toString('base64url');
      expect(() => ring.open(`v1.k1.${cut}`, place)).toThrow(refused);
    }
    for (const odd of [
      '',
      'v1',
      'v2.k1.AAAA',
      `v1.k9.${sealed.slice(head)}`,
      `${sealed}.more.`.replace('v1', 'v0'),
    ])
      expect(() => ring.open(odd, place)).toThrow(refused);
  });
});

describe('a rotation', () => {
  it('seals with the first key, opens with every key of the ring, and says what is outdated', () => {
    const before = createKeyRing([old]);
    const during = createKeyRing([fresh, old]);
    const sealed = before.seal('token', place);
    expect(during.open(sealed, place)).toBe('token');
    expect([before.isOutdated(sealed), during.isOutdated(sealed)]).toEqual([false, true]);
    const again = during.seal(during.open(sealed, place), place);
    expect(during.isOutdated(again)).toBe(false);
    const afterwards = createKeyRing([fresh]);
    expect(afterwards.open(again, place)).toBe('token');
    expect(() => afterwards.open(sealed, place)).toThrow(refused);
    expect(() => before.open(again, place)).toThrow(refused);
  });

  it('names the missing key but no text when sealed text cannot be opened', () => {
    const sealed = createKeyRing([old]).seal('token', place);
    const open = (): string => createKeyRing([fresh]).open(sealed, place);
    expect(open).toThrow(
      expect.objectContaining({
        publicMessage: 'ENCRYPTION_KEYS: the key "k1" is needed to read stored secrets',
      }),
    );
  });

  it('does not open text sealed by another key under the same id', () => {
    const sealed = createKeyRing([old]).seal('token', place);
    expect(() => createKeyRing([newKey('k1')]).open(sealed, place)).toThrow(refused);
  });

  it('needs at least one key', () => {
    expect(() => createKeyRing([])).toThrow(refused);
  });
});

describe('a derived token', () => {
  it('is the same each time and while the old key stays in the ring, and another afterwards', () => {
    const token = createKeyRing([old]).derive('pay-link', 'in_1:1');
    expect(createKeyRing([old]).derive('pay-link', 'in_1:1')).toBe(token);
    expect(createKeyRing([fresh, old]).derive('pay-link', 'in_1:1')).toBe(token);
    expect(createKeyRing([fresh]).derive('pay-link', 'in_1:1')).not.toBe(token);
  });

  it('differs by purpose and by subject, and has 32 bytes', () => {
    const ring = createKeyRing([old]);
    const tokens = [ring.derive('pay-link', 'a'), ring.derive('pay-link', 'b'), ring.derive('portal', 'a')];
    expect(new Set(tokens).size).toBe(3);
    expect(tokens.map((token) => Buffer.from(token, 'base64url').length)).toEqual([32, 32, 32]);
  });
});
