// What CRMs call the kinds of record that a payer can belong to.
import type { RecordRef } from './entities.ts';

/** A person, the company they work for, and what the two parties are agreeing on. */
export type RecordKind = 'person' | 'company' | 'deal';

const TYPES: readonly Readonly<Record<RecordKind, string>>[] = [
  { person: 'contacts', company: 'companies', deal: 'deals' },
  { person: 'Contact', company: 'Account', deal: 'Opportunity' },
];

const setOf = (objectType: string): Readonly<Record<RecordKind, string>> | undefined =>
  TYPES.find((types) => Object.values(types).includes(objectType));

export const isOfKind = ({ objectType }: Pick<RecordRef, 'objectType'>, kind: RecordKind): boolean =>
  setOf(objectType)?.[kind] === objectType;

/** Another record of the same CRM. @param of any record of it */
export function recordBeside(of: RecordRef, kind: RecordKind, recordId: string): RecordRef {
  const objectType = setOf(of.objectType)?.[kind];
  if (!objectType) throw new Error(`no CRM has records called ${of.objectType}`);
  return { ...of, objectType, recordId };
}
