// What each metadata file refers to, and which of it is not in the package.
import { apexReferences } from './apex-references.ts';
import { componentReferences } from './component-references.ts';
import { knownIn, missingFrom, wordsIn, type Reference } from './known.ts';
import { baseName, objectOf, type Metadata, type PackageSource } from './package-source.ts';
import { reportReferences } from './report-references.ts';
import { childrenOf, textOf, textsOf, type XmlNode } from './xml-node.ts';

type Mention = Omit<Reference, 'path'>;
type Reader = (file: Metadata) => Mention[];

export const referenceProblems = (source: PackageSource): string[] =>
  missingFrom(knownIn(source), referencesOf(source)).map(
    ({ path, kind, name }) => `${path}: there is no ${kind} ${name}`,
  );

export const referencesOf = (source: PackageSource): Reference[] => [
  ...source.metadata.flatMap((file) =>
    (READERS[file.type]?.(file) ?? []).map((mention) => ({ path: file.path, ...mention })),
  ),
  ...reportReferences(source),
  ...apexReferences(source),
  ...componentReferences(source),
];

/** In lists the name of a record is written NAME. */
const fieldOf = (object: string, field: string): Mention => ({
  kind: 'field',
  name: `${object}.${field === 'NAME' ? 'Name' : field}`,
});

const all = (kind: Mention['kind'], names: string[]): Mention[] => names.map((name) => ({ kind, name }));

const deep = (node: XmlNode, ...path: string[]): XmlNode[] =>
  path.reduce<XmlNode[]>((nodes, name) => nodes.flatMap((one) => childrenOf(one, name)), [node]);

/** `layouts/Payside_Invoice__c-Payside Invoice Layout…` belongs to the object before the hyphen. */
const layout: Reader = ({ path, root }) => {
  const object = /^layouts\/(\w+)-/.exec(path)?.[1] ?? '';
  const items = deep(root, 'layoutSections', 'layoutColumns', 'layoutItems');
  const lists = childrenOf(root, 'relatedLists').flatMap(relatedList);
  return [
    ...items.flatMap((item) => textsOf(item, 'field')).map((field) => fieldOf(object, field)),
    ...lists,
  ];
};

/** Lists of Salesforce's own (`RelatedActivityList`) have no dot in their name. */
function relatedList(node: XmlNode): Mention[] {
  const [object, field] = (textOf(node, 'relatedList') ?? '').split('.');
  if (!object || !field) return [];
  return [fieldOf(object, field), ...textsOf(node, 'fields').map((one) => fieldOf(object, one))];
}

const object: Reader = (file) => {
  const name = objectOf(file);
  const columns = childrenOf(file.root, 'searchLayouts').flatMap((layouts) =>
    Object.values(layouts.children).flat(),
  );
  const compact = textsOf(file.root, 'compactLayoutAssignment').map((one) => `${name}.${one}`);
  return [...columns.map(({ text }) => fieldOf(name, text)), ...all('compact layout', compact)];
};

const listView: Reader = (file) => {
  const name = objectOf(file);
  const filters = childrenOf(file.root, 'filters');
  return [
    ...textsOf(file.root, 'columns').map((column) => fieldOf(name, column)),
    ...filters.flatMap((filter) => textsOf(filter, 'field')).map((field) => fieldOf(name, field)),
    ...filters.flatMap((filter) => wordsIn(`${name}.${textOf(filter, 'field')}`, textOf(filter, 'value'))),
  ];
};

const field: Reader = (file) => [
  ...all('object', textsOf(file.root, 'referenceTo')),
  ...textsOf(file.root, 'formula').flatMap((formula) =>
    [...formula.matchAll(/\b\w+__c\b/g)].map(([name]) => fieldOf(objectOf(file), name)),
  ),
  ...textsOf(file.root, 'formula').flatMap((formula) =>
    [...formula.matchAll(/ISPICKVAL\((\w+), "(\w*)"\)/g)].flatMap(([, name, word]) =>
      wordsIn(`${objectOf(file)}.${name}`, word),
    ),
  ),
];

const permissionSet: Reader = ({ root }) => [
  ...all(
    'field',
    deep(root, 'fieldPermissions', 'field').map(({ text }) => text),
  ),
  ...all(
    'object',
    deep(root, 'objectPermissions', 'object').map(({ text }) => text),
  ),
  ...all(
    'class',
    deep(root, 'classAccesses', 'apexClass').map(({ text }) => text),
  ),
  ...all(
    'tab',
    deep(root, 'tabSettings', 'tab').map(({ text }) => text),
  ),
  ...all(
    'app',
    deep(root, 'applicationVisibilities', 'application').map(({ text }) => text),
  ),
  ...all(
    'principal',
    deep(root, 'externalCredentialPrincipalAccesses', 'externalCredentialPrincipal').map(({ text }) => text),
  ),
];

/** Components of Salesforce's own have a namespace before a colon. */
const flexiPage: Reader = ({ root }) => [
  ...all('object', textsOf(root, 'sobjectType')),
  ...all(
    'component',
    deep(root, 'flexiPageRegions', 'itemInstances', 'componentInstance', 'componentName').flatMap(
      ({ text }) => (text.includes(':') ? [] : [text]),
    ),
  ),
];

const READERS: Readonly<Record<string, Reader>> = {
  Layout: layout,
  CustomObject: object,
  CompactLayout: (file) => textsOf(file.root, 'fields').map((one) => fieldOf(objectOf(file), one)),
  ListView: listView,
  CustomField: field,
  PermissionSet: permissionSet,
  FlexiPage: flexiPage,
  CustomTab: (file) => all(file.root.children['customObject'] ? 'object' : 'component', [tabOf(file)]),
  CustomApplication: ({ root }) =>
    all(
      'tab',
      textsOf(root, 'tabs').filter((tab) => !tab.startsWith('standard-')),
    ),
  QuickAction: ({ root }) => all('component', textsOf(root, 'lightningWebComponent')),
  NamedCredential: ({ root }) =>
    all(
      'external credential',
      deep(root, 'namedCredentialParameters', 'externalCredential').map(({ text }) => text),
    ),
  ExtlClntAppOauthSettings: ({ root }) => all('client app', textsOf(root, 'externalClientApplication')),
};

const tabOf = (file: Metadata): string => textOf(file.root, 'lwcComponent') ?? baseName(file);
