// Reading a request's parameters: form text to typed values, with Stripe's refusals for what does not fit.
import { z } from 'zod';
import { invalid, type Refusal } from './errors.ts';

export const int = z
  .string()
  .regex(/^-?\d{1,15}$/, 'parameter_invalid_integer')
  .transform(Number);
export const count = z
  .string()
  .regex(/^\d{1,15}$/, 'parameter_invalid_integer')
  .transform(Number);
export const bool = z.enum(['true', 'false']).transform((text) => text === 'true');
export const text = z.string().min(1, 'parameter_invalid_empty').max(5000);
/** Text that an empty value clears. */
export const clearable = z
  .string()
  .max(5000)
  .transform((value) => value || null);
export const currency = z
  .string()
  .regex(/^[a-zA-Z]{3}$/, 'invalid_currency')
  .transform((code) => code.toLowerCase());
/** Each key set to its value, an empty value removes the key; an empty string removes all. */
export const metadata = z.union([z.literal(''), z.record(z.string().max(40), z.string().max(500))]);

const range = z.strictObject({
  gt: int.optional(),
  gte: int.optional(),
  lt: int.optional(),
  lte: int.optional(),
});
export const moment = z.union([int, range]);
export type Moment = z.infer<typeof moment>;

export const address = z.strictObject({
  city: z.string().optional(),
  country: z.string().optional(),
  line1: z.string().optional(),
  line2: z.string().optional(),
  postal_code: z.string().optional(),
  state: z.string().optional(),
});

/** The parameters every list has. */
export const paging = {
  limit: count.optional(),
  starting_after: text.optional(),
  ending_before: text.optional(),
};

/** Merges a metadata parameter into what is stored. */
export function mergeMetadata(
  before: Record<string, string> | null,
  wish: z.infer<typeof metadata> | undefined,
): Record<string, string> {
  if (wish === undefined) return { ...before };
  if (wish === '') return {};
  return Object.fromEntries(Object.entries({ ...before, ...wish }).filter(([, value]) => value !== ''));
}

/** Only what the request really named. */
export function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const named = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(named) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

export function fullAddress(wish: z.infer<typeof address>) {
  return {
    city: wish.city || null,
    country: wish.country || null,
    line1: wish.line1 || null,
    line2: wish.line2 || null,
    postal_code: wish.postal_code || null,
    state: wish.state || null,
  };
}

/** Parsed parameters, or the refusal Stripe gives for the first thing that is wrong. */
export function readParams<T>(schema: z.ZodType<T>, raw: unknown): T {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  throw refusalOf(result.error.issues, raw);
}

function refusalOf(issues: z.core.$ZodIssue[], raw: unknown): Refusal {
  const issue = deepest(issues);
  if (issue.code === 'unrecognized_keys') {
    const param = paramName([...issue.path, issue.keys[0] ?? '']);
    return invalid(`Received unknown parameter: ${param}`, 'parameter_unknown', param);
  }
  const param = paramName(issue.path);
  const value = valueAt(raw, issue.path);
  if (value === undefined) return invalid(`Missing required param: ${param}.`, 'parameter_missing', param);
  if (issue.code === 'invalid_value')
    return invalid(
      `Invalid ${param}: must be one of ${issue.values.map(String).join(', ')}`,
      undefined,
      param,
    );
  const code = /^(parameter|invalid)_[a-z_]+$/.test(issue.message) ? issue.message : undefined;
  return invalid(code ? sentence(code, value, param) : `Invalid ${param}: ${issue.message}`, code, param);
}

function sentence(code: string, value: unknown, param: string): string {
  if (code === 'parameter_invalid_integer') return `Invalid integer: ${String(value)}`;
  if (code === 'parameter_invalid_empty') return `You passed an empty string for '${param}'.`;
  return `Invalid ${param}: ${String(value)}`;
}

/** Of a union's branches, the one that got furthest says best what is wrong. */
function deepest(issues: z.core.$ZodIssue[]): z.core.$ZodIssue {
  const [first] = issues;
  if (!first) throw new Error('no issue to tell');
  if (first.code !== 'invalid_union') return first;
  const branches = first.errors.map((branch) =>
    branch.map((issue) => ({ ...issue, path: [...first.path, ...issue.path] })),
  );
  const unknown = branches.flat().find((issue) => issue.code === 'unrecognized_keys');
  const longest = branches.toSorted((a, b) => depth(b) - depth(a))[0];
  return unknown ?? (longest && longest.length > 0 ? deepest(longest) : first);
}

function depth(issues: { path: PropertyKey[] }[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}

function paramName(path: PropertyKey[]): string {
  const [head, ...rest] = path.map(String);
  return (head ?? '') + rest.map((part) => `[${part}]`).join('');
}

function valueAt(raw: unknown, path: PropertyKey[]): unknown {
  let value: unknown = raw;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}
