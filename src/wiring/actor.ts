// Who a verified caller is to us: their installation, its workspace, and the role an admin gave them.
import type { House } from './house.ts';
import type { Actor } from '../billing/operation.ts';
import type { CrmName, SignedCall } from '../crms/crm.ts';
import { createHoldsToken } from '../workspaces/card-tokens.ts';
import { roleOf } from '../workspaces/directory.ts';

/** A caller whose CRM has shown who they are. */
export type KnownCaller = { crm: CrmName; portalId: string; userId: string };

/** Each CRM looks for a proof of its own kind. @returns null where none of them finds one */
async function callerOf(
  { crms, directory, clock }: Pick<House, 'crms' | 'directory' | 'clock'>,
  call: SignedCall,
): Promise<KnownCaller | null> {
  for (const crm of crms.all) {
    const verdict = await crm.verifyCall(call, clock.now(), createHoldsToken(directory, crm.name));
    if (!verdict.verified) continue;
    const { portalId, userId } = verdict.caller;
    return { crm: crm.name, portalId, userId };
  }
  return null;
}

/** @returns null for a call without proof, or from a portal that is not installed */
export async function actorBehind(
  house: Pick<House, 'crms' | 'directory' | 'clock'>,
  call: SignedCall,
): Promise<Actor | null> {
  const caller = await callerOf(house, call);
  return caller && actorOf(house, caller);
}

/** @returns null for a portal that is not installed */
export async function actorOf(house: Pick<House, 'directory'>, caller: KnownCaller): Promise<Actor | null> {
  const installation = await house.directory.installationByPortal(caller.crm, caller.portalId);
  if (!installation || installation.state === 'uninstalled') return null;
  const workspace = await house.directory.workspace(installation.workspaceId);
  return {
    workspace,
    installation,
    userId: caller.userId,
    role: roleOf(workspace, caller.crm, caller.userId),
  };
}
