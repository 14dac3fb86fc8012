// The shapes a Stripe signature header can have, good and forged.
import { createHmac, randomBytes } from 'node:crypto';
import { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import { verify } from '../../../src/gateways/stripe/verify.ts';

const secret = `whsec_${randomBytes(16).toString('hex')}`;
const NOW = new Date('2026-03-01T10:00:00Z');
const time = Math.floor(NOW.getTime() / 1000);
const raw = Buffer.from('{"id":"evt_1","object":"event","note":"Zażółć"}');

const digest = (by: string, at: string | number = time): string =>
  createHmac('sha256', by).update(`${at}.`).update(raw).digest('hex');

const good = digest(secret);
const FORGED = { verified: false, reason: 'signature' };

test('the vendor’s own signatures are accepted', () => {
  const payload = raw.toString();
  const header = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: time });
  expect(verify(raw, header, [secret], NOW)).toEqual({ verified: true });
});

test('while a secret is rolled, one of two signatures and one of two secrets is enough', () => {
  const header = `t=${time},v1=${digest('the-new-one')},v1=${good},v0=${digest('anything')}`;
  expect(verify(raw, header, [secret], NOW)).toEqual({ verified: true });
  expect(verify(raw, `t=${time},v1=${good}`, ['the-new-one', secret], NOW)).toEqual({ verified: true });
  expect(verify(raw, `t=${time},v1=${good}`, ['the-new-one'], NOW)).toEqual(FORGED);
});

test.each([
  ['only the old scheme', `t=${time},v0=${good}`],
  ['no time', `v1=${good}`],
  ['no signature', `t=${time}`],
  ['a time in words', `t=now,v1=${digest(secret, 'now')}`],
  ['a time with a sign', `t=-1,v1=${digest(secret, '-1')}`],
  ['a time of another signature', `t=${time + 1},v1=${good}`],
  ['half a signature', `t=${time},v1=${good.slice(0, 32)}`],
  ['a longer signature', `t=${time},v1=${good}00`],
  ['no hex', `t=${time},v1=${'z'.repeat(64)}`],
  ['an empty signature', `t=${time},v1=`],
])('a header with %s is refused', (_why, header) => {
  expect(verify(raw, header, [secret], NOW)).toEqual(FORGED);
});

test('a forged body with a stale time is called forged, so that nobody learns which times are taken', () => {
  const old = new Date(NOW.getTime() + 3_600_000);
  expect(verify(raw, `t=${time},v1=${digest('another')}`, [secret], old)).toEqual(FORGED);
  expect(verify(raw, `t=${time},v1=${good}`, [secret], old)).toEqual({ verified: false, reason: 'time' });
});
