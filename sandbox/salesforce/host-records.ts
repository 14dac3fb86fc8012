// What the Lightning-like page shows of records: fields with their labels and formats, relatives, lists.
import type { FieldDefinition } from './definitions.ts';
import type { FieldView, ListView, RecordView, RelatedView } from './host/page/page-types.ts';
import { valueOf } from './shown.ts';
import type { FieldValue } from './types.ts';
import { definitionOf, tableOf, type Org, type SfRecord } from './world.ts';

const OURS = 'Payside_';

const ABOUT: Record<string, readonly string[]> = {
  Contact: ['AccountId', 'Title', 'Email', 'Phone'],
  Account: ['Website', 'Phone', 'BillingCity', 'BillingCountry'],
  Opportunity: ['AccountId', 'StageName', 'Amount', 'CloseDate'],
};

const TITLES: Record<string, string> = {
  Contact: 'Contacts',
  Account: 'Accounts',
  Opportunity: 'Opportunities',
  OpportunityLineItem: 'Products',
  OpportunityContactRole: 'Contact roles',
};

export const pathOf = (type: string, id: string): string => `/lightning/r/${type}/${id}/view`;

export const titleOf = (org: Org, type: string): string =>
  TITLES[type] ?? `${definitionOf(org, type).label}s`;

export function nameOf(org: Org, record: SfRecord): string {
  const { fields } = definitionOf(org, record.type);
  const name = fields.get('Name');
  if (name) return String(valueOf(org, record, name) ?? record.id);
  // A contact role has no name of its own: it is called by whose role it is.
  const contact = org.tables.get('Contact')?.get(String(record.values['ContactId']));
  return contact ? nameOf(org, contact) : record.id;
}

export function recordView(org: Org, record: SfRecord): RecordView {
  const fields = [...definitionOf(org, record.type).fields.values()];
  const isOwn = record.type.startsWith(OURS);
  const named = (name: string): FieldDefinition[] => fields.filter((field) => field.name === name);
  const about = isOwn ? fields.filter(({ custom }) => custom) : (ABOUT[record.type] ?? []).flatMap(named);
  const ours = isOwn ? [] : fields.filter(({ name }) => name.startsWith(OURS));
  return {
    type: record.type,
    id: record.id,
    name: nameOf(org, record),
    about: about.map((field) => fieldView(org, record, field)),
    ours: ours.map((field) => fieldView(org, record, field)),
    related: relatedTo(org, record),
  };
}

function fieldView(org: Org, record: SfRecord, field: FieldDefinition): FieldView {
  const value = valueOf(org, record, field);
  const parent = field.referenceTo ? org.tables.get(field.referenceTo)?.get(String(value)) : undefined;
  const base = { name: field.name, label: labelOf(field) };
  if (parent) return { ...base, shown: nameOf(org, parent), href: pathOf(parent.type, parent.id) };
  const isLink = field.type === 'url' && typeof value === 'string';
  return { ...base, shown: written(value, field, org.seed.timeZone), href: isLink ? value : null };
}

/** `CloseDate` reads as `Close Date`. */
const labelOf = ({ label, name }: FieldDefinition): string =>
  label === name ? name.replace(/Id$/, '').replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ') : label;

export function written(value: FieldValue, field: FieldDefinition, timeZone: string): string {
  if (value === null || value === '') return '';
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value === 'number')
    return new Intl.NumberFormat('en-US', { minimumFractionDigits: field.scale ?? 0 }).format(value);
  if (field.type === 'date') return day(value, 'UTC', {});
  return field.type === 'datetime' ? day(value, timeZone, { timeStyle: 'short' }) : value;
}

const day = (value: string, timeZone: string, more: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', ...more, timeZone }).format(new Date(value));

/** Records that look up to this one. */
function relatedTo(org: Org, record: SfRecord): RelatedView[] {
  return [...org.definitions.values()].flatMap(({ name: type, fields }) => {
    const lookups = [...fields.values()].filter(({ referenceTo }) => referenceTo === record.type);
    const items = [...tableOf(org, type).values()]
      .filter((other) => lookups.some(({ name }) => other.values[name] === record.id))
      .map((other) => ({ id: other.id, name: nameOf(org, other), href: pathOf(type, other.id) }));
    return items.length > 0 ? [{ title: titleOf(org, type), items }] : [];
  });
}

const LIST_LENGTH = 200;

export function listOf(org: Org, type: string): ListView {
  const [about] = ABOUT[type] ?? ['Status__c'];
  const field = definitionOf(org, type).fields.get(about ?? '');
  const rows = [...tableOf(org, type).values()].slice(0, LIST_LENGTH).map((record) => ({
    name: nameOf(org, record),
    detail: field ? fieldView(org, record, field).shown : '',
    href: pathOf(type, record.id),
  }));
  return { title: titleOf(org, type), rows };
}
