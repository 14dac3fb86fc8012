// What the package's Apex does for an LWC: reads the record as the user, then calls the connector through the Named Credential.
import { credentialValue } from './credentials.ts';
import type { ApexAnswer, ApexCall } from './types.ts';
import { findUser, tableOf, type Org, type World } from './world.ts';

const TIMEOUT_MS = 120_000;

/** Apex has no way to read the token; the platform adds it on the way out. */
export async function callout(world: World, org: Org, call: ApexCall): Promise<ApexAnswer> {
  const user = findUser(org, call.userId);
  if (!user) throw new Error(`org ${org.seed.id} has no user ${call.userId}`);
  if (call.record && !sees(org, call.userId, call.record))
    return { status: 404, body: JSON.stringify({ message: 'You have no access to this record.' }) };
  const token = credentialValue(world, org);
  if (token === undefined || !world.settings.connector)
    return { status: 500, body: JSON.stringify({ message: 'The callout has no credential yet.' }) };
  const hasBody = call.body !== undefined;
  const response = await fetch(world.settings.connector + call.path, {
    method: call.method,
    redirect: 'manual',
    headers: {
      authorization: `Bearer ${token}`,
      'x-payside-org': org.seed.id,
      'x-payside-user': call.userId,
      ...(hasBody ? { 'content-type': 'application/json' } : {}),
    },
    ...(hasBody ? { body: JSON.stringify(call.body) } : {}),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  return { status: response.status, body: await response.text() };
}

const sees = (org: Org, userId: string, { type, id }: NonNullable<ApexCall['record']>): boolean =>
  tableOf(org, type).has(id) && !org.unseen.has(`${userId} ${id}`);
