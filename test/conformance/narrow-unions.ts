// Rewrites a union as "if the value is of this kind, then this branch", so that errors speak of the branch that was meant.
import { resolve, type Defs, type Schema } from './contract.ts';

type Kind = 'string' | 'number' | 'boolean' | 'null' | 'array' | 'object';
type Prepare = (schema: Schema) => object;

export function narrowUnion(branches: readonly Schema[], defs: Defs, prepare: Prepare): object {
  const byKind = new Map<Kind, Schema[]>();
  for (const branch of branches) {
    const kinds = kindsOf(resolve(branch, defs));
    if (kinds.length === 0) return {};
    for (const kind of kinds) byKind.set(kind, [...(byKind.get(kind) ?? []), branch]);
  }
  return {
    type: [...byKind.keys()],
    allOf: [...byKind].map(([kind, members]) =>
      when(
        { type: kind },
        kind === 'object' ? narrowObjects(members, defs, prepare) : anyOne(members, prepare),
      ),
    ),
  };
}

/** Written with `else`, because an object with `then` looks like a promise. */
function when(condition: object, consequence: object): object {
  return { if: { not: condition }, else: consequence };
}

function anyOne(members: readonly Schema[], prepare: Prepare): object {
  const [only] = members;
  return members.length === 1 && only ? prepare(only) : { anyOf: members.map(prepare) };
}

/** Fields whose value names the kind of an object: Stripe's `object`, the `grant_type` of a token request. */
const NAMING = ['object', 'grant_type'];

/** Objects are told apart by the value of a naming field, and by `deleted: true` where two share it. */
function narrowObjects(members: readonly Schema[], defs: Defs, prepare: Prepare): object {
  const schemas = members.map((member) => resolve(member, defs));
  const naming = NAMING.find((field) => schemas.every((schema) => nameIn(schema, field) !== undefined));
  const tags = schemas.map((schema) => ({ name: nameIn(schema, naming ?? ''), deleted: isDeleted(schema) }));
  const distinct = new Set(tags.map((tag) => JSON.stringify(tag))).size === tags.length;
  if (members.length === 1 || naming === undefined || !distinct) return anyOne(members, prepare);
  const isNamed = (name: string | undefined) => ({
    required: [naming],
    properties: { [naming]: { const: name } },
  });
  return {
    required: [naming],
    properties: { [naming]: { enum: [...new Set(tags.map((tag) => tag.name))] } },
    allOf: members.map((member, index) => {
      const { name, deleted } = tags[index] ?? {};
      return when({ allOf: [isNamed(name), deleted ? DELETED : { not: DELETED }] }, prepare(member));
    }),
  };
}

const DELETED = { required: ['deleted'], properties: { deleted: { const: true } } };

function isDeleted(schema: Schema): boolean {
  return schema.required?.includes('deleted') ?? false;
}

function nameIn(schema: Schema, field: string): string | undefined {
  const property = schema.properties?.[field];
  const name = property?.const ?? property?.enum?.[0];
  return typeof name === 'string' ? name : undefined;
}

function kindsOf(schema: Schema): Kind[] {
  const values = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  if (values) return [...new Set(values.map(kindOfValue))];
  if (schema.anyOf) return [];
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  return types.flatMap((type) =>
    type === undefined ? [] : [type === 'integer' ? 'number' : (type as Kind)],
  );
}

function kindOfValue(value: string | number | boolean | null): Kind {
  return value === null ? 'null' : (typeof value as Kind);
}
