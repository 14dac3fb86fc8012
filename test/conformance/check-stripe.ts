// Judges exchanges with Stripe and Stripe's webhook events by the contract derived from the stripe package.
//
// Every request is judged, also one that Stripe refused: a refusal for the state of things (declined card, invoice already
// paid) is no excuse for a wrong shape. Only a request marked as wrong on purpose (see refusedOnPurpose) is left out, and only
// if it was refused. Calls from a browser (publishable key) may carry Stripe.js's own parameters and get shortened objects.
import {
  header,
  isObject,
  refTo,
  refusedOnPurpose,
  resolve,
  type Basis,
  type CheckedExchange,
  type Checker,
  type Defs,
  type Place,
  type Problem,
  type Schema,
  type StripeContract,
  type Verdict,
  type Violation,
} from './contract.ts';
import { loadContract } from './contract-cache.ts';
import { parseForm, typed } from './form-values.ts';
import { createRouter, unfilled, unmatched } from './routes.ts';
import { createSchemaChecker, type SchemaChecker } from './schema-checker.ts';
import {
  STRIPE_BROWSER_CARD,
  STRIPE_BROWSER_FIELDS,
  STRIPE_OAUTH_ERROR,
  STRIPE_SUPPLEMENT,
} from './supplement.ts';

type Operation = StripeContract['operations'][number];
type Ground = {
  contract: StripeContract;
  schemas: SchemaChecker;
  shortened: (schema: Schema) => Schema;
  fromBrowser: (schema: Schema) => Schema;
};

export async function createStripeChecker(): Promise<Checker> {
  const contract = await loadContract('stripe', async () =>
    (await import('./derive-stripe.ts')).deriveStripe(),
  );
  const schemas = createSchemaChecker(contract.$defs, { closed: true, optionalMayBeNull: false });
  const ground: Ground = {
    contract,
    schemas,
    shortened: variant((schema) => shortened(schema, contract.$defs)),
    fromBrowser: variant((schema) => fromBrowser(schema, contract.$defs)),
  };
  const router = createRouter(contract.operations);
  const supplement = createRouter(STRIPE_SUPPLEMENT);
  return {
    source: contract.source,
    checkWebhook: (body) => webhookVerdict(body, ground),
    check(exchange) {
      const [path = '', query = ''] = exchange.path.split('?');
      const known = router.match(exchange.method, path);
      const match = known ?? supplement.match(exchange.method, path);
      const basis = match && !known ? 'supplement' : 'sdk';
      if (refusedOnPurpose(exchange)) {
        return verdict(`${exchange.method} ${path}`, errorAnswer(exchange, path, ground), basis);
      }
      if (!match) {
        return verdict(`${exchange.method} ${path}`, [
          unmatched(exchange.method, path, router.methods(path)),
        ]);
      }
      return verdict(
        `${exchange.method} ${match.operation.path}`,
        [
          ...unfilled(match.parameters),
          ...requestHeaders(exchange, match.operation, ground),
          ...requestParameters(exchange, query, match.operation, ground),
          ...answer(exchange, match.operation, ground),
        ],
        basis,
      );
    },
  };
}

const verdict = (operation: string, violations: Violation[], basis: Basis = 'sdk'): Verdict => ({
  operation,
  basis,
  violations,
});
const placed = (where: Place, problems: Problem[]): Violation[] =>
  problems.map((problem) => ({ where, ...problem }));

function requestHeaders(exchange: CheckedExchange, operation: Operation, { contract }: Ground): Violation[] {
  const problems: Problem[] = [];
  const version = header(exchange, 'stripe-version');
  if (version && version !== contract.apiVersion) {
    problems.push({ at: 'stripe-version', message: `must be ${contract.apiVersion} (got ${version})` });
  }
  const type = header(exchange, 'content-type').split(';')[0]?.trim();
  if (exchange.body && type && operation.contentType && type !== operation.contentType) {
    problems.push({ at: 'content-type', message: `must be ${operation.contentType} (got ${type})` });
  }
  return placed('headers', problems);
}

function requestParameters(
  exchange: CheckedExchange,
  query: string,
  operation: Operation,
  ground: Ground,
): Violation[] {
  const judge = (where: 'query' | 'body', schema: Schema | undefined, text: string): Violation[] => {
    if (!schema) return text ? [{ where, at: '', message: `${exchange.method} takes no ${where} here` }] : [];
    const parsed = parse(text, where === 'body' && operation.contentType === 'application/json');
    if (parsed instanceof Error) return [{ where, at: '', message: parsed.message }];
    const read = isFromBrowser(exchange) ? ground.fromBrowser(schema) : schema;
    return placed(where, ground.schemas.problems(read, typed(read, parsed, ground.contract.$defs)));
  };
  return [...judge('query', operation.query, query), ...judge('body', operation.body, exchange.body)];
}

function parse(text: string, isJson: boolean): Record<string, unknown> | Error {
  try {
    const value: unknown = isJson ? JSON.parse(text || '{}') : parseForm(text);
    return isObject(value) ? value : new Error('is not an object');
  } catch (error) {
    return new Error(`cannot be parsed: ${String(error)}`);
  }
}

/** Browsers sign with the publishable key, in the header or as `key`. */
function isFromBrowser(exchange: CheckedExchange): boolean {
  return header(exchange, 'authorization').startsWith('Bearer pk_') || /(^|&)key=pk_/.test(exchange.body);
}

function answer(exchange: CheckedExchange, operation: Operation, ground: Ground): Violation[] {
  const { status } = exchange;
  if (status >= 400) return errorAnswer(exchange, operation.path, ground);
  if (status !== 200) {
    return [{ where: 'response', at: '/status', message: `Stripe answers success with 200 (got ${status})` }];
  }
  const body = json(exchange.response);
  if (body === undefined) return [{ where: 'response', at: '', message: 'is not JSON' }];
  const schema = isFromBrowser(exchange) ? ground.shortened(operation.response) : operation.response;
  return placed('response', [...ground.schemas.problems(schema, body), ...problemsOfEvents(body, ground)]);
}

/** The contract leaves events open in answers, because their union holds all of Stripe; here each is judged by its type. */
function problemsOfEvents(body: unknown, ground: Ground): Problem[] {
  const items: unknown[] = isObject(body) && Array.isArray(body['data']) ? body['data'] : [body];
  return items
    .filter((item) => isObject(item) && item['object'] === 'event')
    .flatMap((item) => eventProblems(item, ground));
}

function errorAnswer(exchange: CheckedExchange, path: string, { contract, schemas }: Ground): Violation[] {
  const body = json(exchange.response);
  // A proxy's page may stand in for Stripe while Stripe is down.
  if (body === undefined) {
    return exchange.status >= 500 ? [] : [{ where: 'response', at: '', message: 'an error must be JSON' }];
  }
  const isOAuth = /^\/(v1\/)?oauth\//.test(path) && isObject(body) && typeof body['error'] === 'string';
  const problems = schemas.problems(isOAuth ? STRIPE_OAUTH_ERROR : contract.error, body);
  const type = isObject(body) && isObject(body['error']) ? body['error']['type'] : undefined;
  if (type === 'card_error' && exchange.status !== 402) {
    problems.push({
      at: '/error/type',
      message: `a card_error comes with status 402 (got ${exchange.status})`,
    });
  }
  return placed('response', problems);
}

function webhookVerdict(event: unknown, ground: Ground): Verdict {
  const type = isObject(event) ? String(event['type']) : 'nothing';
  return verdict(`event ${type}`, placed('event', eventProblems(event, ground)));
}

function eventProblems(event: unknown, { contract, schemas }: Ground): Problem[] {
  if (!isObject(event)) return [{ at: '', message: 'an event must be an object' }];
  const type = String(event['type']);
  const name = contract.events[type];
  if (!name) return [{ at: '/type', message: `unknown event type ${type}` }];
  const problems = schemas.problems(refTo(name), event);
  const version = event['api_version'];
  if (version === contract.apiVersion) return problems;
  return [
    ...problems,
    { at: '/api_version', message: `must be ${contract.apiVersion} (got ${String(version)})` },
  ];
}

/** Makes a variant of a schema once, because compiled schemas are kept by identity. */
function variant(make: (schema: Schema) => Schema): (schema: Schema) => Schema {
  const made = new Map<Schema, Schema>();
  return (schema) => {
    const known = made.get(schema) ?? make(schema);
    made.set(schema, known);
    return known;
  };
}

/** With a publishable key Stripe leaves fields out of the object it answers with; invented fields stay refused. */
function shortened(schema: Schema, defs: Defs): Schema {
  return { ...resolve(schema, defs), required: ['id', 'object'] };
}

/** Parameters of a call that a browser makes: its key, the intent's secret, and a card. */
function fromBrowser(schema: Schema, defs: Defs): Schema {
  const base = resolve(schema, defs);
  const method = base.properties?.['payment_method_data'];
  const properties = { ...base.properties, ...STRIPE_BROWSER_FIELDS };
  if (method) properties['payment_method_data'] = withCard(resolve(method, defs));
  return { ...base, properties };
}

function withCard(method: Schema): Schema {
  const types = method.properties?.['type']?.enum ?? [];
  const added = { card: STRIPE_BROWSER_CARD, type: { enum: [...types, 'card'] } };
  return { ...method, properties: { ...method.properties, ...added } };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
