// CRM tokens: refreshed ahead of expiry by one caller at a time, saved before use, erased when the CRM ends it.
import type { Clock } from '../clock.ts';
import { ConnectorError, reauthRequired } from '../errors.ts';
import type { Crm, CrmConnection, Tokens } from '../crms/crm.ts';
import type { Log } from '../log.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { Store } from '../store/store.ts';
import type { Directory } from './directory.ts';
import { inTurn } from '../in-turn.ts';
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

export type CrmTokens = {
  /** Throws `reauth_required` for an installation that has ended. */
  connectionFor: ConnectionFor;
  /** A token for a connection whose token the CRM refused; throws `reauth_required` when there is none any more. */
  renewed: (refused: CrmConnection) => Promise<CrmConnection>;
};

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

type Live = Installation & { tokens: NonNullable<Installation['tokens']> };

export function createTokens(deps: TokenDeps): CrmTokens {
  const refreshing = new Map<string, Promise<string>>();
  const accessOf = ({ tokens, ...owner }: Live): string =>
    deps.secrets.open(tokens.access, place(owner, 'access'));
  const renewOnce = (installation: Live): Promise<string> => {
    const { id } = installation;
    const running = refreshing.get(id) ?? renew(deps, installation).finally(() => refreshing.delete(id));
    refreshing.set(id, running);
    return running;
  };
  const connected = ({ id, portalId }: Live, accessToken: string): CrmConnection => ({
    installationId: id,
    portalId,
    accessToken,
  });
  return {
    async connectionFor(id) {
      const installation = await live(deps, id);
      const isFresh = Date.parse(installation.tokens.expiresAt) - deps.clock.now().getTime() > AHEAD_MS;
      return connected(installation, isFresh ? accessOf(installation) : await renewOnce(installation));
    },
    async renewed({ installationId, accessToken }) {
      const installation = await live(deps, installationId);
      const known = accessOf(installation);
      return connected(installation, known === accessToken ? await renewOnce(installation) : known);
    },
  };
}

async function live({ directory }: Pick<TokenDeps, 'directory'>, id: string): Promise<Live> {
  const installation = await directory.installation(id);
  if (!installation?.tokens) throw reauthRequired({ context: { installation: id } });
  return { ...installation, tokens: installation.tokens };
}

async function renew(deps: TokenDeps, installation: Live): Promise<string> {
  const token = deps.secrets.open(installation.tokens.refresh, place(installation, 'refresh'));
  try {
    return await keep(deps, installation, await deps.crmOf(installation.crm).refresh(token));
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'reauth_required') await end(deps, installation);
    throw error;
  }
}

/** Whoever installed again meanwhile brought newer tokens: those stay. */
const keep = (deps: TokenDeps, used: Live, next: Tokens): Promise<string> =>
  inTurn(deps.store, `installation:${used.id}`, async () => {
    const current = await live(deps, used.id);
    if (current.tokens.refresh === used.tokens.refresh)
      await deps.store.saveInstallation({ ...current, tokens: sealTokens(deps.secrets, current, next) });
    return next.access;
  });

/** The CRM refuses us for good: calls stop and what could be decrypted is erased. Links, queue and settings stay. */
const end = (deps: TokenDeps, used: Live): Promise<void> =>
  inTurn(deps.store, `installation:${used.id}`, async () => {
    const current = await deps.directory.installation(used.id);
    if (!current || current.tokens?.refresh !== used.tokens.refresh) return;
    await deps.store.saveInstallation({ ...current, tokens: null, state: 'uninstalled' });
    await deps.store.audit({
      workspaceId: current.workspaceId,
      at: deps.clock.now().toISOString(),
      actor: current.crm,
      action: 'uninstall',
      operationId: null,
      record: null,
      before: { installation: current.id, state: current.state },
      after: { installation: current.id, state: 'uninstalled' },
    });
    deps.log.warn('an installation has ended', { installation: current.id });
  });
