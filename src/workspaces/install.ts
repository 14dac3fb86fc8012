// Installs a CRM: tokens in, a workspace and an installation out, our fields in the portal; nothing half-done.
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Crm, Grant, PortalDetails } from '../crms/crm.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { Store } from '../store/store.ts';
import { beginAuthorization, finishAuthorization, type Begun } from './authorize.ts';
import type { Directory } from './directory.ts';
import { sealTokens } from './tokens.ts';
import type { Installation, Workspace } from './workspace.ts';

export type InstallDeps = {
  store: Store;
  clock: Clock;
  secrets: Secrets;
  directory: Directory;
  crm: Crm;
  schemaVersion: number;
};

export type InstallOutcome =
  | { ok: true; workspace: Workspace; installation: Installation; userId: string }
  | { ok: false; reason: 'denied' | 'unknown' | 'expired' | 'other_browser' | 'scopes'; missing?: string[] };

export type InstallReturn = {
  code?: string | undefined;
  state?: string | undefined;
  error?: string | undefined;
  browser?: string | undefined;
};

export const beginInstall = (deps: InstallDeps): Promise<Begun> =>
  beginAuthorization(deps, deps.crm.name, (state, challenge) => deps.crm.authorizeUrl(state, challenge));

export async function finishInstall(deps: InstallDeps, returned: InstallReturn): Promise<InstallOutcome> {
  const flow = await finishAuthorization(deps, deps.crm.name, returned.state ?? '', returned.browser);
  if (!flow.ok) return flow;
  if (returned.error || !returned.code) return { ok: false, reason: 'denied' };
  const grant = await deps.crm.exchange(returned.code, flow.verifier);
  const missing = deps.crm.requiredScopes.filter((scope) => !grant.scopes.includes(scope));
  if (missing.length > 0) {
    await deps.crm.revoke(grant.tokens.refresh);
    return { ok: false, reason: 'scopes', missing };
  }
  return { ok: true, userId: grant.userId, ...(await keep(deps, grant)) };
}

async function keep(
  deps: InstallDeps,
  grant: Grant,
): Promise<{ workspace: Workspace; installation: Installation }> {
  const known = await deps.directory.installationByPortal(deps.crm.name, grant.portalId);
  const id = known?.id ?? `inst_${randomUUID().replaceAll('-', '').slice(0, 20)}`;
  const connection = { installationId: id, portalId: grant.portalId, accessToken: grant.tokens.access };
  const portal = await deps.crm.details(connection);
  const { capabilities } = await deps.crm.provision(connection);
  const workspace = known ? await deps.directory.workspace(known.workspaceId) : newWorkspace(deps, portal);
  const admin = `${deps.crm.name}:${grant.userId}`;
  const roles = { ...workspace.settings.roles, [admin]: 'admin' as const };
  const saved: Workspace = { ...workspace, settings: { ...workspace.settings, roles } };
  const installation: Installation = {
    id,
    workspaceId: workspace.id,
    crm: deps.crm.name,
    portalId: grant.portalId,
    ...portal,
    scopes: grant.scopes,
    tokens: sealTokens(deps.secrets, { id, workspaceId: workspace.id }, grant.tokens),
    state: 'installed',
    schemaVersion: deps.schemaVersion,
    capabilities,
    installedBy: grant.userId,
    installedAt: deps.clock.now().toISOString(),
  };
  await deps.store.saveWorkspace(saved);
  await deps.store.saveInstallation(installation);
  return { workspace: saved, installation };
}

function newWorkspace(deps: InstallDeps, portal: PortalDetails): Workspace {
  return {
    id: `ws_${randomUUID().replaceAll('-', '').slice(0, 20)}`,
    name: portal.name,
    createdAt: deps.clock.now().toISOString(),
    settings: {
      timeZone: portal.timeZone,
      brand: { name: portal.name, logoUrl: null, color: '#33475b' },
      roles: {},
      payPage: 'embedded',
      linkOnRecord: false,
    },
  };
}
