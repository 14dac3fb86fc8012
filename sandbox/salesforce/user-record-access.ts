// Who may see which record: a query of its own kind, about one user and up to 200 records.
import { Refusal } from './refusal.ts';
import type { Condition } from './soql-parse.ts';
import type { FieldValue } from './types.ts';
import { findUser, type Org } from './world.ts';

const MOST = 200;

const malformed = (why: string): Refusal => new Refusal(400, 'MALFORMED_QUERY', why);

/** Records that are not there are left out. */
export function accessOf(org: Org, where: Condition | undefined): object[] {
  const parts = where && 'all' in where ? where.all : [];
  const [user] = valuesIn(parts, 'UserId');
  const ids = valuesIn(parts, 'RecordId');
  if (parts.length !== 2 || user === undefined || ids.length === 0)
    throw malformed('UserRecordAccess is asked by UserId and RecordId, and by nothing else');
  if (ids.length > MOST) throw malformed(`UserRecordAccess is asked about ${MOST} records at most`);
  return ids
    .filter((id) => [...org.tables.values()].some((table) => table.has(String(id))))
    .map((RecordId) => ({
      attributes: { type: 'UserRecordAccess' },
      RecordId,
      HasReadAccess: sees(org, String(user), String(RecordId)),
    }));
}

function sees(org: Org, userId: string, recordId: string): boolean {
  const user = findUser(org, userId);
  return user !== undefined && user.active !== false && !org.unseen.has(`${userId} ${recordId}`);
}

function valuesIn(parts: readonly Condition[], field: string): FieldValue[] {
  const part = parts.find((one) => 'field' in one && one.field === field);
  if (!part || !('field' in part)) return [];
  if ('values' in part) return part.test === 'in' ? part.values : [];
  return part.test === '=' ? [part.value] : [];
}
