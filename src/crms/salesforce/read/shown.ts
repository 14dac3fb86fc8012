// Which writes Salesforce shows already, field by field and lookup by lookup: asked where an answer never came.
import { z } from 'zod';
import type { Crm, MirrorKind, MirrorWrite, RecordWrite, Shown } from '../../crm.ts';
import type { Ask, AskFor } from '../client.ts';
import type { FieldSpec } from '../schema/names.ts';
import type { Org, OrgOf } from '../schema/org.ts';
import { mirrorRecord } from '../write/mirror.ts';
import type { LooseJobs } from '../write/loose-jobs.ts';
import { keepCurrencies, summaryRecord } from '../write/records.ts';
import { ids, queriedInParts, texts } from './soql.ts';

export const createShows =
  (askFor: AskFor, orgOf: OrgOf, loose: LooseJobs): Crm['shows'] =>
  async (connection, asked) => {
    const ask = askFor(connection);
    const org = await orgOf(connection);
    if ('objectType' in asked) return recordsShown(ask, org, asked.objectType, asked.writes);
    // What a job is still to write says nothing yet.
    await loose.ended(connection, true);
    // Links stand among the fields of records, and are read with them.
    return 'mirror' in asked ? mirrorsShown(ask, org, asked.mirror, asked.writes) : NOTHING;
  };

const NOTHING: Shown = { shown: new Set(), missing: new Set(), unlinked: new Set() };

const row = z.record(z.string(), z.unknown());
type Row = z.infer<typeof row>;

async function recordsShown(ask: Ask, org: Org, objectType: string, writes: RecordWrite[]): Promise<Shown> {
  const said = await keepCurrencies(
    ask,
    org,
    writes.map((write) => summaryRecord(org, write)),
  );
  const specs = [...org.names.summary.fields.values()];
  const found = await queriedInParts(
    ask,
    said.map(({ id }) => id),
    (part) => ({
      soql: `SELECT Id, ${namesOf(specs)} FROM ${objectType} WHERE Id IN ${ids(part)}`,
      row,
    }),
  );
  const rows = new Map(found.map((one) => [one['Id'], one]));
  return {
    shown: keysWhere(writes, (_, index) => {
      const record = said[index];
      return record !== undefined && holds(specs, record, rows.get(record.id));
    }),
    missing: keysWhere(writes, (_, index) => !rows.has(said[index]?.id)),
    unlinked: new Set(),
  };
}

async function mirrorsShown(ask: Ask, org: Org, kind: MirrorKind, writes: MirrorWrite[]): Promise<Shown> {
  const { names } = org;
  const { name, fields } = names.mirror(kind);
  const specs = [...fields.values()];
  // A lookup of one of ours is written, and read, by our own id.
  const parents = specs
    .filter(({ to }) => to?.endsWith('__c'))
    .map((spec) => `, ${names.relationship(spec.name)}.${names.ownId}`);
  const found = await queriedInParts(
    ask,
    writes.map(({ paysideId }) => paysideId),
    (part) => ({
      soql: `SELECT ${names.ownId}, ${namesOf(specs)}${parents.join('')} FROM ${name} WHERE ${names.ownId} IN ${texts(part)}`,
      row,
    }),
  );
  const rows = new Map(found.map((one) => [one[names.ownId], one]));
  const lookups = specs.filter(({ to }) => to !== null);
  const own = specs.filter(({ to }) => to === null);
  const saysAll = (write: MirrorWrite): boolean =>
    holds(own, mirrorRecord(org, kind, write), rows.get(write.paysideId));
  const isLinked = (write: MirrorWrite): boolean => {
    const said: Row = mirrorRecord(org, kind, write);
    const shown = rows.get(write.paysideId);
    return holds(lookups, said, shown) && lookups.every((spec) => isSameParent(org, spec, said, shown ?? {}));
  };
  return {
    shown: keysWhere(writes, (write) => saysAll(write) && isLinked(write)),
    missing: keysWhere(writes, ({ paysideId }) => !rows.has(paysideId)),
    unlinked: keysWhere(writes, (write) => saysAll(write) && !isLinked(write)),
  };
}

const namesOf = (specs: readonly FieldSpec[]): string => specs.map(({ name }) => name).join(', ');

const keysWhere = <W extends { key: string }>(
  writes: readonly W[],
  isShown: (write: W, index: number) => boolean,
): Set<string> => new Set(writes.filter(isShown).map(({ key }) => key));

/** Whether a row shows every field that was said; parents that were named by our own id are compared apart. */
function holds(specs: readonly FieldSpec[], said: Row, shown: Row | undefined): boolean {
  if (!shown) return false;
  return specs.every((spec) => !(spec.name in said) || isSame(spec, said[spec.name], shown[spec.name]));
}

function isSameParent({ names }: Org, { name }: FieldSpec, said: Row, shown: Row): boolean {
  const relationship = names.relationship(name);
  if (relationship === name || !(relationship in said)) return true;
  return ownIdIn(said[relationship], names.ownId) === ownIdIn(shown[relationship], names.ownId);
}

const ownIdIn = (value: unknown, ownId: string): unknown => row.safeParse(value).data?.[ownId];

/** Times may come back in another form than they were sent in. */
function isSame({ type }: FieldSpec, said: unknown, shown: unknown): boolean {
  if (type !== 'DateTime') return (said ?? '') === (shown ?? '');
  return timeOf(said) === timeOf(shown);
}

function timeOf(value: unknown): string {
  const at = new Date(typeof value === 'string' ? value : Number.NaN);
  return Number.isNaN(at.getTime()) ? '' : at.toISOString();
}
