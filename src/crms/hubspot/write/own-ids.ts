// HubSpot's ids of the records we made, as its answers named them; forgotten ones are read again.
import type { CrmConnection, MirrorKind } from '../../crm.ts';
import type { Ask } from '../client.ts';
import { readBatches } from '../read.ts';
import { OWN_ID } from '../schema.ts';

/** Ids of a burst: records are linked soon after they were made. */
const MOST = 50_000;

export type OwnIds = {
  remember(connection: CrmConnection, kind: MirrorKind, paysideId: string, recordId: string): void;
  forget(connection: CrmConnection, kind: MirrorKind, paysideId: string): void;
  /** Record ids by our ids; those of records that HubSpot does not have are missing. */
  find(ask: Ask, connection: CrmConnection, of: Wanted): Promise<Map<string, string>>;
};

type Wanted = { kind: MirrorKind; objectType: string; paysideIds: Iterable<string> };

export function createOwnIds(): OwnIds {
  const known = new Map<string, string>();
  const keyOf = ({ installationId }: CrmConnection, kind: MirrorKind, id: string): string =>
    `${installationId}|${kind}|${id}`;
  const remember: OwnIds['remember'] = (connection, kind, paysideId, recordId) => {
    const key = keyOf(connection, kind, paysideId);
    known.delete(key);
    known.set(key, recordId);
    const [oldest] = known.keys();
    if (known.size > MOST && oldest !== undefined) known.delete(oldest);
  };
  return {
    remember,
    forget: (connection, kind, paysideId) => void known.delete(keyOf(connection, kind, paysideId)),
    async find(ask, connection, { kind, objectType, paysideIds }) {
      const wanted = [...new Set(paysideIds)];
      const unknown = wanted.filter((id) => !known.has(keyOf(connection, kind, id)));
      const read = await readBatches(ask, objectType, unknown, { idProperty: OWN_ID, properties: [OWN_ID] });
      for (const { id, properties } of read) {
        const own = properties[OWN_ID];
        if (own) remember(connection, kind, own, id);
      }
      return new Map(
        wanted.flatMap((id) => {
          const recordId = known.get(keyOf(connection, kind, id));
          return recordId ? [[id, recordId]] : [];
        }),
      );
    },
  };
}
