// HubSpot exchanges and deliveries for the self-test: correct samples, and each mistake the check must be able to see.
import type { CheckedExchange } from './contract.ts';
import type { Seed } from './self-test.ts';

const AT = '2026-11-22T10:00:00Z';
const JSON_TYPE = { authorization: 'Bearer seed-token', 'content-type': 'application/json' };
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' };
const CORRELATION = '6f1c0b1e-2d3a-4f5b-8c7d-9e0f1a2b3c4d';
const VERIFIER = 'v'.repeat(43);
const REFUSAL = { status: 'error', category: 'VALIDATION_ERROR', message: 'no', correlationId: CORRELATION };

const RECORD = {
  id: '51',
  properties: { email: 'ada@example.com' },
  createdAt: AT,
  updatedAt: AT,
  archived: false,
};
const batch = (results: unknown[]) => ({ status: 'COMPLETE', results, startedAt: AT, completedAt: AT });

type Sent = { body?: unknown; status?: number; answer?: unknown };

function call(method: string, path: string, { body, status = 200, answer }: Sent = {}): CheckedExchange {
  return {
    method,
    path,
    requestHeaders: JSON_TYPE,
    body: body === undefined ? '' : JSON.stringify(body),
    status,
    response: answer === undefined ? '' : JSON.stringify(answer),
  };
}

function form(path: string, fields: Record<string, string>, answer: unknown, status = 200): CheckedExchange {
  const body = new URLSearchParams(fields).toString();
  return { method: 'POST', path, requestHeaders: FORM_TYPE, body, status, response: JSON.stringify(answer) };
}

const UPSERT = '/crm/objects/2026-03/contacts/batch/upsert';
const upsert = (input: object, result: object = { ...RECORD, new: false }) =>
  call('POST', UPSERT, {
    body: { inputs: [{ idProperty: 'email', id: 'ada@example.com', properties: {}, ...input }] },
    answer: batch([result]),
  });

const ASSOCIATE = '/crm/associations/2026-03/invoices/contacts/batch/create';
const TYPES = [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 177 }];
const ASSOCIATED = batch([
  { fromObjectTypeId: '0-53', fromObjectId: '1', toObjectTypeId: '0-1', toObjectId: '51', labels: [] },
]);
const associate = (from: object, status = 201) =>
  call('POST', ASSOCIATE, {
    body: { inputs: [{ ...from, to: { id: '51' }, types: TYPES }] },
    status,
    answer: ASSOCIATED,
  });

const PROPERTY = {
  name: 'payside_status',
  label: 'Payment status',
  type: 'enumeration',
  fieldType: 'select',
  groupName: 'payside',
  options: [{ label: 'Paid', value: 'paid', hidden: false }],
};

const CLIENT = { client_id: 'seed-client', client_secret: 'seed-secret' };
const REFRESH = { grant_type: 'refresh_token', refresh_token: 'seed-refresh', ...CLIENT };
const EXCHANGE = {
  grant_type: 'authorization_code',
  code: 'seed-code',
  redirect_uri: 'https://payside.example.com/oauth/hubspot/callback',
  code_verifier: VERIFIER,
  ...CLIENT,
};
const TOKENS = {
  access_token: 'seed-access',
  refresh_token: 'seed-refresh',
  expires_in: 1800,
  token_type: 'bearer',
  hub_id: 7,
};
const ACCOUNT = {
  portalId: 7,
  accountType: 'STANDARD',
  timeZone: 'Europe/Berlin',
  companyCurrency: 'EUR',
  additionalCurrencies: [],
  utcOffset: '+01:00',
  utcOffsetMilliseconds: 3_600_000,
  uiDomain: 'app.hubspot.com',
  dataHostingLocation: 'eu1',
};

const EVENT = {
  eventId: 1,
  subscriptionId: 2,
  portalId: 7,
  appId: 3,
  occurredAt: 1_790_000_000_000,
  subscriptionType: 'contact.propertyChange',
  attemptNumber: 0,
  objectId: 51,
  propertyName: 'email',
  propertyValue: 'ada@example.com',
  changeSource: 'CRM_UI',
};

const CORRECT: Seed[] = [
  { why: 'upsert', exchange: upsert({}) },
  { why: 'upsert with a partial failure', exchange: { ...upsert({}), status: 207 } },
  { why: 'association', exchange: associate({ from: { id: '1' } }) },
  {
    why: 'read with an empty property',
    exchange: call('GET', '/crm/objects/2026-03/invoices/51?properties=hs_due_date', {
      answer: { ...RECORD, properties: { hs_due_date: null } },
    }),
  },
  { why: 'archive', exchange: call('DELETE', '/crm/objects/2026-03/deals/1', { status: 204 }) },
  { why: 'owners', exchange: call('GET', '/crm/owners/2026-03?limit=5', { answer: { results: [] } }) },
  { why: 'code for tokens', exchange: form('/oauth/2026-03/token', EXCHANGE, TOKENS) },
  { why: 'refused refresh', exchange: form('/oauth/2026-03/token', REFRESH, REFUSAL, 400) },
  {
    why: 'introspection of a dead token',
    exchange: form('/oauth/2026-03/token/introspect', { ...CLIENT, token: 'seed' }, { active: false }),
  },
  { why: 'account details', exchange: call('GET', '/account-info/2026-03/details', { answer: ACCOUNT }) },
  { why: 'revocation', exchange: form('/oauth/2026-03/token/revoke', { ...CLIENT, token: 'seed' }, {}) },
  { why: 'uninstall', exchange: call('DELETE', '/appinstalls/2026-03/external-install', { status: 204 }) },
  {
    why: 'rate limit without category',
    exchange: call('GET', '/crm/owners/2026-03', {
      status: 429,
      answer: {
        status: 'error',
        message: 'slow down',
        errorType: 'RATE_LIMIT',
        correlationId: CORRELATION,
        policyName: 'TEN_SECONDLY_ROLLING',
      },
    }),
  },
  { why: 'delivery of two events', webhook: [EVENT, { ...EVENT, eventId: 2, attemptNumber: 1 }] },
];

const WRONG_REQUESTS: Seed[] = [
  {
    why: 'property value that is no text',
    expect: 'body /inputs/0/properties/n: must be string',
    exchange: upsert({ properties: { n: 5 } }),
  },
  {
    why: 'upsert with associations',
    expect: 'body /inputs/0/associations: unknown field',
    exchange: upsert({ associations: [] }),
  },
  {
    why: "the client's name instead of the wire name",
    expect: 'body /inputs/0/_from: unknown field',
    exchange: associate({ _from: { id: '1' } }),
  },
  {
    why: 'unknown query parameter',
    expect: 'query /bogus: unknown field',
    exchange: call('GET', '/crm/objects/2026-03/invoices/1?bogus=1', { answer: RECORD }),
  },
  {
    why: 'text where a number belongs',
    expect: 'query /limit: must be integer',
    exchange: call('GET', '/crm/objects/2026-03/deals?limit=ten', { answer: { results: [] } }),
  },
  {
    why: 'value outside the enum',
    expect: 'body /filterGroups/0/filters/0/operator: must be',
    exchange: call('POST', '/crm/objects/2026-03/invoices/search', {
      body: { filterGroups: [{ filters: [{ propertyName: 'x', operator: 'EQUALS', value: 'open' }] }] },
      answer: { total: 0, results: [] },
    }),
  },
  {
    why: 'required field is missing',
    expect: "body : missing 'fieldType'",
    exchange: call('POST', '/crm/properties/2026-03/invoices', {
      body: { ...PROPERTY, fieldType: undefined },
      status: 400,
      answer: REFUSAL,
    }),
  },
  {
    why: 'method that is not defined',
    expect: 'path /crm/objects/2026-03/contacts/1: method PUT',
    exchange: call('PUT', '/crm/objects/2026-03/contacts/1', { answer: RECORD }),
  },
  {
    why: 'dated path of another date',
    expect: 'path /crm/objects/2025-09/contacts: dated path',
    exchange: call('GET', '/crm/objects/2025-09/contacts', { answer: { results: [] } }),
  },
  {
    why: 'path that was removed',
    expect: 'path /contacts/v1/contact: the contract has no such path',
    exchange: call('POST', '/contacts/v1/contact', { body: {}, answer: {} }),
  },
  {
    why: 'placeholder was not filled',
    expect: 'path /contactId: placeholder',
    exchange: call('GET', '/crm/objects/2026-03/contacts/%7BcontactId%7D', { answer: RECORD }),
  },
  {
    why: 'variable without a value in the path',
    expect: 'path /objectType: placeholder',
    exchange: call('GET', '/crm/objects/2026-03/undefined/1', { answer: RECORD }),
  },
  {
    why: 'JSON where a form belongs',
    expect: 'headers content-type: must be application/x-www-form-urlencoded',
    exchange: call('POST', '/oauth/2026-03/token', { body: REFRESH, answer: TOKENS }),
  },
  {
    why: 'token request without its code',
    expect: "body : missing 'code'",
    exchange: form(
      '/oauth/2026-03/token',
      { ...CLIENT, grant_type: 'authorization_code', redirect_uri: 'https://payside.example.com' },
      REFUSAL,
      400,
    ),
  },
  {
    why: 'unknown grant',
    expect: 'body /grant_type: must be one of',
    exchange: form('/oauth/2026-03/token', { ...REFRESH, grant_type: 'password' }, REFUSAL, 400),
  },
  {
    why: 'verifier that is too short for PKCE',
    expect: 'body /code_verifier: must match',
    exchange: form('/oauth/2026-03/token', { ...EXCHANGE, code_verifier: 'short' }, TOKENS),
  },
];

const WRONG_ANSWERS: Seed[] = [
  {
    why: 'success status the client throws on',
    expect: 'response /status: must be 201, 207',
    exchange: associate({ from: { id: '1' } }, 200),
  },
  {
    why: 'archive with a body',
    expect: 'response : status 204 carries no body',
    exchange: call('DELETE', '/crm/objects/2026-03/deals/1', { status: 204, answer: {} }),
  },
  {
    why: 'field missing in an answer',
    expect: "response /results/0: missing 'new'",
    exchange: upsert({}, RECORD),
  },
  {
    why: 'invented field in an answer',
    expect: 'response /results/0/owner: unknown field',
    exchange: upsert({}, { ...RECORD, new: true, owner: 1 }),
  },
  {
    why: 'time that is no time',
    expect: 'response /results/0/createdAt: must match format',
    exchange: upsert({}, { ...RECORD, new: true, createdAt: 'today' }),
  },
  {
    why: 'error in another shape',
    expect: "response : missing 'category'",
    exchange: call('GET', '/crm/owners/2026-03', { status: 400, answer: { status: 'error', message: 'no' } }),
  },
  {
    why: 'unknown account type',
    expect: 'response /accountType: must be one of',
    exchange: call('GET', '/account-info/2026-03/details', { answer: { ...ACCOUNT, accountType: 'TRIAL' } }),
  },
];

const WRONG_EVENTS: Seed[] = [
  {
    why: 'unknown event type',
    expect: 'event /0/subscriptionType: unknown event type',
    webhook: [{ ...EVENT, subscriptionType: 'invoice.paid' }],
  },
  {
    why: 'property change without the property',
    expect: "event /0: missing 'propertyName'",
    webhook: [{ ...EVENT, propertyName: undefined, propertyValue: undefined }].map(
      (event) => JSON.parse(JSON.stringify(event)) as unknown,
    ),
  },
  {
    why: 'invented field in an event',
    expect: 'event /1/portal: unknown field',
    webhook: [EVENT, { ...EVENT, portal: 7 }],
  },
  {
    why: 'time as text',
    expect: 'event /0/occurredAt: must be integer',
    webhook: [{ ...EVENT, occurredAt: AT }],
  },
  {
    why: 'more events than a delivery holds',
    expect: 'event : a delivery has 1 to 100 events',
    webhook: Array.from({ length: 101 }, () => EVENT),
  },
];

export const HUBSPOT_SEEDS: readonly Seed[] = [
  ...CORRECT,
  ...WRONG_REQUESTS,
  ...WRONG_ANSWERS,
  ...WRONG_EVENTS,
];
