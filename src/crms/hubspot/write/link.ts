// Links of the records we made, in batches of one pair of object types.
import { z } from 'zod';
import type { Crm, CrmConnection, LinkTarget, LinkWrite, MirrorKind, WriteOutcome } from '../../crm.ts';
import type { Ask, AskFor } from '../client.ts';
import type { OwnIds } from './own-ids.ts';

/** HubSpot takes 2,000 links in a call. */
const MOST = 2_000;

type TypeOf = (kind: MirrorKind) => string;
type Pair = { from: { id: string }; to: { id: string } };

export const createLink =
  (askFor: AskFor, ids: OwnIds, typeOf: TypeOf): Crm['link'] =>
  async (connection, kind, writes) => {
    const ask = askFor(connection);
    const idsOf = await ownIds({ ask, connection, ids, typeOf }, kind, writes);
    const ready = writes.filter((write) => isThere(idsOf, kind, write));
    const lost = new Set<string>();
    for (const way of ['to', 'drop'] as const) {
      for (const [toType, pairs] of pairsOf({ idsOf, typeOf }, kind, ready, way)) {
        for (let start = 0; start < pairs.length; start += MOST) {
          const inputs = pairs.slice(start, start + MOST);
          const call = way === 'to' ? associate : archive;
          for (const id of await call(ask, typeOf(kind), toType, inputs)) lost.add(id);
        }
      }
    }
    return writes.map(({ key, paysideId }): WriteOutcome => {
      const id = idsOf.get(kind)?.get(paysideId);
      if (!id || lost.has(id)) ids.forget(connection, kind, paysideId);
      const isDone = ready.some((write) => write.key === key) && id !== undefined && !lost.has(id);
      return isDone ? { key, outcome: 'written' } : { key, outcome: 'gone' };
    });
  };

type Room = { ask: Ask; connection: CrmConnection; ids: OwnIds; typeOf: TypeOf };
export type IdsOf = Map<MirrorKind, Map<string, string>>;

/** HubSpot's ids of everything of ours that is to be linked. */
export async function ownIds(room: Room, kind: MirrorKind, writes: LinkWrite[]): Promise<IdsOf> {
  const wanted = new Map<MirrorKind, Set<string>>([[kind, new Set(writes.map((write) => write.paysideId))]]);
  for (const { to, drop } of writes)
    for (const end of [...to, ...drop])
      if ('mirror' in end) wanted.set(end.mirror, (wanted.get(end.mirror) ?? new Set()).add(end.paysideId));
  const found: IdsOf = new Map();
  for (const [own, paysideIds] of wanted) {
    const objectType = room.typeOf(own);
    found.set(own, await room.ids.find(room.ask, room.connection, { kind: own, objectType, paysideIds }));
  }
  return found;
}

/** A link that is to be made needs both records; one that is to be dropped is gone with either. */
const isThere = (idsOf: IdsOf, kind: MirrorKind, write: LinkWrite): boolean =>
  idsOf.get(kind)?.has(write.paysideId) === true &&
  write.to.every((end) => !('mirror' in end) || idsOf.get(end.mirror)?.has(end.paysideId));

export type Names = { idsOf: IdsOf; typeOf: TypeOf };

/** By the object type at the other end, which is what one call is about. */
function pairsOf(
  names: Names,
  kind: MirrorKind,
  writes: LinkWrite[],
  way: 'to' | 'drop',
): Map<string, Pair[]> {
  const pairs = new Map<string, Pair[]>();
  for (const write of writes) {
    const from = names.idsOf.get(kind)?.get(write.paysideId);
    for (const end of write[way]) {
      const { type, id } = endOf(end, names);
      if (!from || !id) continue;
      const known = pairs.get(type) ?? [];
      known.push({ from: { id: from }, to: { id } });
      pairs.set(type, known);
    }
  }
  return pairs;
}

/** HubSpot's type and id of an end; no id where it is one of ours that is not there. */
export const endOf = (end: LinkTarget, { idsOf, typeOf }: Names): { type: string; id: string | undefined } =>
  'mirror' in end
    ? { type: typeOf(end.mirror), id: idsOf.get(end.mirror)?.get(end.paysideId) }
    : { type: end.objectType, id: end.recordId };

const answerShape = z.object({
  errors: z.array(z.object({ context: z.record(z.string(), z.array(z.string())).nullish() })).nullish(),
});

/**
 * The default link, both ways. A person who is gone or merged is found out by the write of their own fields.
 * @returns ids of our records that HubSpot no longer has
 */
async function associate(ask: Ask, from: string, to: string, inputs: Pair[]): Promise<string[]> {
  const answer = await ask(async (client) =>
    answerShape.parse(
      await client.crm.associations.v4.batchApi.createDefault(from, to, { inputs: inputs.map(named) }),
    ),
  );
  const refused = (answer.errors ?? []).flatMap(({ context }) => context?.['fromObjectId'] ?? []);
  if (refused.length === 0) return [];
  const read = await ask((client) =>
    client.crm.objects.batchApi.read(from, {
      inputs: [...new Set(refused)].slice(0, 100).map((id) => ({ id })),
      properties: [],
      propertiesWithHistory: [],
    }),
  );
  const present = new Set(read.results.map(({ id }) => id));
  return refused.filter((id) => !present.has(id));
}

/** The SDK calls it `_from`, and `from` on the wire. */
const named = ({ from, to }: Pair) => ({ _from: from, to });

async function archive(ask: Ask, from: string, to: string, inputs: Pair[]): Promise<string[]> {
  const grouped = Map.groupBy(inputs, (pair) => pair.from.id);
  const wanted = [...grouped].map(([id, pairs]) => ({
    _from: { id },
    to: pairs.map((pair) => pair.to),
  }));
  await ask((client) => client.crm.associations.v4.batchApi.archive(from, to, { inputs: wanted }));
  return [];
}
