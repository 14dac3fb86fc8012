// Whose call it is: every spelling of a proof that is not exactly one token, one org and one user is refused.
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeId } from '../../../sandbox/salesforce/ids.ts';
import type { SignedCall } from '../../../src/crms/crm.ts';
import { isRecordId } from '../../../src/crms/salesforce/read/record-id.ts';
import { verifyCall } from '../../../src/crms/salesforce/verify.ts';

const TOKEN = randomBytes(32).toString('base64url');
const ORG = makeId('00D', 7);
const USER = makeId('005', 7);
const GENUINE = { authorization: `Bearer ${TOKEN}`, 'x-payside-org': ORG, 'x-payside-user': USER };

const verdict = (headers: SignedCall['headers']) => {
  const asked: string[] = [];
  const call = { method: 'GET', pathAndQuery: '/', raw: new Uint8Array(), headers };
  const judged = verifyCall(call, async (portalId, token) => {
    asked.push(portalId);
    return portalId === ORG && token === TOKEN;
  });
  return judged.then(({ verified }) => ({ verified, asked: asked.length }));
};

/** The same id to Salesforce, and not to us: lower case all over. */
const lower = (id: string): string => id.slice(0, 15).toLowerCase() + id.slice(15);

describe('a call', () => {
  it('with the org’s token, its id and a user’s is theirs', async () => {
    expect(await verdict(GENUINE)).toEqual({ verified: true, asked: 1 });
  });

  it.each([
    ['another token', { authorization: `Bearer ${randomBytes(32).toString('base64url')}` }],
    ['the id of another org', { 'x-payside-org': makeId('00D', 8) }],
  ])('with %s is judged and refused', async (_what, change) => {
    expect(await verdict({ ...GENUINE, ...change })).toEqual({ verified: false, asked: 1 });
  });

  it.each<[string, SignedCall['headers']]>([
    ['an org id of 15 characters', { 'x-payside-org': ORG.slice(0, 15) }],
    ['a user id of 15 characters', { 'x-payside-user': USER.slice(0, 15) }],
    ['an org id in another case', { 'x-payside-org': lower(ORG) }],
    ['a user id in another case', { 'x-payside-user': lower(USER) }],
    ['an org in place of a user', { 'x-payside-user': ORG }],
    ['a contact in place of a user', { 'x-payside-user': makeId('003', 1) }],
    ['a user in place of an org', { 'x-payside-org': USER }],
    ['two orgs', { 'x-payside-org': [ORG, ORG] }],
    ['two orgs in one line', { 'x-payside-org': `${ORG}, ${ORG}` }],
    ['an id with something behind it', { 'x-payside-user': `${USER}\n` }],
    ['full-width digits', { 'x-payside-user': `００５${USER.slice(3)}` }],
    ['no scheme', { authorization: TOKEN }],
    ['another scheme', { authorization: `Basic ${TOKEN}` }],
    ['a scheme in lower case', { authorization: `bearer ${TOKEN}` }],
    ['an empty token', { authorization: 'Bearer ' }],
    ['a shorter token', { authorization: `Bearer ${TOKEN.slice(1)}` }],
    ['a longer token', { authorization: `Bearer ${TOKEN}x` }],
    ['no token', { authorization: undefined }],
    ['no org', { 'x-payside-org': undefined }],
    ['no user', { 'x-payside-user': undefined }],
  ])('with %s is refused before any token is looked at', async (_what, change) => {
    expect(await verdict({ ...GENUINE, ...change })).toEqual({ verified: false, asked: 0 });
  });
});

describe('an id', () => {
  it('counts in its full length and exact case alone', () => {
    const id = '0015000000Gv7qJAAR';
    expect(isRecordId(id)).toBe(true);
    for (const other of [
      id.slice(0, 15),
      id.toLowerCase(),
      '0015000000gv7qJAAR',
      '0015000000Gv7qJAAS',
      `${id} `,
    ])
      expect(isRecordId(other), other).toBe(false);
  });
});
