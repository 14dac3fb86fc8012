// Which writes HubSpot shows already, property by property and link by link: asked where an answer never came.
import fields from '../../../../manifests/crm-fields.json' with { type: 'json' };
import type { Crm, LinkWrite, MirrorKind, MirrorWrite, RecordWrite, Shown } from '../../crm.ts';
import type { Ask, AskFor } from '../client.ts';
import { readBatches } from '../read.ts';
import { OWN_ID } from '../schema.ts';
import { endOf, ownIds, type Names } from '../write/link.ts';
import { mirrorProperties, mirrorType } from '../write/mirror.ts';
import type { OwnIds } from '../write/own-ids.ts';
import { recordProperties } from '../write/records.ts';

export const createShows =
  (askFor: AskFor, ids: OwnIds): Crm['shows'] =>
  async (connection, asked) => {
    const ask = askFor(connection);
    if ('objectType' in asked) return recordsShown(ask, asked.objectType, asked.writes);
    if ('mirror' in asked) return mirrorsShown(ask, asked.mirror, asked.writes);
    const room = { ask, connection, ids, typeOf: mirrorType };
    const idsOf = await ownIds(room, asked.linksOf, asked.writes);
    return linksShown(ask, { kind: asked.linksOf, idsOf, typeOf: mirrorType }, asked.writes);
  };

/** A record that answers under another id was merged: what it shows is not what was written. */
async function recordsShown(ask: Ask, objectType: string, writes: RecordWrite[]): Promise<Shown> {
  const wanted = writes.map((write) => ({
    key: write.key,
    id: write.record.recordId,
    properties: recordProperties(write),
  }));
  return shownBy(ask, objectType, wanted, {});
}

async function mirrorsShown(ask: Ask, kind: MirrorKind, writes: MirrorWrite[]): Promise<Shown> {
  const wanted = writes.map((write) => ({
    key: write.key,
    id: write.paysideId,
    properties: mirrorProperties(kind, write),
  }));
  return shownBy(ask, mirrorType(kind), wanted, { idProperty: OWN_ID });
}

type Wanted = { key: string; id: string; properties: Record<string, string> };

async function shownBy(
  ask: Ask,
  type: string,
  wanted: Wanted[],
  by: { idProperty?: string },
): Promise<Shown> {
  const names = new Set(wanted.flatMap(({ properties }) => Object.keys(properties)));
  const properties = [...names, ...(by.idProperty ? [by.idProperty] : [])];
  const ids = wanted.map(({ id }) => id);
  const found = await readBatches(ask, type, ids, { ...by, properties });
  const shown = new Map(
    found.map((one) => [by.idProperty ? one.properties[by.idProperty] : one.id, one.properties]),
  );
  const isShown = ({ id, properties: said }: Wanted): boolean => {
    const there = shown.get(id);
    return there !== undefined && Object.entries(said).every((pair) => isSame(pair, there));
  };
  return {
    shown: new Set(wanted.filter(isShown).map(({ key }) => key)),
    missing: new Set(wanted.filter(({ id }) => !shown.has(id)).map(({ key }) => key)),
    unlinked: new Set(),
  };
}

/** Kinds of HubSpot's own properties; those of ours are in the manifest. */
const OWN_KINDS = [
  ...['quantity', 'price', 'hs_initial_amount', 'hs_refunds_amount'].map((name) => [name, 'number'] as const),
  ['hs_initiated_date', 'datetime'] as const,
];
const KINDS = new Map([
  ...OWN_KINDS,
  ...[...fields.summary, ...fields.invoice].map(({ name, type }) => [name, type] as const),
]);

/** Numbers and times may come back in another form than they were sent in; everything else is kept as it is. */
function isSame([name, said]: [string, string], there: Record<string, string | null>): boolean {
  const form = FORMS[KINDS.get(name) ?? ''] ?? ((value: string): string => value);
  return form(said) === form(there[name] ?? '');
}

function withoutEndingZeros(value: string): string {
  let end = value.length;
  while (value[end - 1] === '0') end -= 1;
  return value.slice(0, value[end - 1] === '.' ? end - 1 : end);
}

const FORMS: Record<string, (value: string) => string> = {
  number: (value) => (value.includes('.') ? withoutEndingZeros(value) : value),
  datetime: (value) => {
    const at = new Date(/^\d+$/.test(value) ? Number(value) : value);
    return value === '' || Number.isNaN(at.getTime()) ? value : at.toISOString();
  },
};

/** HubSpot takes 1,000 records in a call. */
const MOST = 1_000;

type Ours = Names & { kind: MirrorKind };
type End = { way: 'to' | 'drop'; type: string; id: string | undefined };

/** A link of a record that is not there is no link that is missing. */
async function linksShown(ask: Ask, ours: Ours, writes: LinkWrite[]): Promise<Shown> {
  const wanted = writes.flatMap((write) => {
    const from = ours.idsOf.get(ours.kind)?.get(write.paysideId);
    return from ? [{ key: write.key, from, ends: endsOf(write, ours) }] : [];
  });
  const linked = new Map<string, Set<string> | null>();
  for (const type of new Set(wanted.flatMap(({ ends }) => ends.map((end) => end.type)))) {
    const inputs = wanted.filter(({ ends }) => ends.some((end) => end.type === type));
    const found = await linkedWith(
      ask,
      { from: mirrorType(ours.kind), to: type },
      inputs.map(({ from }) => from),
    );
    for (const { from } of inputs) linked.set(`${from} ${type}`, found(from));
  }
  const isShown = ({ from, ends }: (typeof wanted)[number]): boolean =>
    ends.every(({ way, type, id }) => {
      const there = linked.get(`${from} ${type}`);
      return there && (way === 'to' ? id !== undefined && there.has(id) : !id || !there.has(id));
    });
  const shown = new Set(wanted.filter(isShown).map(({ key }) => key));
  const unlinked = new Set(writes.flatMap(({ key }) => (shown.has(key) ? [] : [key])));
  return { shown, missing: new Set(), unlinked };
}

const endsOf = (write: LinkWrite, names: Names): End[] =>
  (['to', 'drop'] as const).flatMap((way) => write[way].map((end) => ({ way, ...endOf(end, names) })));

type LinkedWith = (from: string) => Set<string> | null;

/** @returns ids that a record is linked with; null where there are more than one answer holds */
async function linkedWith(
  ask: Ask,
  way: { from: string; to: string },
  ids: readonly string[],
): Promise<LinkedWith> {
  const found = new Map<string, Set<string> | null>();
  for (let start = 0; start < ids.length; start += MOST) {
    const inputs = ids.slice(start, start + MOST).map((id) => ({ id }));
    const page = await ask((client) =>
      client.crm.associations.v4.batchApi.getPage(way.from, way.to, { inputs }),
    );
    for (const { _from: from, to, paging } of page.results)
      found.set(String(from.id), paging ? null : new Set(to.map(({ toObjectId }) => String(toObjectId))));
  }
  return (from) => (found.has(from) ? (found.get(from) ?? null) : new Set());
}
