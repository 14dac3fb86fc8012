// HubSpot's failures at the wire, each with the code, the retry class and the wait the rest of the house acts on.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { createHubspotCrm } from '../../../src/crms/hubspot/index.ts';
import { ConnectorError } from '../../../src/errors.ts';
import { createLog } from '../../../src/log.ts';

const API = 'https://api.example.com';
const UPDATE = '/crm/objects/2026-03/contacts/batch/update';
const TOKEN = `access-${randomBytes(12).toString('hex')}`;
const REFRESH = `refresh-${randomBytes(12).toString('hex')}`;
const SECRET = `secret-${randomBytes(12).toString('hex')}`;
const PERSON = 'quiet.person@example.com';

const crmAt = (apiBase: string, timeoutMs?: number) =>
  createHubspotCrm(
    {
      apiBase,
      appBase: API,
      clientId: 'payside-test',
      clientSecret: SECRET,
      redirectUri: 'https://payside.example.com/oauth/hubspot/callback',
      publicBaseUrl: 'https://payside.example.com',
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    },
    systemClock,
  );

const connection = {
  installationId: 'inst_1',
  crm: 'hubspot',
  portalId: '4311001',
  accessToken: TOKEN,
} as const;
const record = { installationId: 'inst_1', objectType: 'contacts', recordId: '51001' };
const writes = [{ key: 'one', record, fields: { status: 'open' } }];

const failureOf = async (call: Promise<unknown>): Promise<ConnectorError> => {
  const error = await call.then(
    () => new Error('it did not fail'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConnectorError);
  return error as ConnectorError;
};

const writing = (crm = crmAt(API)) => failureOf(crm.write(connection, 'contacts', writes));

const body = (category: string, message = `about ${PERSON}`) => ({
  status: 'error',
  category,
  message,
  correlationId: 'aeb5f871-7f07-4993-9211-075dc63e7cbf',
});

beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

const answer = (status: number, given?: object | string, headers: Record<string, string> = {}): void =>
  void nock(API).post(UPDATE).reply(status, given, headers);

describe('an answer that is no success', () => {
  it.each([
    [400, 'VALIDATION_ERROR', { code: 'crm_rejected', retry: 'never' }],
    [401, 'INVALID_AUTHENTICATION', { code: 'reauth_required', retry: 'after-reauth' }],
    [403, 'MISSING_SCOPES', { code: 'reauth_required', retry: 'after-reauth' }],
    [404, 'OBJECT_NOT_FOUND', { code: 'not_found', retry: 'never' }],
    [409, 'CONFLICT', { code: 'crm_rejected', retry: 'never' }],
    [423, 'LOCKED', { code: 'crm_unavailable', retry: 'later', retryAfterMs: 2_000 }],
    [477, 'MIGRATION_IN_PROGRESS', { code: 'crm_unavailable', retry: 'later' }],
    [500, 'INTERNAL_ERROR', { code: 'crm_unavailable', retry: 'later' }],
    [502, 'BAD_GATEWAY', { code: 'crm_unavailable', retry: 'later' }],
    [503, 'UNAVAILABLE', { code: 'crm_unavailable', retry: 'later' }],
    [504, 'TIMEOUT', { code: 'crm_unavailable', retry: 'later' }],
  ])('%i %s', async (status, category, wanted) => {
    answer(status, body(category));
    expect(await writing()).toMatchObject(wanted);
  });

  it('of 429 waits as long as HubSpot says, or as long as its window is', async () => {
    const limit = { ...body('RATE_LIMITS'), policyName: 'TEN_SECONDLY_ROLLING' };
    answer(429, limit, { 'Retry-After': '7' });
    expect(await writing()).toMatchObject({ code: 'rate_limited', retry: 'later', retryAfterMs: 7_000 });
    answer(429, limit);
    expect(await writing()).toMatchObject({ code: 'rate_limited', retryAfterMs: 10_000 });
  });

  it('of a used-up day is tried again slowly', async () => {
    answer(429, { ...body('RATE_LIMITS'), policyName: 'DAILY' });
    expect((await writing()).retryAfterMs).toBeGreaterThanOrEqual(60_000);
  });

  it('of a migration waits as long as HubSpot says', async () => {
    answer(477, body('MIGRATION_IN_PROGRESS'), { 'retry-after': '120' });
    expect(await writing()).toMatchObject({ code: 'crm_unavailable', retryAfterMs: 120_000 });
  });

  it('is not waited for where Retry-After is nonsense', async () => {
    answer(503, body('UNAVAILABLE'), { 'retry-after': 'soon' });
    expect((await writing()).retryAfterMs).toBeUndefined();
  });
});

describe('an answer that cannot be read', () => {
  it.each([
    ['a page of a proxy', 502, '<html>bad gateway</html>', { 'content-type': 'text/html' }],
    ['an empty success', 200, '', {}],
    [
      'a success cut short',
      200,
      '{"status":"COMPLETE","results":[{"id":"51',
      { 'content-type': 'application/json' },
    ],
    ['a success of another shape', 200, '{"results":"none"}', { 'content-type': 'application/json' }],
    ['a page that claims success', 200, '<html>hello</html>', { 'content-type': 'text/html' }],
  ])('%s is an outage, never a success', async (_, status, text, headers) => {
    answer(status, text, headers as Record<string, string>);
    expect(await writing()).toMatchObject({ code: 'crm_unavailable', retry: 'later' });
  });

  it('that leaves out a record is not taken for a success', async () => {
    const read = '/crm/objects/2026-03/contacts/batch/read';
    const frame = {
      status: 'COMPLETE',
      results: [],
      startedAt: '2031-01-01T00:00:00Z',
      completedAt: '2031-01-01T00:00:00Z',
    };
    answer(200, frame);
    nock(API).post(read).reply(200, frame);
    expect(await crmAt(API).write(connection, 'contacts', writes)).toEqual([
      { key: 'one', outcome: 'unknown' },
    ]);
  });
});

describe('no answer', () => {
  it('because the line broke is an outage', async () => {
    nock(API)
      .post(UPDATE)
      .replyWithError(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    expect(await writing()).toMatchObject({ code: 'crm_unavailable', retry: 'later' });
  });

  it('within the time-out is an outage, for the client and for plain calls', async () => {
    nock.enableNetConnect('127.0.0.1');
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const crm = crmAt(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`, 30);
    try {
      expect(await writing(crm)).toMatchObject({ code: 'crm_unavailable', retry: 'later' });
      expect(await failureOf(crm.details(connection))).toMatchObject({
        code: 'crm_unavailable',
        retry: 'later',
      });
      expect(await failureOf(crm.refresh(REFRESH))).toMatchObject({
        code: 'crm_unavailable',
        retry: 'later',
      });
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  });

  it('within the time-out is broken off, so that nobody waits for it and nothing stays open', async () => {
    nock.enableNetConnect('127.0.0.1');
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const closed = new Promise<void>((resolve) =>
      silent.once('connection', (socket) => socket.once('close', () => resolve())),
    );
    await writing(crmAt(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`, 30));
    await closed;
    silent.close();
  });
});

describe('a refresh', () => {
  const token = (status: number, given: object | string): void =>
    void nock(API).post('/oauth/2026-03/token').reply(status, given);

  it('that HubSpot refuses ends the installation', async () => {
    token(400, {
      status: 'BAD_REFRESH_TOKEN',
      error: 'invalid_grant',
      message: 'missing or invalid refresh token',
    });
    expect(await failureOf(crmAt(API).refresh(REFRESH))).toMatchObject({ code: 'reauth_required' });
  });

  it.each([
    [401, { error: 'invalid_client' }],
    [429, { policyName: 'SECONDLY' }],
    [500, 'upstream failure'],
    [200, '<html>'],
    [200, ''],
  ])('that fails otherwise (%i) does not', async (status, given) => {
    token(status, given);
    expect((await failureOf(crmAt(API).refresh(REFRESH))).code).not.toBe('reauth_required');
  });
});

describe('what is told of a failure', () => {
  it.each([400, 401, 403, 409, 429, 500])('has no token, body or person in it (%i)', async (status) => {
    answer(status, body('VALIDATION_ERROR'));
    const error = await writing();
    const lines: string[] = [];
    const log = createLog('info', { write: (line) => void lines.push(line) });
    log.error('records could not be written', error, { installation: 'inst_1', count: 1 });
    const told = `${lines.join('')}${error.message}${JSON.stringify(error.context)}`;
    for (const hidden of [TOKEN, REFRESH, SECRET, PERSON, 'about']) expect(told).not.toContain(hidden);
    for (const hidden of [TOKEN, REFRESH, SECRET]) expect(error.publicMessage).not.toContain(hidden);
  });

  it('of a refusal has the CRM’s own message for the person who must act', async () => {
    answer(400, body('VALIDATION_ERROR', 'Property "payside_status" does not exist'));
    expect((await writing()).publicMessage).toContain('Property "payside_status" does not exist');
  });
});
