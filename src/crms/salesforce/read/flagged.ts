// Which contacts are to be forgotten: those whose data privacy record says so. An org may keep none, or show none to us.
import { z } from 'zod';
import type { Crm } from '../../crm.ts';
import type { AskFor } from '../client.ts';
import { isUnknownName } from '../errors.ts';
import { TYPES } from '../read.ts';
import { id, queried } from './soql.ts';

/** As many as one answer holds. */
const PAGE = 2_000;

const flaggedRow = z.object({ Id: z.string(), IsDeleted: z.boolean(), MasterRecordId: z.string().nullish() });

export const createFlagged =
  (askFor: AskFor): NonNullable<Crm['flagged']> =>
  async (connection, cursor) => {
    const rows = await queried(askFor(connection), {
      soql: `SELECT Id, IsDeleted, MasterRecordId FROM ${TYPES.person} WHERE Individual.ShouldForget = true${after(cursor)} ORDER BY Id LIMIT ${PAGE}`,
      row: flaggedRow,
      // Whoever is flagged may be deleted in the same minute.
      bin: true,
      background: true,
    }).catch((error: unknown) => {
      if (isUnknownName(error)) return null;
      throw error;
    });
    if (rows === null) return null;
    // Of contacts that were merged the one that stayed says what holds.
    const own = rows.filter(({ MasterRecordId }) => !MasterRecordId);
    const { installationId } = connection;
    return {
      people: own.map(({ Id, IsDeleted }) => ({
        record: { installationId, objectType: TYPES.person, recordId: Id },
        isGone: IsDeleted,
      })),
      next: rows.length >= PAGE ? (rows.at(-1)?.Id ?? null) : null,
    };
  };

const after = (cursor: string | null): string => (cursor === null ? '' : ` AND Id > ${id(cursor)}`);
