// Reads the models of one group of the HubSpot client: wire names and types from the run time, optionality from the declarations.
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';
import { refTo, type Defs, type Schema } from './contract.ts';
import { requireFile } from './contract-cache.ts';

type Attribute = { name: string; baseName: string; type: string; format: string };
type Model = { getAttributeTypeMap(): Attribute[]; discriminator?: string };
type Optionality = Map<string, boolean>;

export type Parameter = { name: string; optional: boolean; type: string };
export type ClassDeclaration = { properties: Optionality; methods: Map<string, Parameter[]> };

export type TypeText = { type: string; format: string };
export type Group = { name: string; folder: string; defs: Defs; schemaOf(text: TypeText): Schema };

export function readGroup(name: string, folder: string): Group {
  const models = new Map<string, { model: Model; declared: ClassDeclaration }>();
  const enums = new Map<string, (string | number)[]>();
  for (const file of modelFiles(join(folder, 'models'))) {
    const declared = declarations(file.replace(/\.js$/, '.d.ts'));
    for (const [key, value] of Object.entries(requireFile(file) as Record<string, unknown>)) {
      const declaration = declared.get(key);
      if (isModel(value) && declaration) models.set(key, { model: value, declared: declaration });
      else if (typeof value === 'object' && value !== null) enums.set(key, Object.values(value));
    }
  }
  const named = (type: string): Schema => {
    // The generator renames a model called Error, but not the places that use it.
    const key = type === 'Error' && models.has('ModelError') ? 'ModelError' : type;
    const values = enums.get(key);
    if (values) return { type: typeof values[0] === 'number' ? 'integer' : 'string', enum: values };
    if (!models.has(key)) throw new Error(`${name}: the client names an unknown type ${type}`);
    return refTo(`${name}.${key}`);
  };
  const schemaOf = (text: TypeText): Schema => typeToSchema(text, named);
  const defs: Defs = {};
  for (const [key, { model, declared }] of models) {
    defs[`${name}.${key}`] = modelToSchema(model, declared.properties, schemaOf);
  }
  return { name, folder, defs, schemaOf };
}

function modelToSchema(model: Model, declared: Optionality, schemaOf: Group['schemaOf']): Schema {
  if (model.discriminator !== undefined) throw new Error('a model of the client now has a discriminator');
  const attributes = model.getAttributeTypeMap();
  const strange = attributes.filter((attribute) => !declared.has(attribute.name));
  if (strange.length > 0 || declared.size !== attributes.length) {
    throw new Error(`declaration and attribute map disagree: ${[...declared.keys()].join(', ')}`);
  }
  const properties = Object.fromEntries(
    attributes.map((attribute) => [attribute.baseName, schemaOf(attribute)]),
  );
  const required = attributes
    .filter((attribute) => !declared.get(attribute.name))
    .map(({ baseName }) => baseName);
  return { type: 'object', properties, ...(required.length > 0 ? { required } : {}) };
}

/** `type` is the generator's type text, such as `Array<Filter>` or `{ [key: string]: string | null; }`. */
function typeToSchema({ type, format }: TypeText, named: (type: string) => Schema): Schema {
  const inner = (text: string): Schema => typeToSchema({ type: text, format }, named);
  const text = type.trim();
  if (text.endsWith(' | undefined')) return inner(text.slice(0, -' | undefined'.length));
  if (text.endsWith(' | null')) return { anyOf: [inner(text.slice(0, -' | null'.length)), { type: 'null' }] };
  const list = /^Array<(.*)>$/s.exec(text)?.[1];
  if (list !== undefined) return { type: 'array', items: inner(list) };
  const map = /^\{ \[key: string\]: (.*);? \}$/s.exec(text)?.[1];
  if (map !== undefined) return { type: 'object', additionalProperties: inner(map.replace(/;$/, '')) };
  if (/^'[^']*'( \| '[^']*')*$/.test(text))
    return { enum: text.split(' | ').map((value) => value.slice(1, -1)) };
  return scalar(text, format) ?? named(text);
}

function scalar(type: string, format: string): Schema | undefined {
  switch (type) {
    case 'string':
      return format ? { type: 'string', format } : { type: 'string' };
    case 'Date':
      return { type: 'string', format: format || 'date-time' };
    case 'number':
      return /^int(32|64)$/.test(format) ? { type: 'integer', format } : { type: 'number' };
    case 'boolean':
      return { type: 'boolean' };
    case 'any':
      return {};
    default:
      return undefined;
  }
}

/** Classes of a declaration file with the properties and methods of their instances. */
export function declarations(file: string): Map<string, ClassDeclaration> {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const classes = source.statements.filter(ts.isClassDeclaration);
  return new Map(
    classes.map((declaration) => {
      const own = declaration.members.filter((member) => !isStatic(member));
      const properties = own.filter(ts.isPropertyDeclaration);
      const methods = own.filter(ts.isMethodDeclaration);
      return [
        declaration.name?.text ?? '',
        {
          properties: new Map(
            properties.map((item) => [unquoted(item.name), item.questionToken !== undefined]),
          ),
          methods: new Map(methods.map((item) => [item.name.getText(), item.parameters.map(parameterOf)])),
        },
      ];
    }),
  );
}

function parameterOf(parameter: ts.ParameterDeclaration): Parameter {
  return {
    name: parameter.name.getText(),
    optional: parameter.questionToken !== undefined,
    type: parameter.type?.getText() ?? 'any',
  };
}

function isStatic(member: ts.ClassElement): boolean {
  return ts.canHaveModifiers(member)
    ? (ts.getModifiers(member) ?? []).some((modifier) => modifier.kind === ts.SyntaxKind.StaticKeyword)
    : false;
}

function unquoted(name: ts.PropertyName): string {
  return ts.isStringLiteral(name) ? name.text : name.getText();
}

function modelFiles(folder: string): string[] {
  return globSync('*.js', { cwd: folder })
    .filter((file) => !['all.js', 'ObjectSerializer.js'].includes(basename(file)))
    .sort()
    .map((file) => join(folder, file));
}

function isModel(value: unknown): value is Model {
  return typeof value === 'function' && 'getAttributeTypeMap' in value;
}
