// Who a verified caller is to us: their installation, its workspace, and the role an admin gave them.
import type { House } from './house.ts';
import type { Actor } from '../billing/operation.ts';
import { roleOf } from '../workspaces/directory.ts';

/** @returns null for a portal that is not installed */
export async function actorOf(
  house: Pick<House, 'directory'>,
  caller: { portalId: string; userId: string },
): Promise<Actor | null> {
  const installation = await house.directory.installationByPortal('hubspot', caller.portalId);
  if (!installation || installation.state === 'uninstalled') return null;
  const workspace = await house.directory.workspace(installation.workspaceId);
  return {
    workspace,
    installation,
    userId: caller.userId,
    role: roleOf(workspace, 'hubspot', caller.userId),
  };
}
