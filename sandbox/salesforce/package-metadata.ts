// Reads objects and fields from the package's own metadata, so that a field which is not in the package does not exist.
import { ofType, readPackage, type Metadata } from '../../extensions/salesforce/metadata/package-source.ts';
import { childrenOf, textOf, type XmlNode } from '../../extensions/salesforce/metadata/xml-node.ts';
import {
  customFields,
  type Definitions,
  type FieldDefinition,
  type FieldType,
  type ObjectDefinition,
} from './definitions.ts';

const TYPES: Record<string, FieldType> = {
  Text: 'string',
  TextArea: 'textarea',
  LongTextArea: 'textarea',
  Email: 'email',
  Phone: 'phone',
  Url: 'url',
  Number: 'double',
  Currency: 'currency',
  Percent: 'percent',
  Checkbox: 'boolean',
  Date: 'date',
  DateTime: 'datetime',
  Picklist: 'picklist',
  Lookup: 'reference',
  MasterDetail: 'reference',
  AutoNumber: 'string',
};

/** `force-app/main/default` of the package, read once. @returns its objects and fields, by the folder they stand in */
export function readObjects(folder: string): PackageObject[] {
  const source = readPackage(folder);
  if (source.broken.length > 0) throw new Error(source.broken.join('; '));
  const folderOf = ({ path }: Metadata): string => path.split(/[\\/]/)[1] ?? '';
  const objects = Map.groupBy(ofType(source, 'CustomObject'), folderOf);
  const fields = Map.groupBy(ofType(source, 'CustomField'), folderOf);
  return [...new Set([...objects.keys(), ...fields.keys()])].sort().map((object) => ({
    object,
    meta: objects.get(object)?.[0]?.root,
    fields: (fields.get(object) ?? []).map(({ root }) => root),
  }));
}

export type PackageObject = {
  object: string;
  /** Undefined for a standard object that the package only adds fields to. */
  meta: XmlNode | undefined;
  fields: XmlNode[];
};

/** A managed package's names carry its namespace; standard names never do. */
export const namespaced = (namespace: string | undefined, name: string): string =>
  namespace && /__(c|r|e)$/.test(name) ? `${namespace}__${name}` : name;

/** Adds the package's objects and fields to those of the org. */
export function installPackage(
  definitions: Definitions,
  objects: readonly PackageObject[],
  namespace?: string,
): void {
  for (const [nth, { object, meta, fields }] of objects.entries()) {
    const name = namespaced(namespace, object);
    const target = definitions.get(name) ?? customObject({ name, meta, nth });
    definitions.set(name, target);
    for (const element of fields) {
      const field = fieldOf(element, namespace);
      target.fields.set(field.name, field);
    }
  }
}

type Own = { name: string; meta: XmlNode | undefined; nth: number };

/** An event is published and gone: it has neither records nor a name. */
function customObject({ name, meta, nth }: Own): ObjectDefinition {
  if (!meta) throw new Error(`the package adds fields to ${name}, which the stand-in does not know`);
  const isEvent = name.endsWith('__e');
  const fields = customFields();
  if (!isEvent) fields.set('Name', nameField(meta));
  const keyPrefix = isEvent ? 'e00' : `a0${nth.toString(36).toUpperCase()}`;
  return { name, label: textOf(meta, 'label') ?? name, keyPrefix, custom: true, fields };
}

function nameField(meta: XmlNode): FieldDefinition {
  const element = onlyChild(meta, 'nameField');
  const base = { name: 'Name', label: textOf(element, 'label') ?? 'Name', custom: false } as const;
  return textOf(element, 'type') === 'AutoNumber'
    ? { ...base, type: 'string', length: 30, readOnly: true, formula: textOf(element, 'displayFormat') ?? '' }
    : { ...base, type: 'string', length: 80 };
}

const isTrue = (element: XmlNode, name: string): boolean => textOf(element, name) === 'true';

function numbered(element: XmlNode, name: 'length' | 'precision' | 'scale'): Record<string, number> {
  const text = textOf(element, name);
  return text === undefined ? {} : { [name]: Number(text) };
}

function fieldOf(element: XmlNode, namespace: string | undefined): FieldDefinition {
  const ownName = textOf(element, 'fullName') ?? '';
  const given = textOf(element, 'type') ?? '';
  const type = TYPES[given];
  if (!type) throw new Error(`field ${ownName} is of the type ${given}, which the stand-in does not know`);
  return {
    name: namespaced(namespace, ownName),
    label: textOf(element, 'label') ?? ownName,
    type,
    custom: true,
    ...numbered(element, 'length'),
    ...numbered(element, 'precision'),
    ...numbered(element, 'scale'),
    required: isTrue(element, 'required'),
    unique: isTrue(element, 'unique'),
    externalId: isTrue(element, 'externalId'),
    caseSensitive: isTrue(element, 'caseSensitive'),
    ...formulaOf(element),
    ...more(type, element, namespace),
    ...(given === 'MasterDetail' ? detail(element) : {}),
  };
}

/** What only fields of some types have. */
function more(type: FieldType, element: XmlNode, namespace: string | undefined): Partial<FieldDefinition> {
  if (type === 'url') return { length: 255 };
  if (type === 'picklist') return picklist(element);
  return type === 'reference' ? reference(element, namespace) : {};
}

function formulaOf(element: XmlNode): Pick<FieldDefinition, 'formula' | 'readOnly'> {
  const formula = textOf(element, 'formula');
  return formula === undefined ? {} : { formula, readOnly: true };
}

const detail = (element: XmlNode): Partial<FieldDefinition> => ({
  required: true,
  masterDetail: true,
  reparentable: isTrue(element, 'reparentableMasterDetail'),
});

function onlyChild(node: XmlNode, name: string): XmlNode {
  const [only] = childrenOf(node, name);
  if (!only) throw new Error(`the metadata lacks ${name}`);
  return only;
}

function picklist(element: XmlNode): Pick<FieldDefinition, 'options' | 'restricted'> {
  const valueSet = onlyChild(element, 'valueSet');
  const values = childrenOf(onlyChild(valueSet, 'valueSetDefinition'), 'value');
  return {
    options: values.map((value) => textOf(value, 'fullName') ?? ''),
    restricted: textOf(valueSet, 'restricted') === 'true',
  };
}

/** A custom lookup `Invoice__c` is followed by `Invoice__r`. */
const reference = (element: XmlNode, namespace: string | undefined): Partial<FieldDefinition> => ({
  referenceTo: namespaced(namespace, textOf(element, 'referenceTo') ?? ''),
  relationshipName: namespaced(namespace, (textOf(element, 'fullName') ?? '').replace(/__c$/, '__r')),
});
