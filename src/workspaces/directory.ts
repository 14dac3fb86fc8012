// Looks tenants up: workspaces, gateway accounts and installations by what the outside world calls them.
import { notFound } from '../errors.ts';
import type { Store } from '../store/store.ts';
import type { GatewayAccount, Installation, Role, Workspace } from './workspace.ts';

export type Directory = {
  /** Throws `not_found`. */
  workspace(id: string): Promise<Workspace>;
  account(id: string): Promise<GatewayAccount | undefined>;
  accountsOf(workspaceId: string): Promise<GatewayAccount[]>;
  installation(id: string): Promise<Installation | undefined>;
  installationsOf(workspaceId: string): Promise<Installation[]>;
  installationByPortal(crm: Installation['crm'], portalId: string): Promise<Installation | undefined>;
  /** The account a rep's actions go to: the newest, also while it is refused, as no other one may take its place unasked. */
  currentAccount(workspaceId: string): Promise<GatewayAccount | undefined>;
};

export function createDirectory(store: Store): Directory {
  return {
    async workspace(id) {
      const found = (await store.workspaces()).find((workspace) => workspace.id === id);
      if (!found) throw notFound({ context: { workspace: id } });
      return found;
    },
    account: async (id) => (await store.accounts()).find((account) => account.id === id),
    accountsOf: async (workspaceId) =>
      (await store.accounts()).filter((account) => account.workspaceId === workspaceId),
    installation: async (id) => (await store.installations()).find((installation) => installation.id === id),
    installationsOf: async (workspaceId) =>
      (await store.installations()).filter((installation) => installation.workspaceId === workspaceId),
    installationByPortal: async (crm, portalId) =>
      (await store.installations()).find((one) => one.crm === crm && one.portalId === portalId),
    async currentAccount(workspaceId) {
      const accounts = (await store.accounts()).filter((one) => one.workspaceId === workspaceId);
      return accounts.sort((a, b) => (a.connectedAt < b.connectedAt ? 1 : -1))[0];
    },
  };
}

/** Unknown users are viewers. */
export const roleOf = (workspace: Workspace, crm: Installation['crm'], userId: string): Role =>
  workspace.settings.roles[`${crm}:${userId}`] ?? 'viewer';

/** The CRM of somebody who has a role: user ids of one CRM look unlike those of another. */
export function crmOfUser({ settings }: Workspace, userId: string): Installation['crm'] | null {
  const names = Object.keys(settings.roles).map((key) => key.split(':'));
  const [crm] = names.find(([, id]) => id === userId) ?? [];
  return crm === 'hubspot' || crm === 'salesforce' ? crm : null;
}

/** Test money is never written to a portal that people do business in. */
export const writesBack = (account: GatewayAccount, installation: Installation): boolean =>
  account.livemode || installation.testPortal;
