// Salesforce's failures at the wire, each with the code, the retry class and the wait the rest of the house acts on.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeId } from '../../../sandbox/salesforce/ids.ts';
import { systemClock } from '../../../src/clock.ts';
import type { CrmConnection } from '../../../src/crms/crm.ts';
import { createSalesforceCrm } from '../../../src/crms/salesforce/index.ts';
import { ConnectorError } from '../../../src/errors.ts';
import { createLog } from '../../../src/log.ts';

const LOGIN = 'https://login.example.com';
const ORG = 'https://acme.my.salesforce.com';
const DATA = '/services/data/v66.0';
const TOKEN = `00D${randomBytes(24).toString('base64url')}`;
const REFRESH = `5Aep${randomBytes(24).toString('base64url')}`;
const SECRET = randomBytes(18).toString('hex');
const PERSON = 'quiet.person@example.com';

const crmAt = (timeoutMs?: number) =>
  createSalesforceCrm(
    {
      loginBase: LOGIN,
      clientId: 'payside-test',
      clientSecret: SECRET,
      redirectUri: 'https://payside.example.com/oauth/salesforce/callback',
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    },
    systemClock,
    createLog('silent'),
  );

const connection = (apiBase = ORG): CrmConnection => ({
  installationId: 'inst_1',
  crm: 'salesforce',
  portalId: makeId('00D', 1),
  accessToken: TOKEN,
  apiBase,
});
const contact = makeId('003', 1);

const failureOf = async (call: Promise<unknown>): Promise<ConnectorError> => {
  const error = await call.then(
    (value) => new Error(`it did not fail: ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConnectorError);
  return error as ConnectorError;
};

const reading = (crm = crmAt()) => failureOf(crm.read(connection(), 'Contact', [contact]));

const problem = (errorCode: string, message = `about ${PERSON}`) => [{ errorCode, message }];

const answer = (status: number, body?: object | string, headers: Record<string, string> = {}): void =>
  void nock(ORG)
    .get(/\/query/)
    .reply(status, body, { 'content-type': 'application/json', ...headers });

beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

describe('an answer that is no success', () => {
  it.each([
    [400, 'MALFORMED_QUERY', { code: 'crm_rejected', retry: 'never' }],
    [400, 'INVALID_FIELD', { code: 'access_denied', retry: 'after-reauth' }],
    [400, 'INVALID_TYPE', { code: 'access_denied', retry: 'after-reauth' }],
    [400, 'UNABLE_TO_LOCK_ROW', { code: 'crm_unavailable', retry: 'later' }],
    [401, 'INVALID_SESSION_ID', { code: 'reauth_required', retry: 'after-reauth' }],
    [401, 'INVALID_AUTH_HEADER', { code: 'reauth_required', retry: 'after-reauth' }],
    [403, 'INACTIVE_ORG', { code: 'reauth_required', retry: 'after-reauth' }],
    [403, 'ORG_LOCKED', { code: 'reauth_required', retry: 'after-reauth' }],
    [403, 'TRIAL_EXPIRED', { code: 'reauth_required', retry: 'after-reauth' }],
    [403, 'REQUEST_LIMIT_EXCEEDED', { code: 'rate_limited', retry: 'later', retryAfterMs: 60_000 }],
    [403, 'API_DISABLED_FOR_ORG', { code: 'access_denied', retry: 'after-reauth' }],
    [403, 'INSUFFICIENT_ACCESS', { code: 'access_denied', retry: 'after-reauth' }],
    [404, 'NOT_FOUND', { code: 'not_found', retry: 'never' }],
    [500, 'UNKNOWN_EXCEPTION', { code: 'crm_unavailable', retry: 'later' }],
    [503, 'SERVER_UNAVAILABLE', { code: 'crm_unavailable', retry: 'later' }],
  ])('%i %s', async (status, errorCode, wanted) => {
    answer(status, problem(errorCode));
    expect(await reading()).toMatchObject(wanted);
  });

  it.each([
    [401, { code: 'reauth_required' }],
    [403, { code: 'access_denied' }],
    [404, { code: 'crm_unavailable', retry: 'later' }],
    [420, { code: 'rate_limited' }],
    [429, { code: 'rate_limited' }],
    [500, { code: 'crm_unavailable' }],
    [502, { code: 'crm_unavailable' }],
    [503, { code: 'crm_unavailable' }],
  ])('%i without an error of Salesforce is judged by its status', async (status, wanted) => {
    answer(status, '<html>something in between</html>', { 'content-type': 'text/html' });
    expect(await reading()).toMatchObject(wanted);
  });

  it('is asked for once: nothing is tried again behind our back', async () => {
    const calls = nock(ORG)
      .get(/\/query/)
      .times(3)
      .reply(503, problem('SERVER_UNAVAILABLE'));
    await reading();
    expect(calls.pendingMocks()).toHaveLength(1);
  });

  it('leads nowhere else, however it is redirected', async () => {
    answer(302, '', { location: 'https://evil.example.com/services' });
    const evil = nock('https://evil.example.com').get('/services').reply(200, {});
    expect(await reading()).toMatchObject({ code: 'crm_unavailable', retry: 'later' });
    expect(evil.isDone()).toBe(false);
  });

  it.each(['', 'truncated {', '[]', '{"records":[]}', '{"done":true,"records":[{"Nothing":1}]}'])(
    'nor can be read (%s) says nothing',
    async (text) => {
      answer(200, text);
      expect(await reading()).toMatchObject({ code: 'crm_unavailable', retry: 'later' });
    },
  );

  it('never comes: the call ends with its time', async () => {
    const hanging = createServer(() => undefined);
    await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve));
    nock.enableNetConnect('127.0.0.1');
    const { port } = hanging.address() as AddressInfo;
    const there = connection(`http://127.0.0.1:${port}`);
    expect(await failureOf(crmAt(50).read(there, 'Contact', [contact]))).toMatchObject({
      code: 'crm_unavailable',
    });
    hanging.closeAllConnections();
    hanging.close();
  });

  it('breaks off in the middle: the call fails, and nothing else does', async () => {
    const cut = createServer((_req, res) => {
      res.writeHead(200, { 'content-type': 'application/json', 'content-length': '4000' });
      // What was sent has arrived before the line ends.
      res.write('{"records":[', () => setImmediate(() => res.destroy()));
    });
    await new Promise<void>((resolve) => cut.listen(0, '127.0.0.1', resolve));
    nock.enableNetConnect('127.0.0.1');
    const { port } = cut.address() as AddressInfo;
    const there = connection(`http://127.0.0.1:${port}`);
    const began = Date.now();
    expect(await failureOf(crmAt().read(there, 'Contact', [contact]))).toMatchObject({
      code: 'crm_unavailable',
    });
    // At once, and not when the time of the call is over.
    expect(Date.now() - began).toBeLessThan(5_000);
    cut.close();
  });

  it('is never asked for without an address of the org', async () => {
    const { apiBase: _none, ...nowhere } = connection();
    expect(await failureOf(crmAt().read(nowhere, 'Contact', [contact]))).toMatchObject({
      code: 'reauth_required',
    });
  });

  it('keeps tokens, secrets and people out of the log', async () => {
    const lines: string[] = [];
    const log = createLog('trace', { write: (line) => void lines.push(line) });
    answer(400, problem('MALFORMED_QUERY'));
    log.error('failed', await reading());
    nock(LOGIN).post('/services/oauth2/token').reply(400, { error: 'invalid_grant' });
    log.error('failed', await failureOf(crmAt().refresh(REFRESH)));
    const text = lines.join('');
    for (const canary of [TOKEN, SECRET, REFRESH, PERSON]) expect(text).not.toContain(canary);
    expect(text).toContain('crm_rejected');
  });
});

describe('a write', () => {
  const record = { installationId: 'inst_1', objectType: 'Contact', recordId: contact };
  const writes = [{ key: 'one', record, fields: { status: 'open' } }];
  const org = (): void => {
    nock(ORG)
      .get(/EntityDefinition/)
      .reply(200, { done: true, records: [{ NamespacePrefix: null }] });
    nock(ORG)
      .get(`${DATA}/connect/organization`)
      .reply(200, { name: 'Acme', features: { multiCurrency: false, defaultCurrencyIsoCode: 'EUR' } });
  };
  const composite = (parts: { httpStatusCode: number; body: unknown }[], status = 200): void => {
    org();
    nock(ORG).post(`${DATA}/composite`).reply(status, { compositeResponse: parts });
  };
  const events = { httpStatusCode: 200, body: [] };
  const write = () => crmAt().write(connection(), 'Contact', writes);
  const refused = (statusCode: string) => ({
    httpStatusCode: 200,
    body: [{ success: false, errors: [{ statusCode, message: 'why' }] }],
  });

  it.each([
    ['UNABLE_TO_LOCK_ROW', { outcome: 'busy' }],
    ['FIELD_CUSTOM_VALIDATION_EXCEPTION', { outcome: 'refused', reason: 'why' }],
    ['STRING_TOO_LONG', { outcome: 'refused', reason: 'why' }],
  ])('of a record that ends with %s', async (statusCode, wanted) => {
    composite([refused(statusCode), events]);
    expect(await write()).toEqual([{ key: 'one', ...wanted }]);
  });

  it('that the user may not make waits for an admin', async () => {
    composite([refused('INVALID_FIELD_FOR_INSERT_UPDATE'), events]);
    expect(await failureOf(write())).toMatchObject({ code: 'access_denied', retry: 'after-reauth' });
  });

  it('refused as a part of a call is refused as a batch', async () => {
    composite([{ httpStatusCode: 400, body: problem('JSON_PARSER_ERROR') }, events]);
    expect(await failureOf(write())).toMatchObject({ code: 'crm_rejected', retry: 'never' });
  });

  it('whose part failed without a word is judged by its status', async () => {
    composite([{ httpStatusCode: 503, body: null }, events]);
    expect(await failureOf(write())).toMatchObject({ code: 'crm_unavailable' });
  });

  it.each([
    ['a record', [{ httpStatusCode: 200, body: [] }, events]],
    ['a part', [events]],
    ['everything', []],
  ])('whose answer leaves out %s says nothing of it', async (_what, parts) => {
    composite(parts);
    expect(await failureOf(write())).toMatchObject({ code: 'crm_unavailable', retry: 'later' });
  });
});

describe('the token endpoint', () => {
  const token = (status: number, body: object | string, base = LOGIN): void =>
    void nock(base).post('/services/oauth2/token').reply(status, body);

  it.each([
    ['invalid_grant', 'expired access/refresh token', 'reauth_required'],
    ['inactive_user', 'user is inactive', 'reauth_required'],
    ['inactive_org', 'organization is inactive', 'reauth_required'],
    // The grant holds; our address is not on the org's list.
    ['invalid_grant', 'ip restricted', 'crm_unavailable'],
    ['invalid_client', 'invalid client credentials', 'crm_unavailable'],
    ['invalid_client_id', 'client identifier invalid', 'crm_unavailable'],
    ['server_error', 'try later', 'crm_unavailable'],
  ])('that says %s (%s) means %s', async (error, words, code) => {
    token(400, { error, error_description: words });
    expect(await failureOf(crmAt().refresh(REFRESH))).toMatchObject({ code });
  });

  it.each([
    [500, 'oops'],
    [503, '<html>busy</html>'],
    [200, ''],
    [200, '{"access_token":"'],
    [200, '{"access_token":"a"}'],
  ])('that answers %i %s says nothing of the installation', async (status, body) => {
    token(status, body);
    expect(await failureOf(crmAt().refresh(REFRESH))).toMatchObject({
      code: 'crm_unavailable',
      retry: 'later',
    });
  });

  const granted = (change: object = {}) => ({
    access_token: 'a',
    refresh_token: 'next',
    instance_url: ORG,
    id: `${LOGIN}/id/${makeId('00D', 1)}/${makeId('005', 1)}`,
    scope: 'refresh_token api',
    ...change,
  });

  it('is the org’s own where there is one, and brings the next token', async () => {
    token(200, granted(), ORG);
    expect(await crmAt().refresh(REFRESH, ORG)).toMatchObject({ access: 'a', refresh: 'next', apiBase: ORG });
  });

  it('of an org without rotation leaves the token as it is', async () => {
    const { refresh_token: _none, ...same } = granted();
    token(200, same);
    expect((await crmAt().refresh(REFRESH)).refresh).toBe(REFRESH);
  });

  it.each([
    'http://169.254.169.254',
    'https://evil.example.com',
    'https://acme.my.salesforce.com.evil.example.com',
    'https://acme.my.salesforce.com@127.0.0.1',
    'https://user:word@acme.my.salesforce.com',
    'https://acme.my.salesforce.com:8443',
    'http://acme.my.salesforce.com',
    'https://salesforce.com',
    'javascript:alert(1)',
    'no address',
  ])('that names %s as the org is not followed', async (instance_url) => {
    token(200, granted({ instance_url }));
    expect(await failureOf(crmAt().exchange('code', 'verifier'))).toMatchObject({
      code: 'crm_rejected',
      retry: 'never',
    });
  });

  it.each([
    ['an org', { id: `${LOGIN}/id/${makeId('005', 1)}/${makeId('005', 1)}` }],
    ['a user', { id: `${LOGIN}/id/${makeId('00D', 1)}/nobody` }],
    ['a refresh token', { refresh_token: undefined }],
  ])('that leaves out %s installs nothing', async (_what, change) => {
    token(200, granted(change));
    expect(await failureOf(crmAt().exchange('code', 'verifier'))).toMatchObject({ code: 'crm_unavailable' });
  });

  it('is asked with our verifier, and asks for no more than we need', async () => {
    let form = new URLSearchParams();
    nock(LOGIN)
      .post('/services/oauth2/token', (body: Record<string, string>) => {
        form = new URLSearchParams(body);
        return true;
      })
      .reply(200, granted());
    expect(await crmAt().exchange('c', 'v')).toMatchObject({ scopes: ['refresh_token', 'api'] });
    expect(Object.fromEntries(form)).toMatchObject({ code: 'c', code_verifier: 'v', client_secret: SECRET });
    const consent = new URL(crmAt().authorizeUrl('s', 'challenge'));
    expect(consent.origin).toBe(LOGIN);
    expect(Object.fromEntries(consent.searchParams)).toMatchObject({
      response_type: 'code',
      scope: 'api refresh_token',
      code_challenge: 'challenge',
      code_challenge_method: 'S256',
    });
  });

  it('is told of what we give back', async () => {
    const revoked = nock(ORG).post('/services/oauth2/revoke', { token: REFRESH }).reply(200);
    await crmAt().revoke(REFRESH, ORG);
    expect(revoked.isDone()).toBe(true);
  });
});
