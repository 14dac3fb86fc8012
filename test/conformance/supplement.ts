// Hand-written contract for what the vendors' server packages do not describe; every entry names the public page it follows.
import type { HubspotOperation, Schema, StripeContract } from './contract.ts';

const ANYTHING: Schema = {};
const TEXT: Schema = { type: 'string' };
const INTEGER: Schema = { type: 'integer' };
const FLAG: Schema = { type: 'boolean' };
const TEXTS: Schema = { type: 'array', items: TEXT };
const FORM = 'application/x-www-form-urlencoded';
const DOCS = 'https://developers.hubspot.com/docs/api-reference/2026-03';

export type SupplementOperation = HubspotOperation & { source: string };

/** HubSpot's own error object, or the one of RFC 6749 section 5.2; either may carry more fields. */
const OAUTH_ERROR: Schema = {
  anyOf: [
    {
      type: 'object',
      properties: { message: TEXT, category: TEXT, correlationId: { type: 'string', format: 'uuid' } },
      required: ['message', 'category', 'correlationId'],
    },
    { type: 'object', properties: { error: TEXT, error_description: TEXT }, required: ['error'] },
  ],
};

const API_ERROR: Schema = OAUTH_ERROR.anyOf?.[0] ?? {};

const CLIENT = { client_id: TEXT, client_secret: TEXT };

function grant(name: string, fields: Record<string, Schema>, required: string[]): Schema {
  return {
    type: 'object',
    properties: { grant_type: { const: name }, ...CLIENT, scope: TEXT, ...fields },
    required: ['grant_type', 'client_id', 'client_secret', ...required],
  };
}

const TOKEN_REQUEST: Schema = {
  anyOf: [
    grant(
      'authorization_code',
      {
        code: TEXT,
        redirect_uri: TEXT,
        code_verifier: { type: 'string', pattern: '^[A-Za-z0-9._~-]{43,128}$' },
      },
      ['code', 'redirect_uri'],
    ),
    grant('refresh_token', { refresh_token: TEXT }, ['refresh_token']),
  ],
};

const TOKEN_ANSWER: Schema = {
  type: 'object',
  properties: {
    token_use: { enum: ['access_token'] },
    token_type: { enum: ['bearer'] },
    access_token: TEXT,
    refresh_token: TEXT,
    id_token: TEXT,
    expires_in: INTEGER,
    hub_id: INTEGER,
    user_id: INTEGER,
    scopes: TEXTS,
  },
  required: ['access_token', 'refresh_token', 'expires_in', 'token_type'],
};

const TOKEN_QUESTION: Schema = {
  type: 'object',
  properties: { ...CLIENT, token: TEXT, token_type_hint: { enum: ['access_token', 'refresh_token'] } },
  required: ['client_id', 'client_secret', 'token'],
};

/** RFC 7662: a token that is no longer good is answered with `active: false` and nothing else that could be relied on. */
const TOKEN_STATE: Schema = {
  type: 'object',
  properties: {
    active: FLAG,
    token_use: { enum: ['access_token', 'refresh_token'] },
    token: TEXT,
    token_type: TEXT,
    hub_id: INTEGER,
    user_id: INTEGER,
    app_id: INTEGER,
    client_id: TEXT,
    scopes: TEXTS,
    signed_access_token: { type: 'object', additionalProperties: true },
    expires_in: INTEGER,
    is_private_distribution: FLAG,
    user: TEXT,
    hub_domain: TEXT,
  },
  required: ['active'],
};

const ACCOUNT_DETAILS_FIELDS: Record<string, Schema> = {
  portalId: INTEGER,
  accountType: { enum: ['APP_DEVELOPER', 'DEVELOPER_TEST', 'SANDBOX', 'STANDARD'] },
  timeZone: TEXT,
  companyCurrency: TEXT,
  additionalCurrencies: TEXTS,
  utcOffset: TEXT,
  utcOffsetMilliseconds: INTEGER,
  uiDomain: TEXT,
  dataHostingLocation: TEXT,
};

const ACCOUNT_DETAILS: Schema = {
  type: 'object',
  properties: ACCOUNT_DETAILS_FIELDS,
  required: Object.keys(ACCOUNT_DETAILS_FIELDS),
};

export const HUBSPOT_SUPPLEMENT: readonly SupplementOperation[] = [
  {
    // The package has the v1 call, without PKCE and with five answer fields.
    source: `${DOCS}/authentication/oauth-tokens/refresh-oauth-token`,
    id: 'supplement.oauth.token',
    method: 'POST',
    path: '/oauth/2026-03/token',
    contentType: FORM,
    body: TOKEN_REQUEST,
    success: { 200: TOKEN_ANSWER },
    error: OAUTH_ERROR,
  },
  {
    source: `${DOCS}/authentication/oauth-tokens/token-introspect`,
    id: 'supplement.oauth.introspect',
    method: 'POST',
    path: '/oauth/2026-03/token/introspect',
    contentType: FORM,
    body: TOKEN_QUESTION,
    success: { 200: TOKEN_STATE },
    error: OAUTH_ERROR,
  },
  {
    // The page shows no success. RFC 7009 section 2.2 says 200 and that the body does not matter.
    source: `${DOCS}/authentication/oauth-tokens/revoke-token`,
    id: 'supplement.oauth.revoke',
    method: 'POST',
    path: '/oauth/2026-03/token/revoke',
    contentType: FORM,
    body: TOKEN_QUESTION,
    success: { 200: ANYTHING },
    error: OAUTH_ERROR,
  },
  {
    source: `${DOCS}/account/account-information/get-account-details`,
    id: 'supplement.account.details',
    method: 'GET',
    path: '/account-info/2026-03/details',
    success: { 200: ACCOUNT_DETAILS },
    error: API_ERROR,
  },
  {
    source: `${DOCS}/app-management/app-uninstalls/uninstall-app`,
    id: 'supplement.app.uninstall',
    method: 'DELETE',
    path: '/appinstalls/2026-03/external-install',
    success: { 204: null },
    error: API_ERROR,
  },
];

/**
 * One event of a webhook delivery. The package lists the event types; the fields follow
 * https://developers.hubspot.com/docs/api-reference/legacy/webhooks/guide (payload) and, for merge and association events,
 * https://developers.hubspot.com/changelog/new-subscription-types-for-webhooks.
 */
export const HUBSPOT_WEBHOOK_FIELDS: Schema = {
  type: 'object',
  properties: {
    eventId: INTEGER,
    subscriptionId: INTEGER,
    portalId: INTEGER,
    appId: INTEGER,
    occurredAt: INTEGER,
    subscriptionType: TEXT,
    attemptNumber: INTEGER,
    objectId: INTEGER,
    objectTypeId: TEXT,
    changeSource: TEXT,
    sourceId: TEXT,
    changeFlag: { enum: ['NEW', 'CREATED', 'UPDATED', 'DELETED', 'MERGED', 'RESTORED'] },
    propertyName: TEXT,
    propertyValue: { anyOf: [TEXT, { type: 'null' }] },
    isSensitive: FLAG,
    primaryObjectId: INTEGER,
    mergedObjectIds: { type: 'array', items: INTEGER },
    newObjectId: INTEGER,
    numberOfPropertiesMoved: INTEGER,
    associationType: TEXT,
    associationCategory: TEXT,
    associationTypeId: INTEGER,
    associationRemoved: FLAG,
    isPrimaryAssociation: FLAG,
    fromObjectId: INTEGER,
    fromObjectTypeId: TEXT,
    toObjectId: INTEGER,
    toObjectTypeId: TEXT,
  },
  required: [
    'eventId',
    'subscriptionId',
    'portalId',
    'appId',
    'occurredAt',
    'subscriptionType',
    'attemptNumber',
  ],
};

/** Fields an event must have beside the common ones, by what follows the dot in its type. Same pages as above. */
export const HUBSPOT_WEBHOOK_REQUIRED: Record<string, string[]> = {
  creation: ['objectId'],
  deletion: ['objectId'],
  privacyDeletion: ['objectId'],
  restore: ['objectId'],
  propertyChange: ['objectId', 'propertyName', 'propertyValue'],
  merge: ['primaryObjectId', 'mergedObjectIds'],
  associationChange: ['fromObjectId', 'toObjectId', 'associationRemoved'],
};

/** HubSpot sends at most this many events in one delivery (same guide). */
export const HUBSPOT_WEBHOOK_BATCH = 100;

/** What a browser adds with a publishable key: https://docs.stripe.com/api/payment_intents/confirm (client_secret). */
export const STRIPE_BROWSER_FIELDS: Record<string, Schema> = { key: TEXT, client_secret: TEXT };

/**
 * Card of a browser's `payment_method_data`, which the server package leaves out because servers must not send it; fields as
 * in https://docs.stripe.com/api/payment_methods/create.
 */
export const STRIPE_BROWSER_CARD: Schema = {
  type: 'object',
  properties: { number: TEXT, cvc: TEXT, exp_month: INTEGER, exp_year: INTEGER },
  required: ['number', 'exp_month', 'exp_year'],
};

const STRIPE_TOKENS: Schema = {
  type: 'object',
  properties: {
    access_token: TEXT,
    refresh_token: TEXT,
    livemode: FLAG,
    scope: { const: 'stripe_apps' },
    stripe_publishable_key: TEXT,
    stripe_user_id: { type: 'string', pattern: '^acct_' },
    token_type: { const: 'bearer' },
  },
  required: ['access_token', 'refresh_token', 'livemode', 'stripe_publishable_key', 'stripe_user_id'],
};

/** What Stripe documents for apps and its server package does not know. */
export const STRIPE_SUPPLEMENT: readonly (StripeContract['operations'][number] & { source: string })[] = [
  {
    id: 'app token',
    method: 'POST',
    path: '/v1/oauth/token',
    contentType: FORM,
    body: {
      anyOf: [
        {
          type: 'object',
          properties: { grant_type: { const: 'authorization_code' }, code: TEXT },
          required: ['grant_type', 'code'],
        },
        {
          type: 'object',
          properties: { grant_type: { const: 'refresh_token' }, refresh_token: TEXT },
          required: ['grant_type', 'refresh_token'],
        },
      ],
    },
    response: STRIPE_TOKENS,
    source: 'https://docs.stripe.com/stripe-apps/api-authentication/oauth',
  },
];

/** Stripe's OAuth errors are RFC 6749 objects: https://docs.stripe.com/connect/oauth-reference. */
export const STRIPE_OAUTH_ERROR: Schema = {
  type: 'object',
  properties: {
    error: {
      enum: [
        'invalid_request',
        'invalid_grant',
        'invalid_client',
        'invalid_scope',
        'unsupported_grant_type',
        'unsupported_response_type',
        'access_denied',
      ],
    },
    error_description: TEXT,
  },
  required: ['error'],
};
