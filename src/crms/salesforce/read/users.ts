// Lists the people who work in an org, and says whether one of them may see a record.
import { z } from 'zod';
import type { Crm } from '../../crm.ts';
import type { AskFor } from '../client.ts';
import { isIdOf } from './record-id.ts';
import { id, queried } from './soql.ts';

/** Beyond this an admin types the user id. */
const MOST = 500;

const userRow = z.object({ Id: z.string(), Name: z.string().nullish(), Email: z.string().nullish() });
const accessRow = z.object({ RecordId: z.string(), HasReadAccess: z.boolean() });

export const createUsers =
  (askFor: AskFor): Crm['users'] =>
  async (connection) => {
    const found = await queried(askFor(connection), {
      soql: `SELECT Id, Name, Email FROM User WHERE IsActive = true AND UserType = 'Standard' ORDER BY Name LIMIT ${MOST}`,
      row: userRow,
    });
    return found.map(({ Id, Name, Email }) => ({ id: Id, name: Name || null, email: Email ?? null }));
  };

/** The user id of a call is a claim inside the org's trust: before money moves the org itself is asked. */
export const createMayAct =
  (askFor: AskFor): NonNullable<Crm['mayAct']> =>
  async (connection, userId, { recordId }) => {
    if (!isIdOf('005', userId)) return false;
    const [access] = await queried(askFor(connection), {
      soql: `SELECT RecordId, HasReadAccess FROM UserRecordAccess WHERE UserId = ${id(userId)} AND RecordId = ${id(recordId)}`,
      row: accessRow,
    });
    return access?.HasReadAccess === true;
  };
