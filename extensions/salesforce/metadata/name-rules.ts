// What Salesforce allows of names and fields, and that names which a namespace changes stand in one place.
import { isApex } from './apex-references.ts';
import { baseName, objectOf, ofType, type Metadata, type PackageSource } from './package-source.ts';
import { childrenOf, textOf } from './xml-node.ts';

export const nameProblems = (source: PackageSource): string[] => [
  ...scattered(source),
  ...ofType(source, 'CustomField').flatMap(problemsOfField),
  ...repeatedRelationships(source),
  ...refusedPermissions(source),
];

/** Where the names are resolved. */
const PLACE = 'classes/PaysideNames.cls';

/** An endpoint, a channel, or a thing of ours in quotes: only with its namespace it is found from outside the package. */
const RESOLVED_THERE = /'callout:|'\/event\/\w|'Payside_\w+(?:__[ce])?'/;

const scattered = ({ files }: PackageSource): string[] =>
  files.flatMap((file) => {
    const isCode = isApex(file) || /^lwc\/.+\.js$/.test(file.path);
    if (!isCode || file.path === PLACE || file.path.endsWith('Test.cls')) return [];
    const found = RESOLVED_THERE.exec(file.text.replaceAll(/^import .*$/gm, ''));
    return found ? [`${file.path}: ${found[0]} is for ${PLACE} to say`] : [];
  });

const MOST = { label: 40, description: 1000, inlineHelpText: 510, relationshipName: 40 };

const problemsOfField = ({ path, root }: Metadata): string[] =>
  Object.entries(MOST).flatMap(([element, most]) => {
    const length = (textOf(root, element) ?? '').length;
    return length > most ? [`${path}: <${element}> has ${length} characters; ${most} are allowed`] : [];
  });

/** Two lookups to one object need two names for the way back. */
function repeatedRelationships(source: PackageSource): string[] {
  const seen = new Map<string, string>();
  return ofType(source, 'CustomField').flatMap(({ path, root }) => {
    const [to, name] = [textOf(root, 'referenceTo'), textOf(root, 'relationshipName')];
    if (!to || !name) return [];
    const key = `${to}.${name}`;
    const other = seen.get(key);
    seen.set(key, path);
    return other ? [`${path}: the relationship ${key} is that of ${other} already`] : [];
  });
}

const isTrue = (file: Metadata, element: string): boolean => textOf(file.root, element) === 'true';

/** A deploy refuses permissions on mandatory fields, and to edit what is computed. */
function refusedPermissions(source: PackageSource): string[] {
  const fields = ofType(source, 'CustomField');
  const namesOf = (which: (file: Metadata) => boolean): Set<string> =>
    new Set(fields.filter(which).map((file) => `${objectOf(file)}.${baseName(file)}`));
  const mandatory = namesOf(
    (file) => isTrue(file, 'required') || textOf(file.root, 'type') === 'MasterDetail',
  );
  const computed = namesOf(({ root }) => textOf(root, 'formula') !== undefined);
  return ofType(source, 'PermissionSet').flatMap(({ path, root }) =>
    childrenOf(root, 'fieldPermissions').flatMap((node) => {
      const name = textOf(node, 'field') ?? '';
      if (mandatory.has(name)) return [`${path}: ${name} is mandatory and takes no permission`];
      const isEdited = computed.has(name) && textOf(node, 'editable') === 'true';
      return isEdited ? [`${path}: ${name} is computed and cannot be edited`] : [];
    }),
  );
}
