// What our objects and fields are called in one org: as the package declares them, behind its namespace where it has one.
import declared from '../../../../manifests/salesforce-objects.json' with { type: 'json' };
import type { MirrorKind } from '../../crm.ts';

export type FieldSpec = { name: string; type: string; length: number | null; to: string | null };

export type ObjectSpec = {
  name: string;
  /** By canonical field name. */
  fields: ReadonlyMap<string, FieldSpec>;
  /** Words that choices may have, by API name of the field. */
  options: ReadonlyMap<string, readonly string[]>;
};

export type Names = {
  /** The same fields on Contact, Account and Opportunity. */
  summary: ObjectSpec;
  mirror(kind: MirrorKind): ObjectSpec;
  /** Of every record of ours. */
  ownId: string;
  event: ObjectSpec;
  /** How a record names a parent by its own id: `Invoice__c` is `Invoice__r` then. */
  relationship(field: string): string;
  /** Where the token of cards' calls is kept: a value of a principal that the permission sets give people access to. */
  credential: { name: string; principal: string; parameter: string };
};

type Declared = {
  field: string;
  name: string;
  type: string;
  length?: number;
  to?: string;
  options?: { value: string }[];
};

/** Standard names never carry a namespace. */
const apiName = (namespace: string, name: string): string =>
  namespace !== '' && /__(c|e)$/.test(name) ? `${namespace}__${name}` : name;

function objectSpec(namespace: string, name: string, fields: readonly Declared[]): ObjectSpec {
  const kept = fields.filter(({ name: own }) => own !== '');
  return {
    name: apiName(namespace, name),
    fields: new Map(
      kept.map(({ field, name: own, type, length = null, to = null }) => [
        field,
        { name: apiName(namespace, own), type, length, to: to === null ? null : apiName(namespace, to) },
      ]),
    ),
    options: new Map(
      kept.flatMap(({ name: own, options }) =>
        options ? [[apiName(namespace, own), options.map(({ value }) => value)] as const] : [],
      ),
    ),
  };
}

/** Fields that a formula fills are never written. */
const written = (fields: readonly object[]): Declared[] =>
  (fields as (Declared & { formula?: string })[]).filter(({ formula }) => formula === undefined);

/** @param namespace '' where the package was deployed from source */
export function namesFor(namespace: string): Names {
  const { externalCredential, principal, parameter } = declared.credential;
  const mirrors = new Map(
    declared.objects.map(({ kind, name, nameField, fields }) => {
      const title =
        'field' in nameField
          ? [{ field: nameField.field ?? '', name: 'Name', type: 'Text', length: 80 }]
          : [];
      return [kind, objectSpec(namespace, name, [...title, ...written(fields)])];
    }),
  );
  return {
    summary: objectSpec(namespace, '', written(declared.summary.fields)),
    mirror(kind) {
      const found = mirrors.get(kind);
      if (!found) throw new Error(`the package declares no object for ${kind}`);
      return found;
    },
    ownId: apiName(namespace, 'Payside_Id__c'),
    event: objectSpec(namespace, declared.event.name, written(declared.event.fields)),
    relationship: (field) => field.replace(/__c$/, '__r'),
    credential: {
      name: namespace === '' ? externalCredential : `${namespace}__${externalCredential}`,
      principal,
      parameter,
    },
  };
}
