// Installs a CRM: tokens in, a workspace and an installation out, our fields in the portal; nothing half-done.
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { ConnectorError } from '../errors.ts';
import type { Crm, CrmConnection, Grant, PortalDetails } from '../crms/crm.ts';
import type { Log } from '../log.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { Renewal } from '../reconcile/renew.ts';
import type { AuditRow, Store } from '../store/store.ts';
import { beginAuthorization, finishAuthorization, type Begun } from './authorize.ts';
import { newCardToken } from './card-tokens.ts';
import type { Directory } from './directory.ts';
import { dayWork, renewWork, saveAndLeave } from './leave-renewal.ts';
import { sealTokens } from './tokens.ts';
import type { Installation, Workspace } from './workspace.ts';

export type InstallDeps = {
  store: Store;
  clock: Clock;
  log: Log;
  secrets: Secrets;
  directory: Directory;
  crm: Crm;
  schemaVersion: number;
};

export type RefusedInstall = {
  ok: false;
  /** `unavailable`: the CRM did not answer; `refused`: it said no after the consent; `not_ready`: see `message`. */
  reason:
    'denied' | 'unknown' | 'expired' | 'other_browser' | 'scopes' | 'unavailable' | 'refused' | 'not_ready';
  /** What to do, where that differs from case to case. */
  message?: string;
  missing?: string[];
};

export type InstallOutcome =
  { ok: true; workspace: Workspace; installation: Installation; userId: string } | RefusedInstall;

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
  try {
    const grant = await deps.crm.exchange(returned.code, flow.verifier);
    return await deps.store.lock(`portal:${grant.portalId}`, () => take(deps, grant));
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    deps.log.error('an install was not finished', error, { vendor: deps.crm.name });
    return refusedBy(error);
  }
}

function refusedBy({ code, retry, publicMessage }: ConnectorError): RefusedInstall {
  if (code === 'crm_not_ready') return { ok: false, reason: 'not_ready', message: publicMessage };
  return { ok: false, reason: retry === 'later' ? 'unavailable' : 'refused' };
}

async function take(deps: InstallDeps, grant: Grant): Promise<InstallOutcome> {
  const known = await deps.directory.installationByPortal(deps.crm.name, grant.portalId);
  const missing = deps.crm.requiredScopes.filter((scope) => !grant.scopes.includes(scope));
  if (missing.length > 0) {
    await giveBack(deps, grant, known);
    return { ok: false, reason: 'scopes', missing };
  }
  try {
    return { ok: true, userId: grant.userId, ...(await keep(deps, grant, known)) };
  } catch (error) {
    await giveBack(deps, grant, known);
    throw error;
  }
}

/** An installation that works already keeps working: revoking one of its tokens may take the others along. */
async function giveBack(deps: InstallDeps, grant: Grant, known: Installation | undefined): Promise<void> {
  if (known?.tokens) return;
  await deps.crm.revoke(grant.tokens.refresh, grant.tokens.apiBase).catch((error: unknown) => {
    deps.log.error('unused tokens could not be given back', error, { vendor: deps.crm.name });
  });
}

async function keep(
  deps: InstallDeps,
  grant: Grant,
  known: Installation | undefined,
): Promise<{ workspace: Workspace; installation: Installation }> {
  const id = known?.id ?? `inst_${randomUUID().replaceAll('-', '').slice(0, 20)}`;
  const { portalId, tokens } = grant;
  const address = tokens.apiBase ? { apiBase: tokens.apiBase } : {};
  const accessToken = tokens.access;
  const connection = { installationId: id, crm: deps.crm.name, portalId, accessToken, ...address };
  const portal = await deps.crm.details(connection);
  const { capabilities } = await deps.crm.provision(connection);
  const workspaceId = known?.workspaceId ?? `ws_${randomUUID().replaceAll('-', '').slice(0, 20)}`;
  const installation: Installation = {
    id,
    workspaceId,
    crm: deps.crm.name,
    portalId,
    ...address,
    ...(await handOverToken(deps.crm, connection)),
    ...portal,
    scopes: grant.scopes,
    tokens: sealTokens(deps.secrets, { id, workspaceId }, tokens),
    state: 'installed',
    schemaVersion: deps.schemaVersion,
    capabilities,
    installedBy: grant.userId,
    installedAt: deps.clock.now().toISOString(),
    ...wishOf(known),
  };
  const workspace = await deps.store.lock(`workspace:${workspaceId}`, async () => {
    const saved = withAdmin(
      known ? await deps.directory.workspace(workspaceId) : newWorkspace(deps, workspaceId, portal),
      `${deps.crm.name}:${grant.userId}`,
    );
    await deps.store.saveWorkspace(saved);
    if (!known) await deps.store.addWork([{ ...dayWork(workspaceId), nextAt: installation.installedAt }]);
    return saved;
  });
  const renewal = known ? renewalOf(known, installation) : null;
  const work = renewal ? [renewWork(workspaceId, renewal)] : [];
  await saveAndLeave(deps, work, () =>
    deps.store.lock(`installation:${id}`, () => deps.store.saveInstallation(installation)),
  );
  await deps.store.audit(trailOf(installation, known));
  return { workspace, installation };
}

/** A move that has begun is finished all the same; a request of one that was uninstalled meanwhile is over. */
function wishOf(known: Installation | undefined): Pick<Installation, 'joining'> {
  const { joining } = known ?? {};
  if (!joining) return {};
  return known?.state === 'installed' || known?.workspaceId === joining.workspaceId ? { joining } : {};
}

/** A new one with every install, so that installing again ends one that got about. */
async function handOverToken(
  { keepToken }: Crm,
  connection: CrmConnection,
): Promise<Pick<Installation, 'cardTokenHash'>> {
  if (!keepToken) return {};
  const { token, hash } = newCardToken();
  await keepToken(connection, token);
  return { cardTokenHash: hash };
}

/** An install makes an admin, so it is told who that was. */
const trailOf = (
  { id, workspaceId, crm, portalId, installedBy, installedAt }: Installation,
  before: Installation | undefined,
): AuditRow => ({
  workspaceId,
  at: installedAt,
  actor: `${crm}:${installedBy}`,
  action: 'install',
  operationId: null,
  record: null,
  before: before ? { installation: before.id, state: before.state } : null,
  after: { installation: id, portalId, role: 'admin' },
});

/** Whoever may install an app in the CRM may also say who does what. */
const withAdmin = (workspace: Workspace, user: string): Workspace => ({
  ...workspace,
  settings: { ...workspace.settings, roles: { ...workspace.settings.roles, [user]: 'admin' } },
});

const newWorkspace = (deps: InstallDeps, id: string, portal: PortalDetails): Workspace => ({
  id,
  name: portal.name,
  createdAt: deps.clock.now().toISOString(),
  settings: {
    timeZone: portal.timeZone,
    brand: { name: portal.name, logoUrl: null, color: '#33475b' },
    roles: {},
    payPage: 'embedded',
    linkOnRecord: false,
  },
});

/** What a portal that installs again has to be told although nothing happened at the gateway; null for nothing. */
function renewalOf(known: Installation, now: Installation): Renewal | null {
  const isSame = (['currency', 'schemaVersion', 'testPortal'] as const).every(
    (name) => known[name] === now[name],
  );
  const wasAway = known.state !== 'installed';
  // Payers who came meanwhile, and whom another CRM knew, wait for nobody to look for them here.
  if (wasAway || !isSame) return { again: 'everything', installationId: now.id, anew: true, match: wasAway };
  const gains = (name: keyof Installation['capabilities']): boolean =>
    now.capabilities[name] && !known.capabilities[name];
  return gains('mirrorInvoices') || gains('commercePayments')
    ? { again: 'copies', installationId: now.id, anew: true }
    : null;
}
