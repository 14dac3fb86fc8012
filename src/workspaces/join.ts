// An installation asks to join the workspace of another CRM: what stands in its way, and how the request is left, taken back or declined.
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { AuditRow, Store } from '../store/store.ts';
import { roleOf, type Directory } from './directory.ts';
import { makeJoinCode, takeJoinCode, type JoinCode } from './join-codes.ts';
import type { Installation, Joining, Workspace } from './workspace.ts';

export type JoinDeps = { store: Store; clock: Clock; directory: Directory };

/** `code`: unknown, used or run out, which are told apart to nobody. */
export type JoinRefusal =
  | 'code'
  | 'own_gateway'
  | 'not_alone'
  | 'same_workspace'
  | 'same_crm'
  | 'not_installed'
  | 'asker_gone'
  | 'no_request';

export type JoinOutcome = { ok: true } | { ok: false; reason: JoinRefusal };

/** An admin who acts in their own workspace, which the verified call named. */
export type JoinAdmin = { workspaceId: string; crm: Installation['crm']; userId: string };

/** A request nobody answered for so long is no longer what its admin wants. */
const ANSWERED_WITHIN_MS = 7 * 86_400_000;

export const refused = (reason: JoinRefusal): JoinOutcome => ({ ok: false, reason });

export const actorText = ({ crm, userId }: JoinAdmin): string => `${crm}:${userId}`;

/** An installation with a wish to move. */
export type Asking = Installation & { joining: Joining };

/** True once it is where it asked to be. */
export const hasMoved = ({ workspaceId, joining }: Asking): boolean => workspaceId === joining.workspaceId;

/** What still waits for an answer; also a move that was cut off in the middle, which only needs the same answer again. */
export function isWaiting(installation: Installation, now: Date): installation is Asking {
  const { joining, state } = installation;
  if (!joining || joining.ended !== null) return false;
  if (joining.workspaceId === installation.workspaceId) return true;
  return state === 'installed' && now.getTime() - Date.parse(joining.askedAt) <= ANSWERED_WITHIN_MS;
}

/** Requests that a workspace's admins have not answered. */
export async function requestsTo({ store, clock }: JoinDeps, workspaceId: string): Promise<Asking[]> {
  const now = clock.now();
  const waiting = (await store.installations()).filter((one): one is Asking => isWaiting(one, now));
  return waiting.filter(({ joining }) => joining.workspaceId === workspaceId);
}

/** @returns why an installation cannot leave its workspace, wherever it wants to go; null for nothing */
export async function whyStays(
  { directory }: JoinDeps,
  { id, workspaceId }: Installation,
): Promise<JoinRefusal | null> {
  const [accounts, installations] = await Promise.all([
    directory.accountsOf(workspaceId),
    directory.installationsOf(workspaceId),
  ]);
  if (accounts.length > 0) return 'own_gateway';
  return installations.some((other) => other.id !== id) ? 'not_alone' : null;
}

/** @returns why an installation cannot move to a workspace; null for nothing */
export async function whyNot(
  deps: JoinDeps,
  installation: Installation,
  target: Workspace,
): Promise<JoinRefusal | null> {
  if (target.id === installation.workspaceId) return 'same_workspace';
  if (installation.state !== 'installed' || !installation.tokens) return 'not_installed';
  const there = await deps.directory.installationsOf(target.id);
  // One that was uninstalled can come back, and would be the second of its kind.
  if (there.some(({ crm }) => crm === installation.crm)) return 'same_crm';
  return whyStays(deps, installation);
}

/** Lets an installation of another CRM ask; what it asks is answered on its own. */
export async function inviteToJoin(deps: JoinDeps, admin: JoinAdmin, operationId: string): Promise<JoinCode> {
  const code = await makeJoinCode(deps, admin.workspaceId);
  await deps.store.audit({
    workspaceId: admin.workspaceId,
    at: deps.clock.now().toISOString(),
    actor: actorText(admin),
    action: 'join_code',
    operationId,
    record: null,
    before: null,
    after: null,
  });
  return code;
}

/** The caller's installation asks; a request it left elsewhere before is over. The code is used up, whatever comes of it. */
export async function askToJoin(
  deps: JoinDeps,
  admin: JoinAdmin,
  installationId: string,
  code: string,
): Promise<JoinOutcome> {
  const before = await deps.directory.installation(installationId);
  const stays = before && (await whyStays(deps, before));
  if (stays) return refused(stays);
  const workspaceId = await takeJoinCode(deps, code);
  const target = workspaceId === null ? undefined : await workspaceIn(deps, workspaceId);
  if (!target) return refused('code');
  return deps.store.lock(`installation:${installationId}`, async () => {
    const installation = await deps.directory.installation(installationId);
    if (installation?.workspaceId !== admin.workspaceId) return refused('not_installed');
    const reason = await whyNot(deps, installation, target);
    if (reason) return refused(reason);
    const joining: Joining = {
      id: randomUUID(),
      workspaceId: target.id,
      from: installation.workspaceId,
      askedBy: admin.userId,
      askedAt: deps.clock.now().toISOString(),
      ended: null,
    };
    const asking = { ...installation, joining };
    await deps.store.saveInstallation(asking);
    await tellBoth(deps, asking, { actor: actorText(admin), action: 'join_ask' });
    return { ok: true };
  });
}

/** A workspace that is lived in; a code of one that was left opens nothing. */
async function workspaceIn({ store }: JoinDeps, id: string): Promise<Workspace | undefined> {
  const found = (await store.workspaces()).find((workspace) => workspace.id === id);
  return found?.leftFor === undefined ? found : undefined;
}

/** The caller's own installation takes its request back. */
export const takeBack = (deps: JoinDeps, admin: JoinAdmin, installationId: string): Promise<JoinOutcome> =>
  endRequest(deps, installationId, {
    isIt: ({ joining }) => joining.from === admin.workspaceId,
    after: ({ joining: _over, ...kept }) => kept,
    trail: { actor: actorText(admin), action: 'join_take_back' },
  });

/** An admin of the workspace that was asked says no, and the other side is told. */
export async function declineJoin(deps: JoinDeps, admin: JoinAdmin, requestId: string): Promise<JoinOutcome> {
  const found = (await requestsTo(deps, admin.workspaceId)).find(({ joining }) => joining.id === requestId);
  if (!found) return refused('no_request');
  return endRequest(deps, found.id, {
    isIt: ({ joining }) => joining.id === requestId,
    after: (asking) => withEnd(asking, 'declined', deps.clock.now()),
    trail: { actor: actorText(admin), action: 'join_decline' },
  });
}

export const withEnd = (
  asking: Asking,
  how: NonNullable<Joining['ended']>['how'],
  at: Date,
): Installation => ({ ...asking, joining: { ...asking.joining, ended: { how, at: at.toISOString() } } });

type Ending = {
  isIt: (asking: Asking) => boolean;
  after: (asking: Asking) => Installation;
  trail: Pick<AuditRow, 'actor' | 'action'>;
};

/** What has begun to move cannot be called back: its move is only finished. */
const endRequest = (
  deps: JoinDeps,
  installationId: string,
  { isIt, after, trail }: Ending,
): Promise<JoinOutcome> =>
  deps.store.lock(`installation:${installationId}`, async () => {
    const asking = await deps.directory.installation(installationId);
    if (!asking || !isWaiting(asking, deps.clock.now()) || hasMoved(asking) || !isIt(asking))
      return refused('no_request');
    await deps.store.saveInstallation(after(asking));
    await tellBoth(deps, asking, trail);
    return { ok: true };
  });

/** Whoever asked must still be who may ask: an admin who was let go has not confirmed anything. */
export async function isStillAsked({ directory }: JoinDeps, { crm, joining }: Asking): Promise<boolean> {
  return roleOf(await directory.workspace(joining.from), crm, joining.askedBy) === 'admin';
}

/** Both sides can look up who did what, under the request's id. */
export async function tellBoth(
  { store, clock }: JoinDeps,
  { id, crm, portalId, joining }: Asking,
  { actor, action }: Pick<AuditRow, 'actor' | 'action'>,
): Promise<void> {
  const row: Omit<AuditRow, 'workspaceId'> = {
    at: clock.now().toISOString(),
    actor,
    action,
    operationId: joining.id,
    record: null,
    before: { installation: id, workspace: joining.from },
    after: { installation: id, crm, portalId, workspace: joining.workspaceId },
  };
  await store.audit({ ...row, workspaceId: joining.workspaceId });
  await store.audit({ ...row, workspaceId: joining.from });
}
