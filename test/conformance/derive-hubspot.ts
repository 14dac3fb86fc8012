// Derives HubSpot's contract from the installed API client by running its own request factories and response processors.
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { HubspotContract, HubspotOperation, Schema } from './contract.ts';
import { packageFolder, packageVersion, requireFile } from './contract-cache.ts';
import {
  declarations,
  readGroup,
  type Group,
  type Parameter,
  type TypeText,
} from './derive-hubspot-models.ts';

const PACKAGE = '@hubspot/api-client';
/** Folders of the client's generated code that hold an API the product may call. */
const GROUPS = [
  'oauth',
  'webhooks',
  'crm/objects',
  'crm/contacts',
  'crm/companies',
  'crm/deals',
  'crm/line_items',
  'crm/products',
  'crm/quotes',
  'crm/commerce/invoices',
  'crm/tickets',
  'crm/objects/notes',
  'crm/objects/tasks',
  'crm/associations/v4',
  'crm/associations/v4/schema',
  'crm/properties',
  'crm/pipelines',
  'crm/owners',
  'crm/schemas',
  'crm/timeline',
];
const FORM = 'application/x-www-form-urlencoded';

/** Stands for an argument: shows up as `{name}` in a path and is recognised in queries and bodies. */
type Marker = { marker: string; toString(): string };
type Call = (...args: unknown[]) => unknown;
type Serializer = Record<'serialize' | 'stringify' | 'parse' | 'deserialize', Call>;
type Factory = new (config: unknown) => Record<string, Call>;
type Processor = new () => Record<string, Call>;
type Api = { group: Group; name: string; Factory: Factory; Processor: Processor; serializer: Serializer };

export async function deriveHubspot(): Promise<HubspotContract> {
  const groups = GROUPS.map((path) =>
    readGroup(path.replaceAll('/', '.'), join(packageFolder(PACKAGE), 'lib/codegen', path)),
  );
  const operations = new Map<string, HubspotOperation>();
  for (const { api, method, parameters } of groups.flatMap(callsOf)) {
    const operation = await operationOf(api, method, parameters);
    const key = `${operation.method} ${operation.path.replace(/\{\w+\}/g, '{}')}`;
    operations.set(key, unitedWith(operations.get(key), operation));
  }
  return {
    source: `${PACKAGE} ${packageVersion(PACKAGE)}`,
    operations: [...operations.values()],
    $defs: Object.assign({}, ...groups.map((group) => group.defs)) as HubspotContract['$defs'],
  };
}

function callsOf(group: Group): { api: Api; method: string; parameters: Parameter[] }[] {
  const models = requireFile(join(group.folder, 'models/ObjectSerializer.js')) as {
    ObjectSerializer: Serializer;
  };
  const files = globSync('*Api.js', { cwd: join(group.folder, 'apis') }).sort();
  return files.flatMap((file) => {
    const path = join(group.folder, 'apis', file);
    const name = basename(file, '.js');
    const exported = requireFile(path) as Record<string, unknown>;
    const api: Api = {
      group,
      name,
      Factory: exported[`${name}RequestFactory`] as Factory,
      Processor: exported[`${name}ResponseProcessor`] as Processor,
      serializer: models.ObjectSerializer,
    };
    const methods =
      declarations(path.replace(/\.js$/, '.d.ts')).get(`${name}RequestFactory`)?.methods ?? new Map();
    return [...methods].map(([method, parameters]: [string, Parameter[]]) => ({
      api,
      method,
      parameters: parameters.filter((parameter) => parameter.name !== '_options'),
    }));
  });
}

/** Two classes of the client may send the same request; the first decides, and either's query parameters are known. */
function unitedWith(first: HubspotOperation | undefined, other: HubspotOperation): HubspotOperation {
  if (!first) return other;
  if (!first.query && !other.query) return first;
  const properties = { ...other.query?.properties, ...first.query?.properties };
  return { ...first, query: { type: 'object', ...first.query, properties } };
}

async function operationOf(api: Api, method: string, parameters: Parameter[]): Promise<HubspotOperation> {
  const original = { ...api.serializer };
  const { serialize, stringify, parse, deserialize } = api.serializer;
  try {
    const request = await recordRequest(api, method, parameters);
    const answers = await recordAnswers(api, method);
    return { id: `${api.group.name}.${api.name}.${method}`, ...request, ...answers };
  } finally {
    Object.assign(api.serializer, original, { serialize, stringify, parse, deserialize });
  }
}

type Recorded = {
  method: string;
  path: string;
  contentType?: string;
  query: Map<string, string>;
  /** Name of the argument that is the whole body. */
  bodyOf?: string;
  form?: URLSearchParams;
  typed: Map<string, TypeText>;
};

type RequestPart = Omit<HubspotOperation, 'id' | 'success' | 'error'>;

async function recordRequest(api: Api, method: string, parameters: Parameter[]): Promise<RequestPart> {
  const recorded: Recorded = { method: '', path: '', query: new Map(), typed: new Map() };
  api.serializer.serialize = (value, type, format) => {
    if (!isMarker(value)) return value;
    recorded.typed.set(value.marker, { type: String(type), format: String(format) });
    return String(type).startsWith('Array<') ? [value] : value;
  };
  api.serializer.stringify = (value) => (Array.isArray(value) ? (value as unknown[])[0] : value);
  const factory = new api.Factory({
    baseServer: { makeRequestContext: contextFor(recorded) },
    authMethods: {},
  });
  await factory[method]?.(...parameters.map(({ name }) => markerFor(name)));
  const schemaOf = (name: string): Schema =>
    api.group.schemaOf(recorded.typed.get(name) ?? { type: 'any', format: '' });
  return requestPart(recorded, parameters, schemaOf);
}

function contextFor(recorded: Recorded): (path: string, method: string) => Record<string, Call> {
  const addQuery: Call = (key, value) => {
    if (isMarker(value)) recorded.query.set(String(key), value.marker);
  };
  return (path, method) => {
    recorded.path = path
      .replaceAll('%7B', '{')
      .replaceAll('%7D', '}')
      .replace(/(?<=.)\/$/, '');
    recorded.method = method;
    return {
      setHeaderParam: (name, value) => {
        if (String(name).toLowerCase() === 'content-type') recorded.contentType = String(value);
      },
      setQueryParam: addQuery,
      appendQueryParam: addQuery,
      setBody: (body) => {
        if (isMarker(body)) recorded.bodyOf = body.marker;
        else if (body instanceof URLSearchParams) recorded.form = body;
      },
    };
  };
}

function requestPart(
  recorded: Recorded,
  parameters: Parameter[],
  schemaOf: (argument: string) => Schema,
): RequestPart {
  const { method, path, query, bodyOf, form } = recorded;
  const optional = (argument: string) => parameters.find(({ name }) => name === argument)?.optional ?? true;
  const numeric = parameters.filter(({ name, type }) => type === 'number' && path.includes(`{${name}}`));
  const part: RequestPart = { method, path };
  if (numeric.length > 0) part.integerPathParams = numeric.map(({ name }) => name);
  if (query.size > 0) part.query = objectOf([...query], schemaOf, optional);
  if (bodyOf) Object.assign(part, { body: schemaOf(bodyOf), bodyOptional: optional(bodyOf) });
  if (form) {
    const fields = [...form].map(([key, value]): [string, string] => [key, value.slice(1, -1)]);
    const body = objectOf(fields, () => ({ type: 'string' }), optional);
    Object.assign(part, { body, bodyOptional: body.required === undefined });
  }
  const contentType = recorded.contentType ?? (form ? FORM : undefined);
  return contentType ? { ...part, contentType } : part;
}

function objectOf(
  fields: [key: string, argument: string][],
  schemaOf: (argument: string) => Schema,
  optional: (argument: string) => boolean,
): Schema {
  const required = fields.filter(([, argument]) => !optional(argument)).map(([key]) => key);
  const properties = Object.fromEntries(fields.map(([key, argument]) => [key, schemaOf(argument)]));
  return { type: 'object', properties, ...(required.length > 0 ? { required } : {}) };
}

type Answers = Pick<HubspotOperation, 'success' | 'error'>;

/** Which statuses does the client take, and as which type? Everything it does not take, it throws on. */
async function recordAnswers(api: Api, method: string): Promise<Answers> {
  let got: TypeText | undefined;
  api.serializer.parse = () => ({});
  api.serializer.deserialize = (value, type, format) => {
    got = { type: String(type), format: String(format) };
    return value;
  };
  const processor = new api.Processor();
  const takes = async (status: number): Promise<boolean> => {
    got = undefined;
    try {
      await processor[`${method}WithHttpInfo`]?.(answerWith(status));
      return true;
    } catch (error) {
      if ((error as { code?: unknown }).code !== status) throw error;
      return false;
    }
  };
  const schema = () => (got && got.type !== 'void' ? api.group.schemaOf(got) : null);
  const success: Answers['success'] = {};
  for (let status = 200; status < 300; status++) if (await takes(status)) success[status] = schema();
  await takes(499);
  return { success, error: schema() };
}

function answerWith(status: number): unknown {
  const body = { text: () => Promise.resolve('{}') };
  const headers = { 'content-type': 'application/json' };
  return { httpStatusCode: status, headers, body, getBodyAsAny: () => Promise.resolve({}) };
}

function markerFor(name: string): Marker {
  return { marker: name, toString: () => `{${name}}` };
}

function isMarker(value: unknown): value is Marker {
  return typeof value === 'object' && value !== null && 'marker' in value;
}
