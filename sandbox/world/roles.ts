// Gives the sandbox's people their roles, as an admin would on the settings page.
import { randomUUID } from 'node:crypto';
import { signatureHeaders } from '../hubspot/signature.ts';
import type { PortalSeed } from '../hubspot/start.ts';
import type { OrgSeed } from '../salesforce/start.ts';
import type { World } from './world.ts';

/** In the order in which the seeds name a portal's users. */
export const ROLES = ['admin', 'finance', 'rep', 'viewer'] as const;

export async function giveRoles(world: World, portal: PortalSeed): Promise<void> {
  const admin = portal.users[0];
  if (!admin) return;
  const roles = portal.users
    .slice(1)
    .map(({ id }, index) => ({ userId: String(id), role: ROLES[index + 1] ?? 'viewer' }));
  const identity = new URLSearchParams({
    userId: String(admin.id),
    portalId: String(portal.id),
    appId: '77001',
  });
  const url = `${world.url}/api/v1/settings?${identity.toString()}`;
  const body = JSON.stringify({ operationId: randomUUID(), roles });
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
  if (!answer.ok) throw new Error(`the roles were refused with ${answer.status}: ${await answer.text()}`);
}

/** The same for the people of a Salesforce org. */
export async function giveOrgRoles(world: World, { id, users }: OrgSeed): Promise<void> {
  const [admin, ...others] = users;
  if (!admin) return;
  const roles = others.map((user, index) => ({ userId: user.id, role: ROLES[index + 1] ?? 'viewer' }));
  const answer = await world.salesforce.org(id).apex({
    userId: admin.id,
    method: 'POST',
    path: '/api/v1/settings',
    body: { operationId: randomUUID(), roles },
  });
  if (answer.status !== 200) throw new Error(`the roles were refused with ${answer.status}: ${answer.body}`);
}
