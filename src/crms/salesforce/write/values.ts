// A canonical value as a field of Salesforce takes it, by the type the package declares.
import type { FieldSpec } from '../schema/names.ts';

export type Value = string | number | null;

/** Fields for display have two decimals; what has more would be rounded, and stands in the minor units and the text only. */
const FITS = /^-?\d+(\.\d{1,2})?$/;

export function valueFor({ type, length }: FieldSpec, value: string | null): Value {
  if (value === null) return null;
  if (type === 'Currency') return FITS.test(value) ? Number(value) : null;
  if (type === 'Number') return Number(value);
  const most = type === 'Url' ? 255 : length;
  if (most === null || value.length <= most) return value;
  // Half an address leads nowhere, half a text still tells.
  return type === 'Url' ? null : `${value.slice(0, most - 1)}…`;
}
