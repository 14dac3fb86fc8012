// CRM tokens: refreshed ahead of expiry by one caller at a time, saved before use, erased when the CRM ends it.
import type { Clock } from '../clock.ts';
import { ConnectorError, reauthRequired } from '../errors.ts';
import type { Crm, CrmConnection, Tokens } from '../crms/crm.ts';
import type { Log } from '../log.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { Store } from '../store/store.ts';
import type { Directory } from './directory.ts';
import type { Installation } from './workspace.ts';

/** A token this close to its end is renewed before it is used. */
const AHEAD_MS = 5 * 60_000;

export type TokenDeps = {
  store: Store;
  clock: Clock;
  log: Log;
  secrets: Secrets;
  directory: Directory;
  crmOf: (name: Installation['crm']) => Crm;
};

export type ConnectionFor = (installationId: string) => Promise<CrmConnection>;

const place = (installation: Pick<Installation, 'workspaceId' | 'id'>, column: string) => ({
  workspaceId: installation.workspaceId,
  column: `${installation.id}.${column}`,
});

export const sealTokens = (
  secrets: Secrets,
  owner: Pick<Installation, 'workspaceId' | 'id'>,
  tokens: Tokens,
) => ({
  access: secrets.seal(tokens.access, place(owner, 'access')),
  refresh: secrets.seal(tokens.refresh, place(owner, 'refresh')),
  expiresAt: tokens.expiresAt,
});

/** Throws `reauth_required` for an installation that has ended. */
export function createConnectionFor(deps: TokenDeps): ConnectionFor {
  const refreshing = new Map<string, Promise<string>>();
  return async (installationId) => {
    const installation = await deps.directory.installation(installationId);
    if (!installation?.tokens) throw reauthRequired({ context: { installation: installationId } });
    const base = { installationId, portalId: installation.portalId };
    const isFresh = Date.parse(installation.tokens.expiresAt) - deps.clock.now().getTime() > AHEAD_MS;
    if (isFresh)
      return {
        ...base,
        accessToken: deps.secrets.open(installation.tokens.access, place(installation, 'access')),
      };
    const running =
      refreshing.get(installationId) ??
      renew(deps, installation).finally(() => refreshing.delete(installationId));
    refreshing.set(installationId, running);
    return { ...base, accessToken: await running };
  };
}

async function renew(deps: TokenDeps, installation: Installation): Promise<string> {
  const { tokens } = installation;
  if (!tokens) throw reauthRequired({ context: { installation: installation.id } });
  try {
    const next = await deps
      .crmOf(installation.crm)
      .refresh(deps.secrets.open(tokens.refresh, place(installation, 'refresh')));
    await deps.store.saveInstallation({
      ...installation,
      tokens: sealTokens(deps.secrets, installation, next),
    });
    return next.access;
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'reauth_required')
      await endInstallation(deps, installation);
    throw error;
  }
}

/** The CRM refuses us for good: calls stop and what could be decrypted is erased. */
export async function endInstallation(
  deps: Pick<TokenDeps, 'store' | 'log'>,
  installation: Installation,
): Promise<void> {
  await deps.store.saveInstallation({ ...installation, tokens: null, state: 'uninstalled' });
  deps.log.warn('an installation has ended', { installation: installation.id });
}
