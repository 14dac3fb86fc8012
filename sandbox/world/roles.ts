// Gives the sandbox's people their roles, as an admin would on the settings page.
import type { PortalSeed } from '../hubspot/start.ts';
import type { OrgSeed } from '../salesforce/start.ts';
import { orgAdmin, portalAdmin } from './settings-calls.ts';
import type { World } from './world.ts';

/** In the order in which the seeds name the users of a portal or an org. */
export const ROLES = ['admin', 'finance', 'rep', 'viewer'] as const;

type Role = { userId: string; role: (typeof ROLES)[number] };

/** Of everybody but the first, who installed and is admin already. */
const rolesOf = (users: readonly { id: number | string }[]): Role[] =>
  users.slice(1).map(({ id }, index) => ({ userId: String(id), role: ROLES[index + 1] ?? 'viewer' }));

export async function giveRoles(world: World, portal: PortalSeed): Promise<void> {
  if (portal.users.length === 0) return;
  await portalAdmin(world, portal, '/api/v1/settings', { roles: rolesOf(portal.users) });
}

export async function giveOrgRoles(world: World, org: OrgSeed): Promise<void> {
  if (org.users.length === 0) return;
  await orgAdmin(world, org, '/api/v1/settings', { roles: rolesOf(org.users) });
}
