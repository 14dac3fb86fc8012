// CRM tokens: refreshed ahead of expiry by one caller at a time, saved before use, erased when the CRM ends it.
import { isWithin, type Clock, type Span } from '../clock.ts';
import { ConnectorError, reauthRequired } from '../errors.ts';
import type { Crm, CrmConnection, Tokens } from '../crms/crm.ts';
import type { Log } from '../log.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { Store } from '../store/store.ts';
import type { Directory } from './directory.ts';
import { insist } from './insist.ts';
import type { Installation } from './workspace.ts';

/** A token this close to its end is renewed before it is used. */
const AHEAD_MS = 5 * 60_000;
/** A token that is refused so soon after it was given is not renewed again. */
const AGAIN_MS = 20_000;

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

/** null for an installation that has none any more. */
export const refreshTokenOf = (secrets: Secrets, { id, workspaceId, tokens }: Installation): string | null =>
  tokens && secrets.open(tokens.refresh, place({ id, workspaceId }, 'refresh'));

/** The tokens of an installation as another workspace keeps them: opened as what they are now, and sealed anew. */
export function resealTokens(
  secrets: Secrets,
  { id, workspaceId, tokens }: Installation,
  newWorkspaceId: string,
): Installation['tokens'] {
  if (!tokens) return null;
  const owner = { id, workspaceId };
  const access = secrets.open(tokens.access, place(owner, 'access'));
  const refresh = secrets.open(tokens.refresh, place(owner, 'refresh'));
  const { expiresAt } = tokens;
  return sealTokens(secrets, { id, workspaceId: newWorkspaceId }, { access, refresh, expiresAt });
}

type Live = Installation & { tokens: NonNullable<Installation['tokens']> };

export function createTokens(deps: TokenDeps): CrmTokens {
  const refreshing = new Map<string, Promise<Live>>();
  const justRenewed = new Map<string, Span>();
  const isFresh = ({ tokens }: Live): boolean =>
    Date.parse(tokens.expiresAt) - deps.clock.now().getTime() > AHEAD_MS;
  /**
   * One process at a time: a refresh token that is used twice may end them all. The stored one is read again once it is our
   * turn, as whoever was before us may have brought a newer one.
   */
  const renewed = (id: string, isGood: (now: Live) => boolean): Promise<Live> =>
    deps.store.lock(`installation:${id}`, async () => {
      const installation = await live(deps, id);
      if (isGood(installation)) return installation;
      const next = await renew(deps, installation);
      const from = deps.clock.now().getTime();
      justRenewed.set(id, { from, until: from + AGAIN_MS });
      return next;
    });
  const renewUnless = (id: string, isGood: (now: Live) => boolean): Promise<Live> => {
    const running = refreshing.get(id) ?? renewed(id, isGood).finally(() => refreshing.delete(id));
    refreshing.set(id, running);
    return running;
  };
  const connected = (installation: Live): CrmConnection => {
    const { id, crm, portalId, apiBase } = installation;
    const accessToken = accessOf(deps, installation);
    return { installationId: id, crm, portalId, accessToken, ...(apiBase ? { apiBase } : {}) };
  };
  return {
    async connectionFor(id) {
      const installation = await live(deps, id);
      return connected(isFresh(installation) ? installation : await renewUnless(id, isFresh));
    },
    async renewed({ installationId: id, accessToken }) {
      const isNewer = (now: Live): boolean => accessOf(deps, now) !== accessToken;
      const installation = await live(deps, id);
      if (isNewer(installation)) return connected(installation);
      // Refused right after it was given, a token says that the next one would be as well.
      if (isWithin(justRenewed.get(id), deps.clock.now().getTime()))
        throw reauthRequired({ context: { installation: id } });
      return connected(await renewUnless(id, isNewer));
    },
  };
}

const accessOf = ({ secrets }: Pick<TokenDeps, 'secrets'>, { tokens, ...owner }: Live): string =>
  secrets.open(tokens.access, place(owner, 'access'));

async function live({ directory }: Pick<TokenDeps, 'directory'>, id: string): Promise<Live> {
  const installation = await directory.installation(id);
  if (!installation?.tokens) throw reauthRequired({ context: { installation: id } });
  return { ...installation, tokens: installation.tokens };
}

/** Only for who holds the installation's lock. The new token is kept before the lock is free. */
async function renew(deps: TokenDeps, used: Live): Promise<Live> {
  const token = deps.secrets.open(used.tokens.refresh, place(used, 'refresh'));
  try {
    const next = await deps.crmOf(used.crm).refresh(token, used.apiBase);
    return await insist(() => keep(deps, used, next));
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'reauth_required') await end(deps, used);
    throw error;
  }
}

/** Whoever installed again meanwhile brought newer tokens: those stay. */
async function keep(deps: TokenDeps, used: Live, next: Tokens): Promise<Live> {
  const current = await live(deps, used.id);
  if (current.tokens.refresh !== used.tokens.refresh) return current;
  const { apiBase = current.apiBase } = next;
  const tokens = sealTokens(deps.secrets, current, next);
  const renewed = { ...current, tokens, ...(apiBase ? { apiBase } : {}) };
  await deps.store.saveInstallation(renewed);
  return renewed;
}

/** The CRM refuses us for good: calls stop and what could be decrypted is erased. Links, queue and settings stay. */
async function end(deps: TokenDeps, used: Live): Promise<void> {
  const current = await deps.directory.installation(used.id);
  if (!current || current.tokens?.refresh !== used.tokens.refresh) return;
  const { cardTokenHash: _ended, ...kept } = current;
  await deps.store.saveInstallation({ ...kept, tokens: null, state: 'uninstalled' });
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
}
