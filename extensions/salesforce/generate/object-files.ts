// Every declared object and field as files of the package source, by path below `main/default`.
import { declaration, type Declaration, type OwnObject } from './declaration.ts';
import { fieldFile, type Place } from './field-file.ts';
import { metadataXml, type Content } from './xml.ts';

const COMPACT = 'Payside_Compact';

export const objectFiles = (): Map<string, string> =>
  new Map([
    ...declaration.summary.objects.flatMap((object) => summaryFiles(object)),
    ...declaration.objects.flatMap(ownFiles),
    ...eventFiles(declaration.event),
  ]);

type File = [path: string, text: string];

const fieldsOf = (object: string, fields: OwnObject['fields'], place: Place): File[] =>
  fields.map((field) => [`objects/${object}/fields/${field.name}.field-meta.xml`, fieldFile(field, place)]);

/** Whether an org keeps the history of a standard object is for its admin to decide. */
const summaryFiles = (object: string): File[] =>
  fieldsOf(object, declaration.summary.fields, { history: false, children: { plural: '' }, isEvent: false });

const ownFiles = (object: OwnObject): File[] => [
  [`objects/${object.name}/${object.name}.object-meta.xml`, objectFile(object)],
  [
    `objects/${object.name}/compactLayouts/${COMPACT}.compactLayout-meta.xml`,
    metadataXml('CompactLayout', { fullName: COMPACT, fields: object.columns, label: object.label }),
  ],
  ...fieldsOf(object.name, object.fields, { history: object.history, children: object, isEvent: false }),
];

/** Chatter stays out of it; bulk, sharing and streaming can only be switched together. */
const objectFile = (object: OwnObject): string =>
  metadataXml('CustomObject', {
    allowInChatterGroups: false,
    compactLayoutAssignment: COMPACT,
    deploymentStatus: 'Deployed',
    description: object.description,
    enableActivities: object.activities,
    enableBulkApi: true,
    enableFeeds: false,
    enableHistory: object.history,
    enableLicensing: false,
    enableReports: true,
    enableSearch: object.search,
    enableSharing: true,
    enableStreamingApi: true,
    externalSharingModel: object.sharing,
    label: object.label,
    nameField: nameFieldOf(object),
    pluralLabel: object.plural,
    searchLayouts: searchLayoutsOf(object),
    sharingModel: object.sharing,
    visibility: 'Public',
  });

function nameFieldOf({ nameField, history }: OwnObject): Content {
  const { label, type } = nameField;
  const format = nameField.type === 'AutoNumber' ? { displayFormat: nameField.format } : {};
  return { ...format, label, ...(history ? { trackHistory: false } : {}), type };
}

/** The name always stands first, by itself. */
function searchLayoutsOf({ columns }: OwnObject): Content {
  const others = columns.filter((column) => column !== 'Name');
  return {
    customTabListAdditionalFields: others,
    lookupDialogsAdditionalFields: others,
    searchResultsAdditionalFields: others,
  };
}

/** Published once the change is committed, so that whoever reads upon it reads the change. */
const eventFiles = (event: Declaration['event']): File[] => [
  [
    `objects/${event.name}/${event.name}.object-meta.xml`,
    metadataXml('CustomObject', {
      deploymentStatus: 'Deployed',
      description: event.description,
      eventType: 'HighVolume',
      label: event.label,
      pluralLabel: event.plural,
      publishBehavior: 'PublishAfterCommit',
    }),
  ],
  ...fieldsOf(event.name, event.fields, { history: false, children: { plural: '' }, isEvent: true }),
];
