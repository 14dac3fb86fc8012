// HubSpot's signature, version 3: what is accepted, what is refused, and who the caller is; vectors are computed here.
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { CallVerdict, SignedCall } from '../../../src/crms/crm.ts';
import { verifyCall } from '../../../src/crms/hubspot/verify.ts';

const SECRET = randomBytes(24).toString('hex');
const ORIGIN = 'https://payside.example.com';
const NOW = new Date('2031-03-01T10:00:00.000Z');
const PATH = '/api/v1/records/contacts/51001?userId=77&portalId=4311001&userEmail=uma@alder.test&appId=7001';
const BODY = '{"amount":"12.50","text":"ü ✓"}';

const settings = (clientSecret = SECRET) => ({
  apiBase: 'https://api.example.com',
  appBase: 'https://app.example.com',
  clientId: 'payside-test',
  clientSecret,
  redirectUri: `${ORIGIN}/oauth/hubspot/callback`,
  publicBaseUrl: ORIGIN,
});

type Vector = { method?: string; url?: string; body?: string; time?: string; secret?: string };

/** HMAC-SHA256 over method + address + body + timestamp, base64, as HubSpot's documentation describes version 3. */
const v3 = ({
  method = 'POST',
  url = ORIGIN + PATH,
  body = BODY,
  time = at(0),
  secret = SECRET,
}: Vector = {}) =>
  createHmac('sha256', secret)
    .update(method + url + body + time)
    .digest('base64');

const at = (ms: number): string => String(NOW.getTime() + ms);

function call(vector: Vector & { sentPath?: string; headers?: SignedCall['headers'] } = {}): SignedCall {
  const { sentPath = PATH, headers = {}, ...signed } = vector;
  return {
    method: signed.method ?? 'POST',
    pathAndQuery: sentPath,
    raw: Buffer.from(signed.body ?? BODY),
    headers: {
      'x-hubspot-signature-v3': v3(signed),
      'x-hubspot-request-timestamp': signed.time ?? at(0),
      ...headers,
    },
  };
}

const verdict = (given: SignedCall, clientSecret?: string): CallVerdict =>
  verifyCall(settings(clientSecret), given, NOW);

const NO = { verified: false, reason: 'signature' };
const LATE = { verified: false, reason: 'time' };

describe('a signature of version 3', () => {
  it('names the portal, the user and their address', () => {
    expect(verdict(call())).toEqual({
      verified: true,
      caller: { portalId: '4311001', userId: '77', email: 'uma@alder.test' },
    });
  });

  it('is accepted without an address and without an app id', () => {
    const sentPath = '/api/v1/me?portalId=1&userId=2';
    expect(verdict(call({ sentPath, url: ORIGIN + sentPath }))).toMatchObject({
      caller: { portalId: '1', userId: '2', email: null },
    });
  });

  it('covers the raw bytes of the body, also where it is empty or not UTF-8', () => {
    expect(verdict(call({ body: '' }))).toMatchObject({ verified: true });
    const raw = Buffer.from([0xff, 0xfe, 0x00, 0x41]);
    const signature = createHmac('sha256', SECRET).update(`POST${ORIGIN}${PATH}`).update(raw).update(at(0));
    const headers = {
      'x-hubspot-signature-v3': signature.digest('base64'),
      'x-hubspot-request-timestamp': at(0),
    };
    expect(verdict({ method: 'POST', pathAndQuery: PATH, raw, headers })).toMatchObject({ verified: true });
  });

  it.each([
    ['another body', { ...call(), raw: Buffer.from(BODY.replace('12.50', '1.50')) }],
    [
      'the same JSON written otherwise',
      { ...call(), raw: Buffer.from(JSON.stringify(JSON.parse(BODY), null, 1)) },
    ],
    ['another method', { ...call(), method: 'PUT' }],
    ['another path', { ...call(), pathAndQuery: PATH.replace('51001', '51002') }],
    ['another portal', { ...call(), pathAndQuery: PATH.replace('4311001', '4311002') }],
    ['a parameter more', { ...call(), pathAndQuery: `${PATH}&x=1` }],
    ['the secret of another app', call({ secret: randomBytes(24).toString('hex') })],
    ['another time', call({ headers: { 'x-hubspot-request-timestamp': at(1) } })],
    ['a signature cut short', call({ headers: { 'x-hubspot-signature-v3': v3().slice(0, 20) } })],
    [
      'a signature that is too long',
      call({ headers: { 'x-hubspot-signature-v3': `${v3().slice(0, -1)}AAAA` } }),
    ],
    [
      'a signature in hex',
      call({ headers: { 'x-hubspot-signature-v3': Buffer.from(v3(), 'base64').toString('hex') } }),
    ],
    ['an empty signature', call({ headers: { 'x-hubspot-signature-v3': '' } })],
    ['two signatures', call({ headers: { 'x-hubspot-signature-v3': [v3(), v3()] } })],
    ['two times', call({ headers: { 'x-hubspot-request-timestamp': [at(0), at(0)] } })],
    ['no signature', call({ headers: { 'x-hubspot-signature-v3': undefined } })],
    ['no time', call({ headers: { 'x-hubspot-request-timestamp': undefined } })],
  ])('does not hold for %s', (_, given) => {
    expect(verdict(given)).toEqual(NO);
  });

  it('cannot be made by leaving the secret empty', () => {
    const forged = call({ secret: '' });
    expect(verdict(forged, '')).toEqual(NO);
    expect(verdict(call({ secret: 'undefined' }))).toEqual(NO);
  });
});

describe('the time of a call', () => {
  it.each([
    [-300_000, { verified: true }],
    [300_000, { verified: true }],
    [-300_001, LATE],
    [300_001, LATE],
    [365 * 86_400_000, LATE],
    [-365 * 86_400_000, LATE],
  ])('%i ms from now', (ms, wanted) => {
    expect(verdict(call({ time: at(ms) }))).toMatchObject(wanted);
  });

  it.each([
    'abc',
    '',
    ' ',
    '1930125600',
    '193012560000',
    '0' + at(0),
    `${at(0)}0`,
    `-${at(0).slice(1)}`,
    `${at(0)}\n`,
  ])('must be 13 digits, so %j is refused though it was signed', (time) => {
    expect(verdict(call({ time }))).toEqual(NO);
  });
});

describe('older versions', () => {
  const v1 = createHash('sha256')
    .update(SECRET + BODY)
    .digest('hex');
  const v2 = createHash('sha256').update(`${SECRET}POST${ORIGIN}${PATH}${BODY}`).digest('hex');
  const plain = { method: 'POST', pathAndQuery: PATH, raw: Buffer.from(BODY) };

  it.each([
    ['v1', v1],
    ['v2', v2],
  ])('%s alone is refused', (version, signature) => {
    const headers = {
      'x-hubspot-signature': signature,
      'x-hubspot-signature-version': version,
      'x-hubspot-request-timestamp': at(0),
    };
    expect(verdict({ ...plain, headers })).toEqual(NO);
    expect(verdict({ ...plain, headers: { ...headers, 'x-hubspot-signature-v3': signature } })).toEqual(NO);
  });
});

describe('shifting a boundary of what is signed', () => {
  it('does not move the last digit of the address into the time', () => {
    const sentPath = '/api/v1/x?userId=77&portalId=43110010';
    const signed = call({ sentPath, url: ORIGIN + sentPath, body: '' });
    const shifted = {
      ...signed,
      pathAndQuery: sentPath.slice(0, -1),
      headers: { ...signed.headers, 'x-hubspot-request-timestamp': `0${at(0)}` },
    };
    expect(verdict(signed)).toMatchObject({ verified: true });
    expect(verdict(shifted)).toEqual(NO);
  });

  it('does not move the method into the address or the address into the body', () => {
    const sentPath = '/api/v1/x?userId=77&portalId=43110';
    const signed = call({ sentPath, url: ORIGIN + sentPath, body: '1' });
    expect(verdict(signed)).toMatchObject({ verified: true, caller: { portalId: '43110' } });
    const moved = { ...signed, pathAndQuery: sentPath.slice(0, -1), raw: Buffer.from('01') };
    const found = verdict(moved);
    // The same bytes were signed, so what keeps tenants apart is that nobody can choose both ends: HubSpot makes the address.
    if (found.verified) expect(found.caller.portalId).toBe('4311');
  });
});

describe('the address that was signed', () => {
  it('takes its host from the settings, whatever the headers say', () => {
    const headers = {
      host: 'evil.example.com',
      'x-forwarded-host': 'evil.example.com',
      'x-forwarded-proto': 'http',
    };
    expect(verdict(call({ headers }))).toMatchObject({ verified: true });
    expect(verdict(call({ headers, url: `https://evil.example.com${PATH}` }))).toEqual(NO);
  });

  it.each([
    ['%3A', ':'],
    ['%2F', '/'],
    ['%3F', '?'],
    ['%40', '@'],
    ['%21', '!'],
    ['%24', '$'],
    ['%27', "'"],
    ['%28', '('],
    ['%29', ')'],
    ['%2A', '*'],
    ['%2C', ','],
    ['%3B', ';'],
  ])('%s is signed as %s, in either case of its letters', (escape, plain) => {
    for (const sent of [escape, escape.toLowerCase()]) {
      const path = (text: string) => `/api/v1/x?userId=77&portalId=4311001&note=a${text}b`;
      expect(verdict(call({ sentPath: path(sent), url: ORIGIN + path(plain) }))).toMatchObject({
        verified: true,
      });
    }
  });

  it.each(['%20', '%22', '%23', '%25', '%26', '%2B', '%3D', '%5B', '%C3%BC'])(
    '%s stays as it was sent',
    (escape) => {
      const path = (text: string) => `/api/v1/x?userId=77&portalId=4311001&note=a${text}b`;
      expect(verdict(call({ sentPath: path(escape), url: ORIGIN + path(escape) }))).toMatchObject({
        verified: true,
      });
      const decoded = decodeURIComponent(escape);
      expect(verdict(call({ sentPath: path(escape), url: ORIGIN + path(decoded) }))).toEqual(NO);
    },
  );

  it('is decoded once', () => {
    const path = (text: string) => `/api/v1/x?userId=77&portalId=4311001&note=${text}`;
    expect(verdict(call({ sentPath: path('%2540'), url: ORIGIN + path('%2540') }))).toMatchObject({
      verified: true,
    });
  });
});

describe('who calls', () => {
  const asked = (query: string) => {
    const sentPath = `/api/v1/x?${query}`;
    return verdict(call({ sentPath, url: ORIGIN + sentPath }));
  };

  it.each([
    'userId=77',
    'portalId=1',
    '',
    'userId=&portalId=1',
    'userId=77&portalId=',
    'userId=77&portalId=1&portalId=2',
    'userId=77&portalId=1&portalId=1',
    'userId=77&userId=78&portalId=1',
    'userId=77&portalId=1%00',
    'userId=77&portalId=1.0',
    'userId=77&portalId=-1',
    'userId=x&portalId=1',
    'userid=77&portalid=1',
    'userId[]=77&portalId[]=1',
  ])('is nobody for the signed query %j', (query) => {
    expect(asked(query)).toEqual(NO);
  });

  it('is nobody where a parameter stands a second time under an escape of its name', () => {
    expect(asked('userId=77&portalId=1&portal%49d=2')).toEqual(NO);
  });
});
