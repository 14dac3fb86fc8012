// Who may read and write what in Salesforce: the permission sets against the declaration, read from the files themselves.
import { describe, expect, it } from 'vitest';
import manifest from '../../manifests/salesforce-objects.json' with { type: 'json' };
import { ofType, readPackage } from '../../extensions/salesforce/metadata/package-source.ts';
import { childrenOf, textOf, textsOf, type XmlNode } from '../../extensions/salesforce/metadata/xml-node.ts';
import { ROOT } from '../support/source-files.ts';

const source = readPackage(`${ROOT}extensions/salesforce/force-app/main/default`);

const sets = new Map(
  ofType(source, 'PermissionSet').map(({ path, root }) => [
    /Payside_(\w+)\./.exec(path)?.[1]?.toLowerCase() ?? path,
    root,
  ]),
);

const ROLES = ['viewer', 'rep', 'finance', 'admin', 'integration'];
const PEOPLE = ROLES.slice(0, -1);

const flagged = (root: XmlNode, kind: string, name: string, flag: string): string[] =>
  childrenOf(root, kind)
    .filter((node) => textOf(node, flag) === 'true')
    .map((node) => textOf(node, name) ?? '');

const setOf = (role: string): XmlNode => {
  const root = sets.get(role);
  if (!root) throw new Error(`no permission set for ${role}`);
  return root;
};

const access: Record<string, { read: string[]; write: string[] }> = manifest.access;

/** Fields that are mandatory follow their object; of those of an event nobody is asked. */
const places = [
  ...manifest.objects.map(({ name, fields }) => ({ name, fields })),
  ...manifest.summary.objects.map((name) => ({ name, fields: manifest.summary.fields })),
];
const fields = places.flatMap(({ name, fields }) =>
  fields.map((field) => ({
    name: `${name}.${field.name}`,
    object: name,
    access: access[field.access] ?? { read: [], write: [] },
    isMandatory: 'required' in field && field.required,
  })),
);

const may = (role: string, field: (typeof fields)[number], right: 'readable' | 'editable'): boolean => {
  const root = setOf(role);
  if (!field.isMandatory) return flagged(root, 'fieldPermissions', 'field', right).includes(field.name);
  const onObject = right === 'readable' ? 'allowRead' : 'allowEdit';
  return flagged(root, 'objectPermissions', 'object', onObject).includes(field.object);
};

describe('permission sets', () => {
  it('are one for each role, and those of the declaration', () => {
    expect([...sets.keys()].toSorted()).toEqual(ROLES.toSorted());
    const named = Object.values(manifest.access).flatMap(({ read, write }) => [...read, ...write]);
    expect(ROLES).toEqual(expect.arrayContaining([...new Set(named)]));
  });

  it.each(ROLES)('let the %s read and write exactly what was declared', (role) => {
    const wrong = fields.flatMap((field) => {
      const reads = may(role, field, 'readable') === field.access.read.includes(role);
      const writes = may(role, field, 'editable') === field.access.write.includes(role);
      return reads && writes ? [] : [field.name];
    });
    expect(wrong).toEqual([]);
  });

  it('leave no field unread, and none to be written by a person', () => {
    expect(fields.filter((field) => !PEOPLE.some((role) => may(role, field, 'readable')))).toEqual([]);
    expect(fields.filter((field) => PEOPLE.some((role) => may(role, field, 'editable')))).toEqual([]);
  });

  it.each(PEOPLE)('let the %s make, change and delete no record', (role) => {
    for (const right of ['allowCreate', 'allowEdit', 'allowDelete', 'modifyAllRecords'])
      expect(flagged(setOf(role), 'objectPermissions', 'object', right)).toEqual([]);
  });

  it('let the integration keep our records whole, and change those of others without making or deleting any', () => {
    const own = manifest.objects.map(({ name }) => name).toSorted();
    const root = setOf('integration');
    const allowed = (right: string): string[] =>
      flagged(root, 'objectPermissions', 'object', right).toSorted();
    expect(allowed('modifyAllRecords')).toEqual(own);
    expect(allowed('allowDelete')).toEqual(own);
    expect(allowed('allowCreate')).toEqual([...own, manifest.event.name].toSorted());
    expect(allowed('allowEdit')).toEqual([...own, ...manifest.summary.objects].toSorted());
  });

  it('let the integration alone publish the event and fill the credential', () => {
    const publishers = ROLES.filter((role) =>
      flagged(setOf(role), 'objectPermissions', 'object', 'allowCreate').includes(manifest.event.name),
    );
    const keepers = ROLES.filter((role) =>
      flagged(setOf(role), 'userPermissions', 'name', 'enabled').includes('ManageNamedCredentials'),
    );
    expect([publishers, keepers]).toEqual([['integration'], ['integration']]);
  });

  it.each(PEOPLE)('let the %s call the connector, hear the event and see where both stand', (role) => {
    const { externalCredential, principal } = manifest.credential;
    const root = setOf(role);
    const principals = flagged(
      root,
      'externalCredentialPrincipalAccesses',
      'externalCredentialPrincipal',
      'enabled',
    );
    const readable = flagged(root, 'objectPermissions', 'object', 'allowRead');
    expect(principals).toEqual([`${externalCredential}-${principal}`]);
    expect(readable).toEqual(expect.arrayContaining(['UserExternalCredential', manifest.event.name]));
    expect(flagged(root, 'classAccesses', 'apexClass', 'enabled')).toContain('PaysideController');
    expect(flagged(root, 'userPermissions', 'name', 'enabled')).toEqual([]);
  });

  it('show every record to finance, admin and the integration, and to nobody else', () => {
    const own = manifest.objects.map(({ name }) => name);
    const seeing = ROLES.filter((role) =>
      own.every((name) =>
        flagged(setOf(role), 'objectPermissions', 'object', 'viewAllRecords').includes(name),
      ),
    );
    expect(seeing).toEqual(['finance', 'admin', 'integration']);
  });

  it('ask for no permission on a field that Salesforce gives none for', () => {
    const mandatory = new Set(fields.filter(({ isMandatory }) => isMandatory).map(({ name }) => name));
    const asked = [...sets.values()].flatMap((root) =>
      childrenOf(root, 'fieldPermissions').flatMap((node) => textOf(node, 'field') ?? []),
    );
    expect(asked.filter((name) => mandatory.has(name))).toEqual([]);
    expect(asked.length).toBeGreaterThan(300);
  });
});

describe('the credential', () => {
  const parametersOf = (type: string, list: string): XmlNode[] =>
    ofType(source, type).flatMap(({ root }) => childrenOf(root, list));

  it('is one for the whole org, sent as a bearer token, and the one of the declaration', () => {
    const { externalCredential, principal, parameter, namedCredential } = manifest.credential;
    const parameters = parametersOf('ExternalCredential', 'externalCredentialParameters');
    const of = (type: string): (string | undefined)[] =>
      parameters
        .filter((node) => textOf(node, 'parameterType') === type)
        .map((node) => textOf(node, 'parameterName'));
    expect(of('NamedPrincipal')).toEqual([principal]);
    expect(of('AuthHeader')).toEqual(['Authorization']);
    expect(parameters.flatMap((node) => textsOf(node, 'parameterValue'))).toEqual([
      `{!'Bearer ' & $Credential.${externalCredential}.${parameter}}`,
    ]);
    expect(ofType(source, 'NamedCredential').map(({ path }) => path)).toEqual([
      `namedCredentials/${namedCredential}.namedCredential-meta.xml`,
    ]);
  });

  it('and the trusted site lead to the one address that a build replaces', () => {
    const addresses = [
      ...parametersOf('NamedCredential', 'namedCredentialParameters').flatMap((node) =>
        textsOf(node, 'parameterValue'),
      ),
      ...ofType(source, 'CspTrustedSite').flatMap(({ root }) => textsOf(root, 'endpointUrl')),
    ];
    expect(new Set(addresses)).toEqual(new Set(['https://connector.example.com']));
    expect(
      ofType(source, 'CspTrustedSite').flatMap(({ root }) => textsOf(root, 'isApplicableToConnectSrc')),
    ).toEqual(['false']);
  });
});

describe('secrets', () => {
  const SECRET =
    /<(consumerKey|consumerSecret|oauthLink|password|certificate|clientSecret)>|3MVG9|-----BEGIN/;
  const NEVER_PACKAGED = /\.(ecaGlblOauth|ecaOauthSecurity|ecaOauthPlcy|ecaPlcy|connectedApp)-meta\.xml$/;

  it('stand nowhere in the package source', () => {
    const found = source.files.filter(({ path, text }) => SECRET.test(text) || NEVER_PACKAGED.test(path));
    expect(found.map(({ path }) => path)).toEqual([]);
    expect(SECRET.test('<consumerKey>a</consumerKey>')).toBe(true);
    expect(NEVER_PACKAGED.test('extlClntAppGlobalOauthSets/Payside.ecaGlblOauth-meta.xml')).toBe(true);
  });
});
