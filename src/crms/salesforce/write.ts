// Writes records in collections of 200: people's by id, ours by our own id, each with an outcome of its own.
import type { Crm, CrmConnection, WriteOutcome } from '../crm.ts';
import type { AskFor } from './client.ts';
import type { OrgOf } from './schema/org.ts';
import { createParts, type Part } from './write/parts.ts';

export const BATCH = 200;

export function createWrite(askFor: AskFor, orgOf: OrgOf): Pick<Crm, 'write' | 'upsert' | 'link'> {
  const parts = createParts(askFor, orgOf);
  const send = async (connection: CrmConnection, { path, body, outcomes }: Part): Promise<WriteOutcome[]> =>
    outcomes(await askFor(connection)({ method: 'PATCH', path, body, background: true }));
  return {
    write: async (connection, objectType, writes) =>
      writes.length === 0 ? [] : send(connection, await parts.records(connection, objectType, writes)),
    upsert: async (connection, kind, writes) =>
      writes.length === 0 ? [] : send(connection, await parts.mirror(connection, kind, writes)),
    link: null,
  };
}
