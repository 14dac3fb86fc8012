// Connects gateway accounts: checks the keys, registers our webhook door, starts the first sync.
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { reauthRequired } from '../errors.ts';
import type { Gateway, GatewayConnection } from '../gateways/gateway.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { Store } from '../store/store.ts';
import type { Directory } from './directory.ts';
import type { GatewayAccount } from './workspace.ts';

export type AccountDeps = {
  store: Store;
  clock: Clock;
  secrets: Secrets;
  directory: Directory;
  gateway: Gateway;
  publicBaseUrl: string;
  wake: () => void;
};

export type ConnectResult = { ok: true; account: GatewayAccount } | { ok: false; problems: string[] };

const place = (account: Pick<GatewayAccount, 'id' | 'workspaceId'>, column: string) => ({
  workspaceId: account.workspaceId,
  column: `${account.id}.${column}`,
});

/** Connecting the same account and mode again replaces its keys and keeps its ledger. */
export async function connectAccount(
  deps: AccountDeps,
  workspaceId: string,
  keys: { secretKey: string; publishableKey: string },
): Promise<ConnectResult> {
  const checked = await deps.gateway.connect(keys.secretKey, keys.publishableKey);
  if (!checked.ok) return checked;
  const accounts = await deps.directory.accountsOf(workspaceId);
  const { externalId, livemode } = checked.account;
  const known = accounts.find((one) => one.externalId === externalId && one.livemode === livemode);
  const id = known?.id ?? `ga_${randomUUID().replaceAll('-', '').slice(0, 20)}`;
  const connection = {
    account: id,
    livemode,
    credentials: { kind: 'key', secretKey: keys.secretKey },
  } as const;
  if (known?.webhook)
    await deps.gateway.removeWebhook(connection, known.webhook.endpointId).catch(() => undefined);
  const webhook = await deps.gateway.registerWebhook(
    connection,
    `${deps.publicBaseUrl}/webhooks/stripe/${id}`,
  );
  const base = { id, workspaceId };
  const account: GatewayAccount = {
    ...base,
    ...checked.account,
    gateway: 'stripe',
    publishableKey: keys.publishableKey,
    credentials: deps.secrets.seal(JSON.stringify(connection.credentials), place(base, 'credentials')),
    webhook: {
      endpointId: webhook.endpointId,
      secrets: [deps.secrets.seal(webhook.secret, place(base, 'webhook'))],
    },
    connectedAt: deps.clock.now().toISOString(),
    state: 'importing',
    importing: { done: 0, total: null },
    verifiedAt: known?.verifiedAt ?? null,
    taxRates: await deps.gateway.taxRates(connection),
  };
  await deps.store.saveAccount(account);
  await deps.store.addWork([
    {
      workspaceId,
      kind: 'backfill',
      key: id,
      payload: { account: id },
      nextAt: deps.clock.now().toISOString(),
    },
  ]);
  deps.wake();
  return { ok: true, account };
}

/** Secrets that may have signed a delivery to this account's door. */
export const webhookSecrets = (secrets: Secrets, account: GatewayAccount): string[] =>
  (account.webhook?.secrets ?? []).map((sealed) => secrets.open(sealed, place(account, 'webhook')));

export type AccountConnection = (account: string) => Promise<GatewayConnection>;

export const createAccountConnection =
  (deps: Pick<AccountDeps, 'directory' | 'secrets'>): AccountConnection =>
  async (id) => {
    const account = await deps.directory.account(id);
    if (!account?.credentials) throw reauthRequired({ context: { account: id } });
    const credentials = JSON.parse(
      deps.secrets.open(account.credentials, place(account, 'credentials')),
    ) as GatewayConnection['credentials'];
    return { account: id, livemode: account.livemode, credentials };
  };

/** Keeps how far the first sync is, where cards and the connect page read it. */
export const createProgress =
  (deps: Pick<AccountDeps, 'store' | 'directory' | 'clock'>) =>
  async (id: string, done: number, finished: boolean): Promise<void> => {
    const account = await deps.directory.account(id);
    if (!account || account.state === 'disconnected') return;
    const change = finished
      ? { state: 'connected' as const, importing: null, verifiedAt: deps.clock.now().toISOString() }
      : { importing: { done, total: null } };
    await deps.store.saveAccount({ ...account, ...change });
  };
