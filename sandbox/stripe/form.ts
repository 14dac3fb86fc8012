// Form encoding as Stripe reads it: nested brackets, to and from plain objects.
import qs from 'qs';
import { invalid } from './errors.ts';

export type Form = Record<string, unknown>;

export function decodeForm(text: string): Form {
  try {
    return qs.parse(text, {
      depth: 10,
      strictDepth: true,
      arrayLimit: 1000,
      parameterLimit: 20_000,
      allowSparse: false,
    }) as Form;
  } catch {
    throw invalid('Invalid form encoding.');
  }
}

/** Plain values as the client library would send them; null becomes an empty value. */
export function encodeForm(values: object): string {
  return qs.stringify(values, { arrayFormat: 'indices', encodeValuesOnly: true, skipNulls: false });
}
