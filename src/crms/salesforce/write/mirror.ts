// Records of ours: our own id, their fields, and what they hang on.
import type { LinkTarget, MirrorKind, MirrorWrite } from '../../crm.ts';
import type { FieldSpec } from '../schema/names.ts';
import type { Org } from '../schema/org.ts';
import { valueFor } from './values.ts';

export function mirrorRecord(org: Org, kind: MirrorKind, { paysideId, fields, refs = [] }: MirrorWrite) {
  const { names, currency, multiCurrency } = org;
  const spec = names.mirror(kind);
  const values = Object.entries(fields).flatMap(([field, value]) => {
    const known = spec.fields.get(field);
    return known ? [[known.name, valueFor(known, value)]] : [];
  });
  const lookups = [...spec.fields.values()].filter(({ to }) => to !== null);
  return {
    attributes: { type: spec.name },
    [names.ownId]: paysideId,
    ...Object.fromEntries(values),
    ...Object.fromEntries(lookups.flatMap((lookup) => refOf(org, lookup, refs))),
    // Without it a record gets the currency of the user who connected Payside.
    ...(multiCurrency ? { CurrencyIsoCode: currency } : {}),
  };
}

/** A lookup has room for one: where several of a kind are linked, the first of them. */
function refOf({ names }: Org, { name, to, type }: FieldSpec, refs: LinkTarget[]): [string, unknown][] {
  const found = refs.find((end) => to === ('mirror' in end ? names.mirror(end.mirror).name : end.objectType));
  if (!found) return type === 'MasterDetail' ? [] : [[name, null]];
  return 'mirror' in found
    ? [[names.relationship(name), { [names.ownId]: found.paysideId }]]
    : [[name, found.recordId]];
}
