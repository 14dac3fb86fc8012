// Moves an account's webhook endpoint to the pinned API version, or to a new secret: create, overlap, retire.
import type { Clock } from '../clock.ts';
import { asConnectorError } from '../errors.ts';
import type { Gateway, GatewayConnection, WebhookEndpoint } from '../gateways/gateway.ts';
import type { Instant } from '../ledger/entities.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { Store } from '../store/store.ts';
import { sealWebhook, webhookAddress } from './accounts.ts';
import type { Directory } from './directory.ts';
import type { GatewayAccount } from './workspace.ts';

export type MoveDeps = {
  store: Store;
  clock: Clock;
  secrets: Secrets;
  directory: Directory;
  gateway: Pick<Gateway, 'apiVersion' | 'webhooks' | 'registerWebhook' | 'renewWebhook' | 'removeWebhook'>;
  accountConnection: (account: string) => Promise<GatewayConnection>;
  publicBaseUrl: string;
};

export type MoveWish = {
  /** null for all. */
  account: string | null;
  /** Only says what would be done. */
  isDry: boolean;
  /** Retires what overlaps since an earlier run, however short that is. */
  retire: boolean;
  /** Moves also where the version is right: the new endpoint signs with a new secret. */
  newSecret: boolean;
  overlapMs: number;
};

export type Move = {
  account: string;
  workspaceId: string;
  /**
   * `app`: heard at the address of our app, which has one endpoint of the operator; `overlapping`: the old and the new one
   * both tell, until the old one is retired.
   */
  state: 'current' | 'due' | 'overlapping' | 'moved' | 'app' | 'failed';
  /** Of the endpoint that counts before this run; null where it is gone or follows the account. */
  version: string | null;
  overlapsSince: Instant | null;
  problem: string | null;
};

/** One account after the other; trouble with one leaves the others be. @returns nothing where nobody has the wished account */
export const createMoveEndpoints =
  (deps: MoveDeps) =>
  async (wish: MoveWish): Promise<Move[]> => {
    const moves: Move[] = [];
    for (const account of await deps.store.accounts()) {
      if (wish.account !== null && wish.account !== account.id) continue;
      moves.push(await tried(deps, wish, account));
    }
    return moves;
  };

async function tried(deps: MoveDeps, wish: MoveWish, account: GatewayAccount): Promise<Move> {
  try {
    // The lock of connecting: whoever connects an account anew makes an endpoint as well.
    return await deps.store.lock(`accounts:${account.workspaceId}`, () => move(deps, wish, account));
  } catch (error) {
    return { ...moveOf(account, 'failed', null), problem: asConnectorError(error).publicMessage };
  }
}

const moveOf = (
  { id, workspaceId, webhook }: GatewayAccount,
  state: Move['state'],
  version: string | null,
): Move => ({
  account: id,
  workspaceId,
  state,
  version,
  overlapsSince: webhook?.retiring?.since ?? null,
  problem: null,
});

type Live = GatewayAccount & { webhook: NonNullable<GatewayAccount['webhook']> };

type Place = { account: Live; connection: GatewayConnection; found: WebhookEndpoint[] };

async function move(deps: MoveDeps, wish: MoveWish, listed: GatewayAccount): Promise<Move> {
  const account = (await deps.directory.account(listed.id)) ?? listed;
  const { webhook } = account;
  if (!webhook) return moveOf(account, 'app', null);
  const connection = await deps.accountConnection(account.id);
  const found = await deps.gateway.webhooks(connection);
  const place = { account: { ...account, webhook }, connection, found };
  const version = found.find(({ id }) => id === webhook.endpointId)?.version ?? null;
  if (webhook.retiring) return goOn(deps, wish, place, version);
  if (!wish.isDry) await removeStrays(deps, place);
  if (version === deps.gateway.apiVersion && !wish.newSecret) return moveOf(account, 'current', version);
  if (wish.isDry) return moveOf(account, 'due', version);
  return moveOf(await begin(deps, place), 'overlapping', version);
}

/** Left by a run that was killed before the secret was kept: nobody can verify what they tell. */
async function removeStrays({ gateway, publicBaseUrl }: MoveDeps, place: Place): Promise<void> {
  const { account, connection, found } = place;
  const ours = webhookAddress(publicBaseUrl, account);
  for (const { id, url } of found)
    if (url === ours && id !== account.webhook.endpointId) await gateway.removeWebhook(connection, id);
}

/** A new endpoint hears of next to nothing until its secret is kept: what it tells before that could not be verified. */
async function begin(deps: MoveDeps, { account, connection }: Place): Promise<GatewayAccount> {
  const { gateway, secrets, clock } = deps;
  const url = webhookAddress(deps.publicBaseUrl, account);
  const { endpointId: old } = account.webhook;
  const { endpointId, secret } = await gateway.registerWebhook(connection, url, 'quiet');
  const moved = await keep(deps, account, {
    endpointId,
    secrets: [sealWebhook(secrets, account, secret), ...account.webhook.secrets.slice(0, 1)],
    retiring: { endpointId: old, since: clock.now().toISOString() },
  });
  await gateway.renewWebhook(connection, endpointId);
  await trail(deps, account, 'move_endpoint', { before: old, after: endpointId });
  return moved;
}

/** Both tell the same events under the same ids, so the overlap costs duplicates and nothing else. */
async function goOn(
  deps: MoveDeps,
  wish: MoveWish,
  { account, connection, found }: Place,
  version: string | null,
): Promise<Move> {
  const { gateway, clock } = deps;
  const { endpointId, secrets, retiring } = account.webhook;
  const still = moveOf(account, 'overlapping', version);
  if (wish.isDry || !retiring) return still;
  const current = found.find(({ id }) => id === endpointId);
  if (!current?.enabled) return { ...still, state: 'failed', problem: NOT_TELLING };
  // A run that was killed may have kept the secret and not have had the endpoint told of everything yet.
  await gateway.renewWebhook(connection, endpointId);
  const isOver = clock.now().getTime() - Date.parse(retiring.since) >= wish.overlapMs;
  if (!isOver && !wish.retire) return still;
  if (found.some(({ id }) => id === retiring.endpointId))
    await gateway.removeWebhook(connection, retiring.endpointId);
  const moved = await keep(deps, account, { endpointId, secrets: secrets.slice(0, 1) });
  await trail(deps, account, 'retire_endpoint', { before: retiring.endpointId, after: endpointId });
  return moveOf(moved, 'moved', version);
}

const NOT_TELLING =
  'The new endpoint is gone or disabled at the gateway: enable it there, or connect the account again.';

/** Everything else of the account is as it is now. */
const keep = (
  { store, directory }: MoveDeps,
  account: Live,
  webhook: Live['webhook'],
): Promise<GatewayAccount> =>
  store.lock(`account:${account.id}`, async () => {
    const moved = { ...((await directory.account(account.id)) ?? account), webhook };
    await store.saveAccount(moved);
    return moved;
  });

const trail = (
  { store, clock }: MoveDeps,
  { id, workspaceId }: GatewayAccount,
  action: 'move_endpoint' | 'retire_endpoint',
  { before, after }: { before: string; after: string },
): Promise<void> =>
  store.audit({
    workspaceId,
    at: clock.now().toISOString(),
    actor: 'operator',
    action,
    operationId: null,
    record: null,
    before: { account: id, endpoint: before },
    after: { account: id, endpoint: after },
  });
