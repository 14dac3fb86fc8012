// Puts the settings page's view together: the store, and for admins who works in the CRM.
import type { Actor } from '../billing/operation.ts';
import type { CrmUser } from '../crms/crm.ts';
import type { Store } from '../store/store.ts';
import type { OtherCrmInput } from '../views/other-crm-view.ts';
import type { SettingsView } from '../views/settings-schema.ts';
import { settingsView, type AdminInput, type SettingsInput } from '../views/settings-view.ts';
import type { GatewayAccount, Installation, Role, Workspace } from '../workspaces/workspace.ts';

export type SettingsReaderDeps = {
  store: Store;
  workspace: (id: string) => Promise<Workspace>;
  accountsOf: (workspaceId: string) => Promise<GatewayAccount[]>;
  currentAccount: (workspaceId: string) => Promise<GatewayAccount | undefined>;
  /** Whether money of this account is written to this installation; if not, it is in test mode. */
  writesBack: (account: GatewayAccount, installation: Installation) => boolean;
  users: (installation: Installation) => Promise<CrmUser[]>;
  crmOf: (installation: Installation) => { label: string; optionalScopes: readonly string[] };
  otherCrm: (actor: Actor) => Promise<OtherCrmInput>;
  /** A signed address of the connect page for an admin. */
  connectUrl: (workspaceId: string, userId: string) => string;
};

export const createSettingsReader =
  (deps: SettingsReaderDeps) =>
  async (actor: Actor): Promise<SettingsView> => {
    const { installation, role } = actor;
    const [workspace, accounts, current] = await Promise.all([
      deps.workspace(actor.workspace.id),
      deps.accountsOf(actor.workspace.id),
      deps.currentAccount(actor.workspace.id),
    ]);
    return settingsView({
      role,
      crm: deps.crmOf(installation).label,
      settings: workspace.settings,
      accounts: accounts.map(accountInput),
      current: current
        ? { livemode: current.livemode, writesBack: deps.writesBack(current, installation) }
        : null,
      admin: role === 'admin' ? await adminInput(deps, actor, workspace) : null,
    });
  };

const accountInput = (account: GatewayAccount): SettingsInput['accounts'][number] => ({
  id: account.id,
  name: account.name,
  livemode: account.livemode,
  connected: account.state !== 'disconnected',
  importing: account.state === 'importing' ? (account.importing ?? { done: 0, total: null }) : null,
  connectedAt: account.connectedAt,
  verifiedAt: account.verifiedAt,
});

/** As many as a person looks at one by one. */
const NAMED_EDITS = 10;

async function adminInput(deps: SettingsReaderDeps, actor: Actor, workspace: Workspace): Promise<AdminInput> {
  const { installation, userId } = actor;
  const [letters, keptEdits, otherCrm, users] = await Promise.all([
    deps.store.deadLetters(workspace.id),
    deps.store.keptEdits(workspace.id, installation.id, NAMED_EDITS),
    deps.otherCrm(actor),
    // The page works without the CRM's list: roles can be given by user id.
    deps.users(installation).catch(() => null),
  ]);
  return {
    userId,
    people: peopleOf(workspace, installation.crm, users ?? []),
    peopleKnown: users !== null,
    connectUrl: deps.connectUrl(workspace.id, userId),
    installation: {
      portalId: installation.portalId,
      installedAt: installation.installedAt,
      missingScopes: deps
        .crmOf(installation)
        .optionalScopes.filter((scope) => !installation.scopes.includes(scope)),
      mirrorsInvoices: installation.capabilities.mirrorInvoices,
    },
    otherCrm,
    givenUp: letters,
    keptEdits,
  };
}

function peopleOf(workspace: Workspace, crm: Installation['crm'], users: CrmUser[]): AdminInput['people'] {
  const roles = new Map<string, Role>(
    Object.entries(workspace.settings.roles).flatMap(([key, role]) => {
      const [name, userId = ''] = key.split(':');
      return name === crm ? [[userId, role] as const] : [];
    }),
  );
  const known = new Set(users.map(({ id }) => id));
  const strangers = [...roles.keys()].filter((userId) => !known.has(userId));
  return [...users, ...strangers.map((id) => ({ id, name: null, email: null }))].map(
    ({ id, name, email }) => ({
      userId: id,
      name,
      email,
      role: roles.get(id) ?? 'viewer',
    }),
  );
}
