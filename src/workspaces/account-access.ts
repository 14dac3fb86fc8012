// Gateway accounts ready to be called: opens what is sealed, renews tokens that end, and notices when the gateway refuses us.
import type { Clock } from '../clock.ts';
import { ConnectorError, reauthRequired } from '../errors.ts';
import type { GatewayConnection, GatewayGrant, GatewayOAuth } from '../gateways/gateway.ts';
import type { Instant } from '../ledger/entities.ts';
import type { Log } from '../log.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { Store } from '../store/store.ts';
import type { Directory } from './directory.ts';
import { insist } from './insist.ts';
import type { GatewayAccount, Sealed } from './workspace.ts';

/** What is kept of an account's credentials, sealed. */
export type StoredCredentials =
  | { kind: 'key'; secretKey: string }
  | { kind: 'oauth'; accessToken: string; refreshToken: string; expiresAt: Instant };

export type AccessDeps = {
  store: Store;
  clock: Clock;
  log: Log;
  secrets: Secrets;
  directory: Directory;
  oauth: GatewayOAuth | null;
};

export type AccountAccess = {
  /** @throws reauth_required for an account whose connection has ended */
  connectionFor(account: string): Promise<GatewayConnection>;
  /** For a connection that the gateway refused. @throws reauth_required where only an admin can help */
  renewed(refused: GatewayConnection): Promise<GatewayConnection>;
  /** The gateway took a call: whatever it refused before is over. */
  answered(connection: GatewayConnection): Promise<void>;
  /** Asks whether a consent still holds, and ends the account where it does not. */
  check(account: string): Promise<void>;
  /** When its token ends, in Unix milliseconds; null for a key, which does not. */
  endsAt(account: GatewayAccount): number | null;
};

/** A token this close to its end is renewed before it is used. */
const AHEAD_MS = 5 * 60_000;

type Owner = Pick<GatewayAccount, 'id' | 'workspaceId'>;

const place = ({ id, workspaceId }: Owner) => ({ workspaceId, column: `${id}.credentials` });

export const sealCredentials = (secrets: Secrets, owner: Owner, credentials: StoredCredentials): Sealed =>
  secrets.seal(JSON.stringify(credentials), place(owner));

/** null for an account that has none any more. */
export const openCredentials = (secrets: Secrets, account: GatewayAccount): StoredCredentials | null =>
  account.credentials
    ? (JSON.parse(secrets.open(account.credentials, place(account))) as StoredCredentials)
    : null;

/** The same credentials under the first key of the ring. */
export function resealCredentials(secrets: Secrets, account: GatewayAccount): Sealed | null {
  const credentials = openCredentials(secrets, account);
  return credentials && sealCredentials(secrets, account, credentials);
}

export const connectionOf = (
  { id, livemode }: Pick<GatewayAccount, 'id' | 'livemode'>,
  credentials: StoredCredentials,
): GatewayConnection => ({
  account: id,
  livemode,
  credentials:
    credentials.kind === 'key' ? credentials : { kind: 'oauth', accessToken: credentials.accessToken },
});

export const grantedCredentials = (grant: GatewayGrant): StoredCredentials => ({
  kind: 'oauth',
  accessToken: grant.accessToken,
  refreshToken: grant.refreshToken,
  expiresAt: grant.expiresAt,
});

type Live = { account: GatewayAccount; credentials: StoredCredentials };

export function createAccountAccess(deps: AccessDeps): AccountAccess {
  const renewing = new Map<string, Promise<GatewayConnection>>();
  const renewOnce = (account: GatewayAccount): Promise<GatewayConnection> => {
    const running =
      renewing.get(account.id) ?? renew(deps, account).finally(() => renewing.delete(account.id));
    renewing.set(account.id, running);
    return running;
  };
  return {
    async connectionFor(id) {
      const { account, credentials } = await live(deps, id);
      const isFresh =
        credentials.kind === 'key' ||
        Date.parse(credentials.expiresAt) - deps.clock.now().getTime() > AHEAD_MS;
      return isFresh ? connectionOf(account, credentials) : renewOnce(account);
    },
    async renewed(refused) {
      const { account, credentials } = await live(deps, refused.account);
      const known = connectionOf(account, credentials);
      // Somebody connected the account anew, or renewed its token, while the call was on its way.
      if (JSON.stringify(known) !== JSON.stringify(refused)) return known;
      if (credentials.kind === 'oauth') return renewOnce(account);
      await change(deps, account.id, isConnected, { state: 'disconnected' });
      throw reauthRequired({ context: { account: account.id } });
    },
    async answered({ account: id }) {
      const account = await deps.directory.account(id);
      if (account?.state !== 'disconnected') return;
      const state = account.importing ? 'importing' : 'connected';
      await change(deps, id, (now) => !isConnected(now) && now.credentials === account.credentials, {
        state,
      });
    },
    async check(id) {
      const found = await live(deps, id).catch(() => null);
      if (found?.credentials.kind !== 'oauth') return;
      await renewOnce(found.account).catch((error: unknown) => {
        if (!isEnding(error)) throw error;
      });
    },
    endsAt(account) {
      const credentials = openCredentials(deps.secrets, account);
      return credentials?.kind === 'oauth' ? Date.parse(credentials.expiresAt) : null;
    },
  };
}

const isConnected = ({ state }: GatewayAccount): boolean => state !== 'disconnected';

const isEnding = (error: unknown): boolean =>
  error instanceof ConnectorError && error.code === 'reauth_required';

async function live({ directory, secrets }: AccessDeps, id: string): Promise<Live> {
  const account = await directory.account(id);
  const credentials = account && openCredentials(secrets, account);
  if (!credentials) throw reauthRequired({ context: { account: id } });
  return { account, credentials };
}

/**
 * One process at a time: a token that is renewed twice may end both. It is kept before the lock is free, and before it is
 * used, as one that was lost on the way could not be renewed again.
 */
const renew = (deps: AccessDeps, asked: GatewayAccount): Promise<GatewayConnection> =>
  deps.store.lock(`account:${asked.id}`, async () => {
    const { account, credentials: used } = await live(deps, asked.id);
    // Somebody else has renewed it, or an admin connected again, while we waited.
    if (account.credentials !== asked.credentials || used.kind === 'key') return connectionOf(account, used);
    if (!deps.oauth) throw reauthRequired({ context: { account: account.id } });
    const isSame = (now: GatewayAccount): boolean => now.credentials === account.credentials;
    try {
      const credentials = grantedCredentials(await deps.oauth.refresh(used.refreshToken));
      const sealed = sealCredentials(deps.secrets, account, credentials);
      await insist(() => changeNow(deps, account.id, isSame, { credentials: sealed }));
      return connectionOf(account, credentials);
    } catch (error) {
      if (isEnding(error))
        await changeNow(deps, account.id, isSame, { credentials: null, state: 'disconnected' });
      throw error;
    }
  });

type Change = Partial<Pick<GatewayAccount, 'credentials' | 'state'>>;

/** Changes an account as it is now, unless something else happened to it meanwhile. */
const change = (
  deps: AccessDeps,
  id: string,
  isStill: (now: GatewayAccount) => boolean,
  to: Change,
): Promise<void> => deps.store.lock(`account:${id}`, () => changeNow(deps, id, isStill, to));

/** Only for who holds the account's lock. */
async function changeNow(
  deps: AccessDeps,
  id: string,
  isStill: (now: GatewayAccount) => boolean,
  to: Change,
): Promise<void> {
  const account = await deps.directory.account(id);
  if (!account || !isStill(account)) return;
  await deps.store.saveAccount({ ...account, ...to });
  if (!to.state || to.state === account.state) return;
  const isOver = to.state === 'disconnected';
  deps.log.warn(isOver ? 'the gateway refuses an account' : 'the gateway takes an account again', {
    account: id,
  });
  await deps.store.audit({
    workspaceId: account.workspaceId,
    at: deps.clock.now().toISOString(),
    actor: account.gateway,
    action: isOver ? 'disconnect' : 'reconnect',
    operationId: null,
    record: null,
    before: { account: id, state: account.state },
    after: { account: id, state: to.state },
  });
}
