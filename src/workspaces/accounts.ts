// Connects gateway accounts: checks the keys, registers our webhook door, starts the first sync.
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { reauthRequired } from '../errors.ts';
import type { ConnectedAccount, Gateway, GatewayConnection } from '../gateways/gateway.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { Store } from '../store/store.ts';
import type { Directory } from './directory.ts';
import { inTurn } from '../in-turn.ts';
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

export type Keys = { secretKey: string; publishableKey: string };

/** As long as a brand's name may be. */
const MOST_NAME = 80;

const place = (account: Pick<GatewayAccount, 'id' | 'workspaceId'>, column: string) => ({
  workspaceId: account.workspaceId,
  column: `${account.id}.${column}`,
});

/** Connecting the same account and mode again replaces its keys and keeps its ledger. */
export async function connectAccount(
  deps: AccountDeps,
  workspaceId: string,
  keys: Keys,
): Promise<ConnectResult> {
  const checked = await deps.gateway.connect(keys.secretKey, keys.publishableKey);
  if (!checked.ok) return checked;
  const account = await inTurn(deps.store, `accounts:${workspaceId}`, () =>
    keep(deps, { workspaceId, keys, found: checked.account }),
  );
  await adoptName(deps, account);
  deps.wake();
  return { ok: true, account };
}

/** Payers know the business by its name at the gateway; a name an admin chose stays. */
const adoptName = (deps: AccountDeps, { workspaceId, name }: GatewayAccount): Promise<void> =>
  inTurn(deps.store, `workspace:${workspaceId}`, async () => {
    const workspace = await deps.directory.workspace(workspaceId);
    const { settings } = workspace;
    if (settings.brand.name !== workspace.name) return;
    const brand = { ...settings.brand, name: name.slice(0, MOST_NAME) };
    await deps.store.saveWorkspace({ ...workspace, settings: { ...settings, brand } });
  });

type Checked = { workspaceId: string; keys: Keys; found: ConnectedAccount };

async function keep(deps: AccountDeps, { workspaceId, keys, found }: Checked): Promise<GatewayAccount> {
  const known = (await deps.directory.accountsOf(workspaceId)).find(
    ({ externalId, livemode }) => externalId === found.externalId && livemode === found.livemode,
  );
  const id = known?.id ?? `ga_${randomUUID().replaceAll('-', '').slice(0, 20)}`;
  const credentials = { kind: 'key', secretKey: keys.secretKey } as const;
  const connection = { account: id, livemode: found.livemode, credentials };
  const taxRates = await deps.gateway.taxRates(connection);
  const address = `${deps.publicBaseUrl}/webhooks/stripe/${id}`;
  const { endpointId, secret } = await deps.gateway.registerWebhook(connection, address);
  const owner = { id, workspaceId };
  const before = known
    ? history(known)
    : { secrets: [], importing: { done: 0, total: null }, verifiedAt: null };
  const { secrets, ...kept } = before;
  const account: GatewayAccount = {
    ...owner,
    ...found,
    ...kept,
    gateway: 'stripe',
    publishableKey: keys.publishableKey,
    credentials: deps.secrets.seal(JSON.stringify(credentials), place(owner, 'credentials')),
    webhook: { endpointId, secrets: [deps.secrets.seal(secret, place(owner, 'webhook')), ...secrets] },
    connectedAt: deps.clock.now().toISOString(),
    state: 'importing',
    taxRates,
  };
  await keepOrUndo(deps, account, () => deps.gateway.removeWebhook(connection, endpointId));
  if (known?.webhook)
    await deps.gateway.removeWebhook(connection, known.webhook.endpointId).catch(() => undefined);
  return account;
}

/** What an account connected again keeps; events of the endpoint before may still be on their way, signed by its secret. */
const history = ({ webhook, imported, verifiedAt }: GatewayAccount) => ({
  secrets: webhook?.secrets.slice(0, 1) ?? [],
  importing: { done: 0, total: imported ?? null },
  verifiedAt,
  ...(imported === undefined ? {} : { imported }),
});

/** An endpoint at the gateway that no account of ours knows would be called for nothing, for ever. */
async function keepOrUndo(
  { store, clock }: AccountDeps,
  account: GatewayAccount,
  undo: () => Promise<void>,
): Promise<void> {
  const { id, workspaceId } = account;
  const nextAt = clock.now().toISOString();
  try {
    await inTurn(store, `account:${id}`, () => store.saveAccount(account));
  } catch (error) {
    await undo().catch(() => undefined);
    throw error;
  }
  await store.addWork([{ workspaceId, kind: 'backfill', key: id, payload: { account: id }, nextAt }]);
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
  (id: string, done: number, finished: boolean): Promise<void> =>
    inTurn(deps.store, `account:${id}`, async () => {
      const account = await deps.directory.account(id);
      if (!account || account.state === 'disconnected') return;
      const total = account.imported === undefined ? null : Math.max(account.imported, done);
      const change = finished
        ? {
            state: 'connected' as const,
            importing: null,
            imported: done,
            verifiedAt: deps.clock.now().toISOString(),
          }
        : { importing: { done, total } };
      await deps.store.saveAccount({ ...account, ...change });
    });
