// Gives the sandbox's people their roles, as an admin would on the settings page.
import { randomUUID } from 'node:crypto';
import { signatureHeaders } from '../hubspot/signature.ts';
import type { PortalSeed } from '../hubspot/start.ts';
import type { OrgSeed } from '../salesforce/start.ts';
import type { World } from './world.ts';

/** In the order in which the seeds name the users of a portal or an org. */
export const ROLES = ['admin', 'finance', 'rep', 'viewer'] as const;

type Role = { userId: string; role: (typeof ROLES)[number] };

/** Of everybody but the first, who installed and is admin already. */
const rolesOf = (users: readonly { id: number | string }[]): Role[] =>
  users.slice(1).map(({ id }, index) => ({ userId: String(id), role: ROLES[index + 1] ?? 'viewer' }));

export async function giveRoles(world: World, portal: PortalSeed): Promise<void> {
  const admin = portal.users[0];
  if (!admin) return;
  const identity = new URLSearchParams({
    userId: String(admin.id),
    portalId: String(portal.id),
    appId: '77001',
  });
  const url = `${world.url}/api/v1/settings?${identity.toString()}`;
  const body = JSON.stringify({ operationId: randomUUID(), roles: rolesOf(portal.users) });
  const timestamp = world.clock.now().getTime();
  const secret = world.env['HUBSPOT_CLIENT_SECRET'] ?? '';
  const answer = await fetch(url, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      ...signatureHeaders(secret, { method: 'POST', url, body, timestamp }),
    },
  });
  expectTaken(answer.status, await answer.text());
}

/** As the org's own pages do: through Apex. */
export async function giveOrgRoles(world: World, { id, users }: OrgSeed): Promise<void> {
  const admin = users[0];
  if (!admin) return;
  const answer = await world.salesforce.org(id).apex({
    userId: admin.id,
    method: 'POST',
    path: '/api/v1/settings',
    body: { operationId: randomUUID(), roles: rolesOf(users) },
  });
  expectTaken(answer.status, answer.body);
}

function expectTaken(status: number, body: string): void {
  if (status !== 200) throw new Error(`the roles were refused with ${status}: ${body}`);
}
