// One declared field as Salesforce's metadata of a custom field.
import type { Field, OwnObject } from './declaration.ts';
import { metadataXml, sorted, type Content } from './xml.ts';

type Elements = Record<string, Content | Content[] | undefined>;

/** What hangs on the object a field stands on. */
export type Place = { history: boolean; children: Pick<OwnObject, 'plural'>; isEvent: boolean };

export const fieldFile = (field: Field, place: Place): string =>
  metadataXml('CustomField', sorted({ ...commonOf(field, place), ...ofType(field, place) }));

function commonOf(field: Field, { history, isEvent }: Place): Elements {
  const isComputed = 'formula' in field && field.formula !== undefined;
  return {
    fullName: field.name,
    description: `${field.description} Unit: ${field.unit}. From: ${field.source}.`,
    inlineHelpText: isEvent ? undefined : field.description,
    label: field.label,
    required: isComputed || field.type === 'MasterDetail' ? undefined : field.required === true,
    trackHistory: history && !isComputed ? field.history === true : undefined,
    type: field.type,
  };
}

function ofType(field: Field, place: Place): Elements {
  switch (field.type) {
    case 'Text':
      return textOf(field);
    case 'Number':
      return { ...digitsOf(field), ...formulaOf(field) };
    case 'Currency':
      return digitsOf(field);
    case 'Checkbox':
      return formulaOf(field);
    case 'Picklist':
      return { valueSet: valueSetOf(field) };
    case 'Lookup':
      return { deleteConstraint: 'SetNull', ...relationOf(field, place) };
    case 'MasterDetail':
      return { ...MASTER, relationshipOrder: field.order, ...relationOf(field, place) };
    default:
      return {};
  }
}

/** An upsert names the master also when the record is there already, which is refused where a detail may not move. */
const MASTER = { reparentableMasterDetail: true, writeRequiresMasterRead: false };

const digitsOf = ({ precision, scale }: { precision: number; scale: number }): Elements => ({
  precision,
  scale,
});

const textOf = ({ length, unique }: Extract<Field, { type: 'Text' }>): Elements =>
  unique ? { length, caseSensitive: true, externalId: true, unique: true } : { length };

const formulaOf = (field: { formula?: string | undefined }): Elements =>
  field.formula === undefined ? {} : { formula: field.formula, formulaTreatBlanksAs: 'BlankAsZero' };

const relationOf = (
  { to, relationship }: { to: string; relationship: string },
  { children }: Place,
): Elements => ({ referenceTo: to, relationshipLabel: children.plural, relationshipName: relationship });

/** Restricted: a word that the ledger does not know is refused, not added. */
const valueSetOf = ({ options }: Extract<Field, { type: 'Picklist' }>): Content => ({
  restricted: true,
  valueSetDefinition: {
    sorted: false,
    value: options.map(({ value, label }) => ({ fullName: value, default: false, label })),
  },
});
