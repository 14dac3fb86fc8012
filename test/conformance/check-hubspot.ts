// Judges exchanges with HubSpot and HubSpot's webhook deliveries by the contract derived from its API client and the supplement.
//
// Dated paths are judged by their older twin, paths the client does not know by the hand-written supplement. As for Stripe,
// every request is judged unless it is marked as wrong on purpose and was refused. Answers of HubSpot's edge (423, 429, 477,
// 5xx) need not have every field of an API error; a 5xx may be a proxy's page.
import {
  header,
  isObject,
  refusedOnPurpose,
  resolve,
  type Basis,
  type CheckedExchange,
  type Checker,
  type HubspotContract,
  type HubspotOperation,
  type JsonObject,
  type Place,
  type Problem,
  type Schema,
  type Verdict,
  type Violation,
} from './contract.ts';
import { loadContract } from './contract-cache.ts';
import { typed } from './form-values.ts';
import { createRouter, unfilled, unmatched, type Router } from './routes.ts';
import { createSchemaChecker, type SchemaChecker } from './schema-checker.ts';
import {
  HUBSPOT_SUPPLEMENT,
  HUBSPOT_WEBHOOK_BATCH,
  HUBSPOT_WEBHOOK_FIELDS,
  HUBSPOT_WEBHOOK_REQUIRED,
} from './supplement.ts';
import { olderPath } from './twins.ts';

type Found = { operation: HubspotOperation; parameters: Record<string, string>; basis: Basis };
type Ground = {
  contract: HubspotContract;
  supplement: Router<HubspotOperation>;
  sdk: Router<HubspotOperation>;
  sent: SchemaChecker;
  answered: SchemaChecker;
  open: SchemaChecker;
  relaxed: (schema: Schema) => Schema;
  eventTypes: Set<string>;
};

const FORM = 'application/x-www-form-urlencoded';

export async function createHubspotChecker(): Promise<Checker> {
  const contract = await loadContract('@hubspot/api-client', async () =>
    (await import('./derive-hubspot.ts')).deriveHubspot(),
  );
  const ground: Ground = {
    contract,
    supplement: createRouter(HUBSPOT_SUPPLEMENT),
    sdk: createRouter(contract.operations),
    sent: createSchemaChecker(contract.$defs, { closed: true, optionalMayBeNull: false }),
    answered: createSchemaChecker(contract.$defs, { closed: true, optionalMayBeNull: true }),
    open: createSchemaChecker(contract.$defs, { closed: false, optionalMayBeNull: true }),
    relaxed: relaxer(contract),
    eventTypes: eventTypesOf(contract),
  };
  return {
    source: contract.source,
    check: (exchange) => verdictOn(exchange, ground),
    checkWebhook: (body) => webhookVerdict(body, ground),
  };
}

function verdictOn(exchange: CheckedExchange, ground: Ground): Verdict {
  const url = new URL(exchange.path, 'http://hubspot.invalid');
  const found = find(exchange.method, url.pathname, ground);
  if (!('operation' in found)) {
    const violations = refusedOnPurpose(exchange) ? [] : [found];
    return { operation: `${exchange.method} ${url.pathname}`, basis: 'sdk', violations };
  }
  const { operation, parameters, basis } = found;
  const answer = placed('response', answerProblems(exchange, operation, ground));
  const request = refusedOnPurpose(exchange)
    ? []
    : [
        ...unfilled(parameters),
        ...placed('path', numericIds(operation, parameters)),
        ...placed('query', queryProblems(operation, url.searchParams, ground)),
        ...bodyViolations(exchange, operation, ground),
      ];
  return { operation: `${operation.method} ${operation.path}`, basis, violations: [...request, ...answer] };
}

function find(method: string, path: string, ground: Ground): Found | Violation {
  const written = ground.supplement.match(method, path);
  if (written) return { ...written, basis: 'supplement' };
  const other = ground.supplement.methods(path);
  if (other.length > 0) return unmatched(method, path, other);
  const older = olderPath(path);
  if (older === undefined)
    return { where: 'path', at: path, message: 'dated path that is not in the table of twins' };
  const match = ground.sdk.match(method, older);
  if (!match) return unmatched(method, path, ground.sdk.methods(older));
  return { ...match, basis: older === path ? 'sdk' : 'twin' };
}

const placed = (where: Place, problems: Problem[]): Violation[] =>
  problems.map((problem) => ({ where, ...problem }));

function numericIds(operation: HubspotOperation, parameters: Record<string, string>): Problem[] {
  return (operation.integerPathParams ?? [])
    .filter((name) => !/^\d+$/.test(parameters[name] ?? ''))
    .map((name) => ({ at: `/${name}`, message: `must be a number (got ${parameters[name] ?? 'nothing'})` }));
}

const NO_QUERY: Schema = { type: 'object', properties: {} };

function queryProblems(operation: HubspotOperation, query: URLSearchParams, ground: Ground): Problem[] {
  const schema = operation.query ?? NO_QUERY;
  const given: JsonObject = {};
  for (const key of new Set(query.keys())) {
    const values = query.getAll(key);
    given[key] = schema.properties?.[key]?.type === 'array' || values.length > 1 ? values : values[0];
  }
  return ground.sent.problems(schema, typed(schema, given, ground.contract.$defs));
}

function bodyViolations(exchange: CheckedExchange, operation: HubspotOperation, ground: Ground): Violation[] {
  if (!operation.body) return exchange.body ? [bodyWrong('this operation takes no body')] : [];
  if (!exchange.body) return operation.bodyOptional ? [] : [bodyWrong('body is missing')];
  const type = mediaType(exchange);
  if (type !== operation.contentType) {
    const message = `must be ${String(operation.contentType)} (got '${type}')`;
    return [{ where: 'headers', at: 'content-type', message }];
  }
  const body = type === FORM ? Object.fromEntries(new URLSearchParams(exchange.body)) : json(exchange.body);
  if (body === undefined) return [bodyWrong('is not JSON')];
  return placed('body', ground.sent.problems(operation.body, body));
}

const mediaType = (exchange: CheckedExchange): string =>
  (header(exchange, 'content-type').split(';')[0] ?? '').trim().toLowerCase();

const bodyWrong = (message: string): Violation => ({ where: 'body', at: '', message });

function answerProblems(exchange: CheckedExchange, operation: HubspotOperation, ground: Ground): Problem[] {
  const { status, response } = exchange;
  if (status >= 400) return errorProblems(exchange, operation, ground);
  const schema = operation.success[status];
  if (schema === undefined) {
    const codes = Object.keys(operation.success).join(', ');
    return [
      { at: '/status', message: `must be ${codes}; the client throws on any other success (got ${status})` },
    ];
  }
  if (schema === null) return response ? [{ at: '', message: `status ${status} carries no body` }] : [];
  if (Object.keys(schema).length === 0) return [];
  const body = json(response);
  return body === undefined ? [{ at: '', message: 'is not JSON' }] : ground.answered.problems(schema, body);
}

function errorProblems(exchange: CheckedExchange, operation: HubspotOperation, ground: Ground): Problem[] {
  const { status, response } = exchange;
  const body = json(response);
  if (body === undefined) return status >= 500 ? [] : [{ at: '', message: 'an error must be JSON' }];
  if (!operation.error) return [];
  const isEdge = status >= 500 || [423, 429, 477].includes(status);
  return ground.open.problems(isEdge ? ground.relaxed(operation.error) : operation.error, body);
}

/** Known fields keep their types, none is required. Kept by identity, because compiled schemas are. */
function relaxer({ $defs }: HubspotContract): (schema: Schema) => Schema {
  const made = new Map<Schema, Schema>();
  return (schema) => {
    const { required: _all, ...rest } = resolve(schema, $defs);
    const relaxed = made.get(schema) ?? rest;
    made.set(schema, relaxed);
    return relaxed;
  };
}

function webhookVerdict(body: unknown, ground: Ground): Verdict {
  const events: unknown[] = Array.isArray(body) ? body : [body];
  const types = new Set(
    events.map((event) => (isObject(event) ? String(event['subscriptionType']) : 'nothing')),
  );
  const problems = events.flatMap((event, index) =>
    eventProblems(event, ground).map(({ at, message }) => ({ at: `/${index}${at}`, message })),
  );
  if (events.length === 0 || events.length > HUBSPOT_WEBHOOK_BATCH) {
    problems.push({
      at: '',
      message: `a delivery has 1 to ${HUBSPOT_WEBHOOK_BATCH} events (got ${events.length})`,
    });
  }
  return {
    operation: `webhook ${[...types].join(', ')}`,
    basis: 'supplement',
    violations: placed('event', problems),
  };
}

function eventProblems(event: unknown, ground: Ground): Problem[] {
  if (!isObject(event)) return [{ at: '', message: 'an event must be an object' }];
  const type = String(event['subscriptionType']);
  const required = HUBSPOT_WEBHOOK_REQUIRED[type.split('.')[1] ?? ''] ?? [];
  const generic = type.startsWith('object.') && !type.endsWith('associationChange') ? ['objectTypeId'] : [];
  return [
    ...(ground.eventTypes.has(type)
      ? []
      : [{ at: '/subscriptionType', message: `unknown event type ${type}` }]),
    ...[...required, ...generic]
      .filter((field) => !(field in event))
      .map((field) => ({ at: '', message: `missing '${field}' in a ${type}` })),
    ...ground.sent.problems(HUBSPOT_WEBHOOK_FIELDS, event),
  ];
}

function eventTypesOf({ $defs }: HubspotContract): Set<string> {
  const values = $defs['webhooks.SubscriptionCreateRequest']?.properties?.['eventType']?.enum;
  if (!values) throw new Error('the API client no longer lists the webhook event types');
  return new Set(values.map(String));
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
