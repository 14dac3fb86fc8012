// An admin of the workspace that was asked confirms: the installation moves in, step by step, and the same answer again goes on where it stopped.
import type { Secrets } from '../secrets/secrets.ts';
import {
  actorText,
  hasMoved,
  isStillAsked,
  isWaiting,
  refused,
  tellBoth,
  whyNot,
  withEnd,
  type Asking,
  type JoinAdmin,
  type JoinDeps,
  type JoinOutcome,
} from './join.ts';
import { renewWork, saveAndLeave, type LeftWork } from './leave-renewal.ts';
import { resealTokens } from './tokens.ts';
import type { Installation, Role, Workspace } from './workspace.ts';

export type MoveDeps = JoinDeps & { secrets: Secrets; wake: () => void };

const OK: JoinOutcome = { ok: true };

/**
 * Moves go one after the other. Meanwhile the installation is not installed anew, its token is not renewed, and the
 * workspace it leaves connects no gateway: each of these would keep what it began with, and undo the move.
 */
export const confirmJoin = (deps: MoveDeps, admin: JoinAdmin, requestId: string): Promise<JoinOutcome> =>
  deps.store.lock('joins', async () => {
    const found = await asked(deps, admin.workspaceId, requestId);
    if (!found) return refused('no_request');
    const { id, portalId, joining } = found;
    return deps.store.lock(`portal:${portalId}`, () =>
      deps.store.lock(`accounts:${joining.from}`, () =>
        deps.store.lock(`installation:${id}`, () => move(deps, admin, requestId)),
      ),
    );
  });

/** What was asked of this workspace under this id, answered already or not. */
async function asked(
  { store }: MoveDeps,
  workspaceId: string,
  requestId: string,
): Promise<Asking | undefined> {
  const isAsking = (one: Installation): one is Asking => one.joining !== undefined;
  return (await store.installations())
    .filter(isAsking)
    .find(({ joining }) => joining.id === requestId && joining.workspaceId === workspaceId);
}

async function move(deps: MoveDeps, admin: JoinAdmin, requestId: string): Promise<JoinOutcome> {
  const asking = await asked(deps, admin.workspaceId, requestId);
  if (!asking) return refused('no_request');
  if (asking.joining.ended?.how === 'joined') return OK;
  if (!isWaiting(asking, deps.clock.now())) return refused('no_request');
  const reason = hasMoved(asking) ? null : await whyNotNow(deps, asking);
  if (reason) return refused(reason);
  await saveAndLeave(deps, [fillWork(asking)], async () => {
    if (!hasMoved(asking)) await changeOver(deps, asking.id);
    await bringRoles(deps, asking);
    await leave(deps, asking);
    await tellBoth(deps, asking, { actor: actorText(admin), action: 'join_confirm' });
    await end(deps, asking.id);
  });
  deps.wake();
  return OK;
}

async function whyNotNow(deps: MoveDeps, asking: Asking) {
  if (!(await isStillAsked(deps, asking))) return 'asker_gone';
  return whyNot(deps, asking, await deps.directory.workspace(asking.joining.workspaceId));
}

/** Its records are filled from the ledger that was there before it; once for a request, however often it is confirmed. */
const fillWork = ({ id, joining }: Asking): LeftWork => ({
  ...renewWork(joining.workspaceId, { again: null, installationId: id, anew: true, match: true }),
  key: `join|${joining.id}`,
});

/** One write, before which it is wholly there, and after which it is wholly here. */
const changeOver = (deps: MoveDeps, id: string): Promise<void> =>
  change(deps, id, (asking) => {
    const { workspaceId } = asking.joining;
    const tokens = asking.tokens && resealTokens(deps.secrets, asking, workspaceId);
    return { ...asking, workspaceId, tokens };
  });

const end = (deps: MoveDeps, id: string): Promise<void> =>
  change(deps, id, (asking) => withEnd(asking, 'joined', deps.clock.now()));

/** Only for who holds the installation's lock. */
async function change(
  { store, directory }: MoveDeps,
  id: string,
  to: (asking: Asking) => Installation,
): Promise<void> {
  const current = await directory.installation(id);
  if (current?.joining) await store.saveInstallation(to({ ...current, joining: current.joining }));
}

/** Whoever had a role there has it here; one that was given here meanwhile stays. */
async function bringRoles(deps: MoveDeps, { crm, joining }: Asking): Promise<void> {
  const { settings } = await deps.directory.workspace(joining.from);
  const theirs = Object.entries(settings.roles).filter(([user]) => user.startsWith(`${crm}:`));
  await changeWorkspace(deps, joining.workspaceId, (workspace) =>
    withRoles(workspace, { ...Object.fromEntries(theirs), ...workspace.settings.roles }),
  );
}

/** Nobody is admin of what was left, so that no link of its admins opens anything any more. */
const leave = (deps: MoveDeps, { joining }: Asking): Promise<void> =>
  changeWorkspace(deps, joining.from, (workspace) => ({
    ...withRoles(workspace, {}),
    leftFor: joining.workspaceId,
  }));

const withRoles = (workspace: Workspace, roles: Record<string, Role>): Workspace => ({
  ...workspace,
  settings: { ...workspace.settings, roles },
});

const changeWorkspace = (
  { store, directory }: MoveDeps,
  id: string,
  to: (workspace: Workspace) => Workspace,
): Promise<void> =>
  store.lock(`workspace:${id}`, async () => store.saveWorkspace(to(await directory.workspace(id))));
