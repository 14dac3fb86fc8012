// Puts together what the settings page says of another CRM: the store, and whoever asks is named by their own CRM.
import type { Actor } from '../billing/operation.ts';
import type { CrmName, CrmUser } from '../crms/crm.ts';
import type { InstallationName, OtherCrmInput } from '../views/other-crm-view.ts';
import type { Asking, JoinRefusal } from '../workspaces/join.ts';
import type { Installation, Workspace } from '../workspaces/workspace.ts';

export type OtherCrmReaderDeps = {
  /** The CRMs this connector knows, and what people call them. */
  crms: readonly { name: CrmName; label: string }[];
  workspace: (id: string) => Promise<Workspace>;
  installationsOf: (workspaceId: string) => Promise<Installation[]>;
  /** Requests that the admins of a workspace have not answered. */
  requestsTo: (workspaceId: string) => Promise<Asking[]>;
  isWaiting: (installation: Installation) => installation is Asking;
  hasMoved: (asking: Asking) => boolean;
  whyStays: (installation: Installation) => Promise<JoinRefusal | null>;
  users: (installation: Installation) => Promise<CrmUser[]>;
  now: () => Date;
};

/** A no that is older is no news any more. */
const TOLD_MS = 7 * 86_400_000;

export const createOtherCrmReader =
  (deps: OtherCrmReaderDeps) =>
  async ({ workspace, installation }: Actor): Promise<OtherCrmInput> => {
    const [here, asking, stays] = await Promise.all([
      deps.installationsOf(workspace.id),
      deps.requestsTo(workspace.id),
      deps.whyStays(installation),
    ]);
    const waiting = new Set(asking.map(({ id }) => id));
    const present = new Set(here.map(({ crm }) => crm));
    const requests = asking.filter(({ id }) => id !== installation.id);
    return {
      crm: labelOf(deps, installation.crm),
      absent: deps.crms.filter(({ name }) => !present.has(name)).map(({ label }) => label),
      joined: here
        .filter(({ id }) => id !== installation.id && !waiting.has(id))
        .map((one) => ({ ...nameOf(deps, one), id: one.id, connected: one.state === 'installed' })),
      requests: await Promise.all(requests.map((one) => requestInput(deps, one))),
      asked: await askedInput(deps, installation),
      declined: await declinedInput(deps, installation),
      stays,
    };
  };

const labelOf = ({ crms }: OtherCrmReaderDeps, crm: CrmName): string =>
  crms.find(({ name }) => name === crm)?.label ?? crm;

const nameOf = (deps: OtherCrmReaderDeps, { crm, name, portalId }: Installation): InstallationName => ({
  crm: labelOf(deps, crm),
  name,
  portalId,
});

async function requestInput(
  deps: OtherCrmReaderDeps,
  asking: Asking,
): Promise<OtherCrmInput['requests'][number]> {
  const { crm, joining } = asking;
  const { settings } = await deps.workspace(joining.from);
  const roles = Object.entries(settings.roles).filter(([user]) => user.startsWith(`${crm}:`));
  const admins = roles.filter(([, role]) => role === 'admin').length;
  return {
    ...nameOf(deps, asking),
    requestId: joining.id,
    askedBy: await personIn(deps, asking),
    askedAt: joining.askedAt,
    admins,
    others: roles.length - admins,
    begun: deps.hasMoved(asking),
  };
}

/** The page works without that CRM: whoever asked is then known by their id. */
async function personIn({ users }: OtherCrmReaderDeps, asking: Asking): Promise<string> {
  const { askedBy } = asking.joining;
  const person = (await users(asking).catch(() => [])).find(({ id }) => id === askedBy);
  return person?.name ?? person?.email ?? `user ${askedBy}`;
}

async function askedInput(
  deps: OtherCrmReaderDeps,
  installation: Installation,
): Promise<OtherCrmInput['asked']> {
  if (!deps.isWaiting(installation)) return null;
  const { workspaceId, askedAt } = installation.joining;
  const workspace = titleOf(await deps.workspace(workspaceId));
  return { workspace, askedAt, begun: deps.hasMoved(installation) };
}

/** The name its payers know comes first: a workspace may be called by no more than an id of its CRM. */
const titleOf = ({ name, settings }: Workspace): string =>
  name.includes(settings.brand.name) ? name : `${settings.brand.name} (${name})`;

async function declinedInput(
  deps: OtherCrmReaderDeps,
  { joining }: Installation,
): Promise<OtherCrmInput['declined']> {
  if (joining?.ended?.how !== 'declined') return null;
  if (deps.now().getTime() - Date.parse(joining.ended.at) > TOLD_MS) return null;
  return { workspace: titleOf(await deps.workspace(joining.workspaceId)), at: joining.ended.at };
}
