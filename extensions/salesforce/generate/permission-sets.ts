// The permission sets: who may read and write what was declared, and what else each role needs.
import { declaration, ROLES, type Field, type OwnObject, type Role } from './declaration.ts';
import { ACCESS } from './roles.ts';
import { metadataXml, sorted, type Content } from './xml.ts';

type Rights = Record<'read' | 'edit' | 'create' | 'remove' | 'viewAll' | 'modifyAll', boolean>;

const NOTHING: Rights = {
  read: false,
  edit: false,
  create: false,
  remove: false,
  viewAll: false,
  modifyAll: false,
};

function permission(object: string, rights: Rights): Content {
  return {
    allowCreate: rights.create,
    allowDelete: rights.remove,
    allowEdit: rights.edit,
    allowRead: rights.read,
    modifyAllRecords: rights.modifyAll,
    object,
    viewAllRecords: rights.viewAll,
  };
}

export const permissionSetFiles = (): Map<string, string> =>
  new Map(ROLES.map((role) => [`permissionsets/${nameOf(role)}.permissionset-meta.xml`, fileOf(role)]));

const wordOf = (role: Role): string => role[0]?.toUpperCase() + role.slice(1);
const nameOf = (role: Role): string => `Payside_${wordOf(role)}`;

function fileOf(role: Role): string {
  const set = ACCESS[role];
  const { externalCredential, principal } = declaration.credential;
  return metadataXml(
    'PermissionSet',
    sorted({
      applicationVisibilities: set.apps.map((application) => ({ application, visible: true })),
      classAccesses: set.classes.map((apexClass) => ({ apexClass, enabled: true })),
      description: set.description,
      externalCredentialPrincipalAccesses: set.callsConnector
        ? { enabled: true, externalCredentialPrincipal: `${externalCredential}-${principal}` }
        : undefined,
      fieldPermissions: fieldPermissionsOf(role),
      hasActivationRequired: false,
      label: `Payside ${wordOf(role)}`,
      objectPermissions: objectPermissionsOf(role),
      tabSettings: set.tabs.map((tab) => ({ tab, visibility: 'Visible' })),
      userPermissions: set.user.map((name) => ({ enabled: true, name })),
    }),
  );
}

/** A field that every record must have follows the object; Salesforce refuses a permission of its own for it. */
const hasOwnPermission = ({ required }: Field): boolean => required !== true;

function fieldPermissionsOf(role: Role): Content[] {
  const places: { name: string; fields: Field[] }[] = [
    ...declaration.summary.objects.map((name) => ({ name, fields: declaration.summary.fields })),
    ...declaration.objects,
  ];
  return places
    .flatMap(({ name, fields }) => fields.filter(hasOwnPermission).map((field) => ({ name, field })))
    .sort((a, b) => (`${a.name}.${a.field.name}` < `${b.name}.${b.field.name}` ? -1 : 1))
    .map(({ name, field }) => ({
      editable: mayWrite(role, field),
      field: `${name}.${field.name}`,
      readable: mayRead(role, field),
    }));
}

const mayRead = (role: Role, { access }: Field): boolean => declaration.access[access].read.includes(role);
const mayWrite = (role: Role, { access }: Field): boolean => declaration.access[access].write.includes(role);

function objectPermissionsOf(role: Role): Content[] {
  const set = ACCESS[role];
  const own = declaration.objects.map((object) => permission(object.name, rightsOn(object, role)));
  const event = permission(declaration.event.name, {
    ...NOTHING,
    read: true,
    create: mayWrite(role, declaration.event.fields[0] as Field),
  });
  const changed = set.changes.map((object) =>
    permission(object, { ...NOTHING, read: true, edit: true, viewAll: true }),
  );
  const lookedUp = set.reads.map((object) => permission(object, { ...NOTHING, read: true }));
  return [...changed, ...lookedUp, ...own, event].sort((a, b) => (objectOf(a) < objectOf(b) ? -1 : 1));
}

const objectOf = (content: Content): string => (typeof content === 'object' ? String(content['object']) : '');

/** Whoever may write a field may make, change and remove records. */
function rightsOn({ fields }: OwnObject, role: Role): Rights {
  const writes = fields.some((field) => mayWrite(role, field));
  return {
    read: fields.some((field) => mayRead(role, field)),
    edit: writes,
    create: writes,
    remove: writes,
    viewAll: ACCESS[role].seesAll,
    modifyAll: writes,
  };
}
