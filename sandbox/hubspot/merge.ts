// Merging two records: the survivor takes over values, associations and, as HubSpot does today, gets a new id.
import { linkRecords } from './associations.ts';
import { associationType } from './association-types.ts';
import type { Kind } from './kinds.ts';
import {
  additionalEmails,
  announce,
  createRecord,
  findByKey,
  findRecord,
  removeRecord,
  updateRecord,
  type Place,
} from './records.ts';
import { invalid, notFound } from './refusal.ts';
import type { MergeHow } from './types.ts';
import { tableOf, type CrmRecord } from './world.ts';

/** Answers the survivor of [primary, merged]. Subscribers hear of the merge only, not of the values that moved. */
export function mergeRecords(
  place: Place,
  kind: Kind,
  [primaryId, mergedId]: readonly [string, string],
  how: MergeHow = {},
): CrmRecord {
  const primary = findRecord(place.portal, kind, primaryId);
  const other = findRecord(place.portal, kind, mergedId);
  if (!primary || !other) throw notFound(`Could not find the records to merge: ${primaryId}, ${mergedId}`);
  if (primary === other) throw invalid('A record cannot be merged with itself');
  const quiet = { ...place, world: { ...place.world, announce: () => undefined } };
  const values = joinedValues(place, primary, other);
  const links = [...other.associations, ...primary.associations];
  removeRecord(quiet, other);
  const survivor = how.newId === false ? primary : replace(quiet, primary, values);
  if (survivor === primary) updateRecord(quiet, primary, values);
  adoptLinks(place, survivor, links);
  const mergedIds = survivor === primary ? [other.id] : [primary.id, other.id];
  noteMerged(survivor, [primary, other], mergedIds);
  if (how.redirect) for (const id of mergedIds) place.portal.redirects.set(`${kind}:${id}`, survivor.id);
  announce(place, survivor, 'merge', { mergedIds: [other.id], primaryId: primary.id });
  return survivor;
}

function replace(place: Place, primary: CrmRecord, values: Record<string, string>): CrmRecord {
  removeRecord(place, primary);
  return createRecord(place, primary.kind, values);
}

/** The primary's values, and the other's where the primary has none. */
function joinedValues(place: Place, primary: CrmRecord, other: CrmRecord): Record<string, string> {
  const known = tableOf(place.portal.properties, primary.kind);
  const values: Record<string, string> = {};
  for (const record of [other, primary])
    for (const [name, value] of Object.entries(record.properties))
      if (value !== '' && known.get(name)?.readOnly === false) values[name] = value;
  if (primary.kind === 'contacts') values['hs_additional_emails'] = otherEmails(values, [primary, other]);
  return values;
}

function otherEmails(values: Record<string, string>, parents: readonly CrmRecord[]): string {
  const all = parents.flatMap(({ properties }) => [
    properties['email'] ?? '',
    ...additionalEmails(properties),
  ]);
  return [...new Set(all)].filter((email) => email !== '' && email !== values['email']).join(';');
}

function noteMerged(survivor: CrmRecord, parents: readonly CrmRecord[], mergedIds: readonly string[]): void {
  const earlier = parents.flatMap((record) => (record.properties['hs_merged_object_ids'] ?? '').split(';'));
  const ids = new Set([...earlier.filter(Boolean), ...mergedIds]);
  survivor.properties = { ...survivor.properties, hs_merged_object_ids: [...ids].join(';') };
}

function adoptLinks(place: Place, survivor: CrmRecord, links: readonly [string, Set<number>][]): void {
  for (const [key, typeIds] of links) {
    const target = findByKey(place.portal, key);
    if (!target || target === survivor) continue;
    for (const id of typeIds) {
      const type = associationType(id);
      if (type) linkRecords(place, survivor, target, type);
    }
  }
}
