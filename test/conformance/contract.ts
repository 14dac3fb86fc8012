// The words of the conformance check: schemas, the contract of each vendor, verdicts and violations.
import type { Exchange } from '../../sandbox/stand-in/server.ts';

/** The part of JSON Schema that the derivers write; `$ref` is `#/$defs/<name>` of the same contract. */
export type Schema = {
  $ref?: string;
  type?: string | string[];
  const?: string | number | boolean;
  enum?: (string | number | boolean | null)[];
  format?: string;
  pattern?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: Schema[];
  not?: Schema;
  /** Any subset of the top-level fields of this definition, with any value (previous_attributes). */
  partialOf?: string;
};

export type Defs = Record<string, Schema>;

export type Operation = {
  id: string;
  method: string;
  /** Path template, `/v1/invoices/{id}`. */
  path: string;
  query?: Schema;
  body?: Schema;
  contentType?: string;
};

export type StripeContract = {
  source: string;
  apiVersion: string;
  operations: (Operation & { response: Schema })[];
  /** Event type → name of the definition of the whole event. */
  events: Record<string, string>;
  error: Schema;
  $defs: Defs;
};

export type HubspotOperation = Operation & {
  bodyOptional?: boolean;
  integerPathParams?: string[];
  /** Success status → schema of the answer, null for none. Every other status makes the client throw. */
  success: Record<string, Schema | null>;
  error?: Schema | null;
};

export type HubspotContract = { source: string; operations: HubspotOperation[]; $defs: Defs };

export type Place = 'path' | 'headers' | 'query' | 'body' | 'response' | 'event';
export type Problem = { at: string; message: string };
export type Violation = Problem & { where: Place };
export type Basis = 'sdk' | 'twin' | 'supplement';
export type Verdict = { operation: string; basis: Basis; violations: Violation[] };

/** What the checkers need of a recorded exchange. */
export type CheckedExchange = Pick<
  Exchange,
  'method' | 'path' | 'requestHeaders' | 'body' | 'status' | 'response'
>;

export type Checker = {
  source: string;
  check(exchange: CheckedExchange): Verdict;
  /** Takes one delivered webhook body, parsed. */
  checkWebhook(body: unknown): Verdict;
};

export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const refTo = (name: string): Schema => ({ $ref: `#/$defs/${name}` });
export const refName = (ref: string): string => ref.slice('#/$defs/'.length);

/** Follows `$ref` to the definition it names. */
export function resolve(schema: Schema, defs: Defs): Schema {
  if (schema.$ref === undefined) return schema;
  const found = defs[refName(schema.$ref)];
  if (!found) throw new Error(`the contract has no definition for ${schema.$ref}`);
  return resolve(found, defs);
}

/** Header of a recorded exchange, empty when absent. */
export function header(exchange: CheckedExchange, name: string): string {
  const value = exchange.requestHeaders[name];
  return Array.isArray(value) ? value.join(', ') : (value ?? '');
}

/**
 * A test that asks wrongly on purpose says so with this header; then only the answer's error shape is judged, and only when
 * the stand-in did refuse. The connector never sends it, so its requests are always judged.
 */
export function refusedOnPurpose(exchange: CheckedExchange): boolean {
  return header(exchange, 'x-expect-refusal') === '1' && exchange.status >= 400 && exchange.status < 500;
}
