// Everything that files of the package may refer to, by kind.
import { baseName, objectOf, ofType, type PackageSource } from './package-source.ts';
import { EVERYWHERE, RELATIONS, STANDARD } from './standard-fields.ts';
import { childrenOf, textOf, textsOf, type XmlNode } from './xml-node.ts';

export type Kind =
  | 'object'
  | 'field'
  | 'word'
  | 'compact layout'
  | 'class'
  | 'method for components'
  | 'component'
  | 'label'
  | 'tab'
  | 'app'
  | 'external credential'
  | 'principal'
  | 'client app'
  | 'report'
  | 'report type'
  | 'relation';

/** One file's mention of something, `Object.Field` for a field, `Object.Field=word` for a word of a picklist. */
export type Reference = { path: string; kind: Kind; name: string };

export type Known = Record<Kind, ReadonlySet<string>>;

/** Of a picklist only certain words may be asked for; of any other field anything. */
export const wordsIn = (field: string, value = ''): Omit<Reference, 'path'>[] =>
  value.split(',').map((word) => ({ kind: 'word', name: `${field}=${word}` }));

/** @returns the references that lead nowhere */
export function missingFrom(known: Known, references: Reference[]): Reference[] {
  const picklists = new Set([...known.word].map((name) => name.split('=', 1)[0]));
  return references.filter(
    ({ kind, name }) => !known[kind].has(name) && (kind !== 'word' || picklists.has(name.split('=', 1)[0])),
  );
}

const AURA_METHOD = /@AuraEnabled(?:\([^)]*\))?\s+public\s+static\s+[\w.<>, ]+?\s+(\w+)\s*\(/g;

export function knownIn(source: PackageSource): Known {
  const namesOf = (type: string): string[] => ofType(source, type).map(baseName);
  const files = (pattern: RegExp): string[] =>
    source.files.flatMap(({ path }) => pattern.exec(path)?.slice(1) ?? []);
  const objects = [...Object.keys(STANDARD), ...namesOf('CustomObject')];
  return {
    object: new Set(objects),
    field: new Set([...standardFields(objects), ...customFields(source)]),
    word: new Set(wordsOf(source)),
    'compact layout': new Set(
      ofType(source, 'CompactLayout').map((file) => `${objectOf(file)}.${baseName(file)}`),
    ),
    class: new Set(files(/^classes\/(\w+)\.cls$/)),
    'method for components': new Set(methodsOf(source)),
    component: new Set(files(/^lwc\/(\w+)\/\w+\.js-meta\.xml$/)),
    label: new Set(
      ofType(source, 'CustomLabels').flatMap(({ root }) =>
        childrenOf(root, 'labels').flatMap((label) => textsOf(label, 'fullName')),
      ),
    ),
    tab: new Set(namesOf('CustomTab')),
    app: new Set(namesOf('CustomApplication')),
    'external credential': new Set(namesOf('ExternalCredential')),
    principal: new Set(principalsOf(source)),
    'client app': new Set(namesOf('ExternalClientApplication')),
    report: new Set(files(/^reports\/(.+)\.report-meta\.xml$/)),
    'report type': new Set(namesOf('ReportType').map((name) => `${name}__c`)),
    relation: new Set(relationsOf(source).keys()),
  };
}

const standardFields = (objects: string[]): string[] =>
  objects.flatMap((object) =>
    [...EVERYWHERE, ...(STANDARD[object] ?? [])].map((field) => `${object}.${field}`),
  );

const customFields = (source: PackageSource): string[] =>
  ofType(source, 'CustomField').map((file) => `${objectOf(file)}.${baseName(file)}`);

const optionsOf = (root: XmlNode): XmlNode[] =>
  childrenOf(root, 'valueSet')
    .flatMap((set) => childrenOf(set, 'valueSetDefinition'))
    .flatMap((definition) => childrenOf(definition, 'value'));

const wordsOf = (source: PackageSource): string[] =>
  ofType(source, 'CustomField').flatMap((file) =>
    optionsOf(file.root).map((value) => `${objectOf(file)}.${baseName(file)}=${textOf(value, 'fullName')}`),
  );

const methodsOf = ({ files }: PackageSource): string[] =>
  files
    .filter(({ path }) => path.endsWith('.cls'))
    .flatMap((file) =>
      [...file.text.matchAll(AURA_METHOD)].map(([, method]) => `${baseName(file)}.${method}`),
    );

const principalsOf = (source: PackageSource): string[] =>
  ofType(source, 'ExternalCredential').flatMap((file) =>
    childrenOf(file.root, 'externalCredentialParameters')
      .filter((node) => textOf(node, 'parameterType') === 'NamedPrincipal')
      .map((node) => `${baseName(file)}-${textOf(node, 'parameterName')}`),
  );

/** Relationships up (`Payside_Dispute__c.Payment__r`) and down (`Payside_Payment__c.Disputes__r`), by where they lead. */
export function relationsOf(source: PackageSource): Map<string, string> {
  const custom = ofType(source, 'CustomField').flatMap((file): [string, string][] => {
    const [to, down] = [textOf(file.root, 'referenceTo'), textOf(file.root, 'relationshipName')];
    if (!to || !down) return [];
    const up = baseName(file).replace(/__c$/, '__r');
    return [
      [`${objectOf(file)}.${up}`, to],
      [`${to}.${down}__r`, objectOf(file)],
    ];
  });
  return new Map([...Object.entries(RELATIONS), ...custom]);
}
