// The OpenAPI description of the cards' doors, generated from the schemas that judge their requests and answers.
import { z } from 'zod';
import {
  operationAnswerSchema,
  operationKinds,
  outcomeSchema,
  viewAnswerSchema,
} from '../views/card-schema.ts';
import { financeAnswerSchema } from '../views/finance-schema.ts';
import { operationRequests } from '../views/operation-requests.ts';
import { unmatchedAnswerSchema } from '../views/unmatched-schema.ts';

type Json = Record<string, unknown>;

/** OpenAPI 3.1 says which dialect its schemas are written in; a schema that says it again is noise. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}

const json = (description: string, schema: Json): Json => ({
  description,
  content: { 'application/json': { schema } },
});

const errorSchema = z.strictObject({
  ok: z.literal(false),
  code: z.string(),
  message: z.string(),
  retry: z.enum(['never', 'later', 'after-reauth']).optional(),
  reference: z.uuid().optional(),
});

const failure = (description: string): Json => json(description, { $ref: '#/components/schemas/Error' });

const FAILURES: Json = {
  400: failure('The request does not have the described shape.'),
  401: failure('The caller could not be verified.'),
  404: failure('There is no such thing here, or it is somebody else’s.'),
  413: failure('The request is too large.'),
  429: failure('Too many requests at once.'),
  503: failure('Something of ours is down; the same request may be sent again.'),
};

const parameter = (name: string, schema: Json): Json => ({ name, in: 'path', required: true, schema });

const RECORD = [
  parameter('objectType', { type: 'string', examples: ['contacts', '0-1', 'Contact'] }),
  parameter('recordId', { type: 'string', pattern: '^([0-9]{1,20}|[a-zA-Z0-9]{18})$' }),
];

/** Either HubSpot signs the request, or a Salesforce org shows its token and says for whom it asks. */
const SIGNED = [{ hubspotSignature: [] }, { orgToken: [], orgId: [], orgUser: [] }];

function operationPath(kind: (typeof operationKinds)[number]): [string, Json] {
  const post = {
    operationId: kind,
    summary: `Starts ${kind}; the same operationId never acts twice`,
    security: SIGNED,
    parameters: RECORD,
    requestBody: {
      required: true,
      content: { 'application/json': { schema: schemaOf(operationRequests[kind], 'input') } },
    },
    responses: {
      200: json('How it ended, or why it was not begun.', { $ref: '#/components/schemas/OperationAnswer' }),
      ...FAILURES,
    },
  };
  return [`/api/v1/records/{objectType}/{recordId}/operations/${kind}`, { post }];
}

const viewPath: Json = {
  get: {
    operationId: 'view',
    summary: 'Everything a card shows of a record',
    security: SIGNED,
    parameters: [
      ...RECORD,
      { name: 'cursor', in: 'query', required: false, schema: { type: 'string', pattern: '^[0-9]{1,6}$' } },
    ],
    responses: { 200: json('The card’s view.', { $ref: '#/components/schemas/ViewAnswer' }), ...FAILURES },
  },
};

const outcomePath: Json = {
  get: {
    operationId: 'outcome',
    summary: 'How an operation ended, or that it has not',
    security: SIGNED,
    parameters: [parameter('operationId', { type: 'string', format: 'uuid' })],
    responses: {
      200: json(
        'What is known of it.',
        schemaOf(z.strictObject({ ok: z.literal(true), outcome: outcomeSchema }), 'output'),
      ),
      ...FAILURES,
    },
  },
};

const unmatchedPath: Json = {
  get: {
    operationId: 'unmatched',
    summary: 'Customers that belong to no record yet, for whoever may assign them',
    security: SIGNED,
    responses: {
      200: json('At most 50 of them, or that the caller’s role may not see them.', {
        $ref: '#/components/schemas/UnmatchedAnswer',
      }),
      ...FAILURES,
    },
  },
};

const financePath: Json = {
  get: {
    operationId: 'finance',
    summary: 'What the whole business is owed, has collected and may lose, for finance and admins',
    security: SIGNED,
    responses: {
      200: json('The sums, or that the caller’s role may not see them.', {
        $ref: '#/components/schemas/FinanceAnswer',
      }),
      ...FAILURES,
    },
  },
};

export const openApi: Json = {
  openapi: '3.1.0',
  info: { title: 'Payside connector: doors of the cards', version: '1' },
  paths: {
    '/api/v1/records/{objectType}/{recordId}': viewPath,
    ...Object.fromEntries(operationKinds.map(operationPath)),
    '/api/v1/operations/{operationId}': outcomePath,
    '/api/v1/unmatched': unmatchedPath,
    '/api/v1/finance': financePath,
  },
  components: {
    schemas: {
      ViewAnswer: schemaOf(viewAnswerSchema, 'output'),
      OperationAnswer: schemaOf(operationAnswerSchema, 'output'),
      UnmatchedAnswer: schemaOf(unmatchedAnswerSchema, 'output'),
      FinanceAnswer: schemaOf(financeAnswerSchema, 'output'),
      Error: schemaOf(errorSchema, 'output'),
    },
    securitySchemes: {
      hubspotSignature: { type: 'apiKey', in: 'header', name: 'X-HubSpot-Signature-v3' },
      orgToken: { type: 'http', scheme: 'bearer' },
      orgId: { type: 'apiKey', in: 'header', name: 'X-Payside-Org' },
      orgUser: { type: 'apiKey', in: 'header', name: 'X-Payside-User' },
    },
  },
};
