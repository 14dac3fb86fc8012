// What of a tenant's connections a backup brings back: never a token that works once and may have been used since.
import type { Secrets } from '../secrets/secrets.ts';
import { openCredentials } from './account-access.ts';
import { resealTokens } from './tokens.ts';
import type { GatewayAccount, Installation } from './workspace.ts';

export type RestoredDeps = {
  secrets: Secrets;
  /** Whether a CRM's refresh tokens are good once. */
  rotates: (crm: Installation['crm']) => boolean;
};

/**
 * It goes on with its workspace, its links and what waits once an admin installs again.
 * @throws config_invalid where its secrets were sealed with keys that are not there
 */
export function restoredInstallation(deps: RestoredDeps, installation: Installation): Installation {
  if (!installation.tokens) return installation;
  resealTokens(deps.secrets, installation, installation.workspaceId);
  return deps.rotates(installation.crm) ? { ...installation, tokens: null, state: 'reauth' } : installation;
}

/** A key works as before; a consent is given again. @throws config_invalid as above */
export function restoredAccount({ secrets }: RestoredDeps, account: GatewayAccount): GatewayAccount {
  return openCredentials(secrets, account)?.kind === 'oauth'
    ? { ...account, credentials: null, state: 'disconnected' }
    : account;
}
