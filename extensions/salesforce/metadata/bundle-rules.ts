// What has to lie beside what: metadata of Apex and components, versions, targets, and a test for every class.
import { isApex, queriesIn } from './apex-references.ts';
import { baseName, ofType, type Metadata, type PackageFile, type PackageSource } from './package-source.ts';
import { childrenOf, textOf, textsOf } from './xml-node.ts';

export const API_VERSION = '66.0';

export const bundleProblems = (source: PackageSource): string[] => [
  ...source.files.filter(isApex).flatMap((file) => problemsOfApex(source, file)),
  ...versionProblems(source),
  ...ofType(source, 'LightningComponentBundle').flatMap((file) => problemsOfComponent(source, file)),
  ...componentsWithoutMetadata(source),
];

const has = ({ files }: PackageSource, path: string): boolean => files.some((file) => file.path === path);

const IS_TEST = /^\s*@IsTest\b/m;
const DYNAMIC = /\bDatabase\.(query|countQuery|getQueryLocator)(WithBinds)?\s*\(/i;

function problemsOfApex(source: PackageSource, file: PackageFile): string[] {
  const { path, text } = file;
  const isClass = path.endsWith('.cls');
  const isTest = IS_TEST.test(text);
  const sharing = /\b(with|inherited) sharing\b/.test(text);
  return [
    ...(has(source, `${path}-meta.xml`) ? [] : [`${path}: lacks ${path}-meta.xml`]),
    ...(isClass && !isTest && !sharing ? [`${path}: does not say “with sharing”`] : []),
    ...(isClass && !isTest && !has(source, `classes/${baseName(file)}Test.cls`)
      ? [`${path}: has no test class`]
      : []),
    ...(DYNAMIC.test(text) ? [`${path}: asks by a query that is put together at run time`] : []),
    ...(isTest ? [] : unprotected(file)),
  ];
}

/** Every query says whose eyes it reads with. */
const unprotected = ({ path, text }: PackageFile): string[] =>
  queriesIn(text).flatMap((query) =>
    /\bWITH (USER|SYSTEM)_MODE\b/i.test(query) ? [] : [`${path}: “${query}” does not say in whose mode`],
  );

const VERSIONED = ['ApexClass', 'ApexTrigger', 'LightningComponentBundle'];

const versionProblems = (source: PackageSource): string[] =>
  VERSIONED.flatMap((type) => ofType(source, type)).flatMap(({ path, root }) => {
    const version = textOf(root, 'apiVersion');
    return version === API_VERSION ? [] : [`${path}: is for API version ${version}, not ${API_VERSION}`];
  });

const TARGETS = new Set([
  'lightning__AppPage',
  'lightning__FlowScreen',
  'lightning__HomePage',
  'lightning__RecordAction',
  'lightning__RecordPage',
  'lightning__Tab',
  'lightning__UtilityBar',
]);

function problemsOfComponent(source: PackageSource, file: Metadata): string[] {
  const { path, root } = file;
  const folder = path.split('/')[1] ?? '';
  const targets = childrenOf(root, 'targets').flatMap((list) => textsOf(list, 'target'));
  const configured = childrenOf(root, 'targetConfigs')
    .flatMap((list) => childrenOf(list, 'targetConfig'))
    .flatMap(({ attributes }) => (attributes['targets'] ?? '').split(','));
  const isShown = textOf(root, 'isExposed') === 'true';
  const files = [`lwc/${folder}/${folder}.js`, ...(isShown ? [`lwc/${folder}/${folder}.html`] : [])];
  return [
    ...files.flatMap((needed) => (has(source, needed) ? [] : [`${path}: lacks ${needed}`])),
    ...targets.flatMap((target) => (TARGETS.has(target) ? [] : [`${path}: ${target} is no target`])),
    ...configured.flatMap((target) =>
      targets.includes(target) ? [] : [`${path}: configures ${target}, which it has not`],
    ),
    ...(isShown && targets.length === 0 ? [`${path}: is exposed to no target`] : []),
    ...placedElsewhere(source, folder, targets),
  ];
}

/** A page or an action takes only a component that is made for its kind. */
function placedElsewhere(source: PackageSource, component: string, targets: string[]): string[] {
  const needs = (type: string, pattern: RegExp, target: string): string[] =>
    ofType(source, type).flatMap(({ path, text }) =>
      pattern.test(text) && !targets.includes(target)
        ? [`${path}: ${component} is not made for ${target}`]
        : [],
    );
  return [
    ...needs(
      'FlexiPage',
      new RegExp(`<componentName>${component}<[^]*<type>RecordPage<`),
      'lightning__RecordPage',
    ),
    ...needs('QuickAction', new RegExp(`<lightningWebComponent>${component}<`), 'lightning__RecordAction'),
    ...needs('CustomTab', new RegExp(`<lwcComponent>${component}<`), 'lightning__Tab'),
  ];
}

function componentsWithoutMetadata(source: PackageSource): string[] {
  const folders = new Set(
    source.files.flatMap(({ path }) => /^lwc\/(\w+)\/\w+\.(?:js|html)$/.exec(path)?.[1] ?? []),
  );
  return [...folders].flatMap((folder) =>
    has(source, `lwc/${folder}/${folder}.js-meta.xml`) ? [] : [`lwc/${folder}: lacks ${folder}.js-meta.xml`],
  );
}
