// Who a card's call is from: the org by the token that Salesforce adds and nobody in it can read, the user by what Apex says.
import type { CallVerdict, HoldsToken, SignedCall } from '../crm.ts';
import { isIdOf } from './read/record-id.ts';

const REFUSED: CallVerdict = { verified: false, reason: 'signature' };

/** Ids come in their full length: a shorter one would be a second name for the same org or user. */
export async function verifyCall(call: SignedCall, holds: HoldsToken): Promise<CallVerdict> {
  const [, token] = /^Bearer ([\w-]{43})$/.exec(single(call.headers['authorization'])) ?? [];
  const portalId = single(call.headers['x-payside-org']);
  const userId = single(call.headers['x-payside-user']);
  if (!token || !isIdOf('00D', portalId) || !isIdOf('005', userId)) return REFUSED;
  if (!(await holds(portalId, token))) return REFUSED;
  return { verified: true, caller: { portalId, userId, email: null } };
}

/** A header given twice could mean two callers. */
const single = (header: string | string[] | undefined): string => (typeof header === 'string' ? header : '');
