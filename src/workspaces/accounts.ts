// Connects gateway accounts: checks the credentials, registers our webhook door, starts the first sync.
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { ConnectedAccount, Gateway, GatewayConnection } from '../gateways/gateway.ts';
import { notFound } from '../errors.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { Instant } from '../ledger/entities.ts';
import type { AuditRow, Store } from '../store/store.ts';
import { crmOfUser, type Directory } from './directory.ts';
import { saveAndLeave } from './leave-renewal.ts';
import { connectionOf, openCredentials, sealCredentials, type StoredCredentials } from './account-access.ts';
import type { GatewayAccount, Sealed } from './workspace.ts';

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

/** Who connects, and for which workspace. */
export type Admin = { workspaceId: string; userId: string };

export type Keys = { secretKey: string; publishableKey: string };

/** As long as a brand's name may be. */
const MOST_NAME = 80;

const webhookPlace = ({ id, workspaceId }: Pick<GatewayAccount, 'id' | 'workspaceId'>) => ({
  workspaceId,
  column: `${id}.webhook`,
});

/** Connecting the same account and mode again replaces its credentials and keeps its ledger. */
export async function connectAccount(
  deps: AccountDeps,
  { workspaceId, userId }: Admin,
  { secretKey, publishableKey }: Keys,
): Promise<ConnectResult> {
  const checked = await deps.gateway.connect(secretKey, publishableKey);
  if (!checked.ok) return checked;
  const credentials = { kind: 'key', secretKey } as const;
  return take(deps, { workspaceId, userId, credentials, publishableKey, found: checked.account });
}

/** Keeps an account whose credentials have been checked, and starts its first sync. */
export async function take(deps: AccountDeps, checked: Checked): Promise<ConnectResult> {
  const account = await deps.store.lock(`accounts:${checked.workspaceId}`, () => keep(deps, checked));
  await adoptName(deps, account);
  deps.wake();
  return { ok: true, account };
}

/** Payers know the business by its name at the gateway; a name an admin chose stays. */
const adoptName = (deps: AccountDeps, { workspaceId, name }: GatewayAccount): Promise<void> =>
  deps.store.lock(`workspace:${workspaceId}`, async () => {
    const workspace = await deps.directory.workspace(workspaceId);
    const { settings } = workspace;
    if (settings.brand.name !== workspace.name) return;
    const brand = { ...settings.brand, name: name.slice(0, MOST_NAME) };
    await deps.store.saveWorkspace({ ...workspace, settings: { ...settings, brand } });
  });

export type Checked = Admin & {
  credentials: StoredCredentials;
  publishableKey: string;
  found: ConnectedAccount;
};

async function keep(deps: AccountDeps, checked: Checked): Promise<GatewayAccount> {
  const { workspaceId, credentials, publishableKey, found } = checked;
  // Whoever was admin when they pressed may have moved elsewhere since: nobody would ever see this account.
  if ((await deps.directory.workspace(workspaceId)).leftFor !== undefined) throw notFound();
  const known = (await deps.directory.accountsOf(workspaceId)).find(
    ({ externalId, livemode }) => externalId === found.externalId && livemode === found.livemode,
  );
  const id = known?.id ?? `ga_${randomUUID().replaceAll('-', '').slice(0, 20)}`;
  const owner = { id, workspaceId };
  const connection = connectionOf({ id, livemode: found.livemode }, credentials);
  const taxRates = await deps.gateway.taxRates(connection);
  const endpoint = credentials.kind === 'key' ? await register(deps, owner, connection) : null;
  const before = known
    ? history(known)
    : { secrets: [], importing: { done: 0, total: null }, verifiedAt: null };
  const { secrets, ...kept } = before;
  const account: GatewayAccount = {
    ...owner,
    ...found,
    ...kept,
    gateway: 'stripe',
    publishableKey,
    credentials: sealCredentials(deps.secrets, owner, credentials),
    webhook: endpoint && { endpointId: endpoint.endpointId, secrets: [endpoint.secret, ...secrets] },
    connectedAt: deps.clock.now().toISOString(),
    state: 'importing',
    taxRates,
  };
  await keepOrUndo(deps, account, async () => {
    if (endpoint) await deps.gateway.removeWebhook(connection, endpoint.endpointId);
  });
  const { userId } = checked;
  const crm = crmOfUser(await deps.directory.workspace(workspaceId), userId);
  await deps.store.audit(trailOf(`${crm}:${userId}`, checked, known, account));
  if (known) await removeEndpoint(deps, known, connection);
  return account;
}

/** Whose money is taken from now on is nothing to find out later: who changed it, and from what to what. */
function trailOf(
  actor: string,
  { workspaceId, credentials }: Checked,
  before: GatewayAccount | undefined,
  { id, externalId, livemode, connectedAt }: GatewayAccount,
): AuditRow {
  return {
    workspaceId,
    at: connectedAt,
    actor,
    action: 'connect',
    operationId: null,
    record: null,
    before: before ? { account: before.id, state: before.state, connectedAt: before.connectedAt } : null,
    after: { account: id, externalId, livemode, by: credentials.kind },
  };
}

/** Where the gateway tells of this account. */
export const webhookAddress = (publicBaseUrl: string, { id }: Pick<GatewayAccount, 'id'>): string =>
  `${publicBaseUrl}/webhooks/stripe/${id}`;

/** Our own address at this account; whoever gave their consent is heard at the address of the app. */
async function register(
  deps: AccountDeps,
  owner: Pick<GatewayAccount, 'id' | 'workspaceId'>,
  connection: GatewayConnection,
): Promise<{ endpointId: string; secret: Sealed }> {
  const address = webhookAddress(deps.publicBaseUrl, owner);
  const { endpointId, secret } = await deps.gateway.registerWebhook(connection, address);
  return { endpointId, secret: sealWebhook(deps.secrets, owner, secret) };
}

/** The endpoints of the connection before; the key that made it may take it away where the new credentials may not. */
async function removeEndpoint(
  { gateway, secrets }: AccountDeps,
  before: GatewayAccount,
  now: GatewayConnection,
): Promise<void> {
  if (!before.webhook) return;
  const { endpointId, retiring } = before.webhook;
  const old = openCredentials(secrets, before);
  const isKey = now.credentials.kind === 'key';
  const by = isKey || !old ? now : connectionOf(before, old);
  for (const id of [endpointId, ...(retiring ? [retiring.endpointId] : [])])
    await gateway.removeWebhook(by, id).catch(() => undefined);
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
  const reading = { workspaceId, kind: 'backfill', key: id, payload: { account: id } } as const;
  let isKept = false;
  try {
    await saveAndLeave({ store, clock }, [reading], async () => {
      await store.lock(`account:${id}`, () => store.saveAccount(account));
      isKept = true;
    });
  } catch (error) {
    if (!isKept) await undo().catch(() => undefined);
    throw error;
  }
}

/** Secrets that may have signed a delivery to this account's door. */
export const webhookSecrets = (secrets: Secrets, account: GatewayAccount): string[] =>
  (account.webhook?.secrets ?? []).map((sealed) => secrets.open(sealed, webhookPlace(account)));

export const sealWebhook = (
  secrets: Secrets,
  owner: Pick<GatewayAccount, 'id' | 'workspaceId'>,
  secret: string,
): Sealed => secrets.seal(secret, webhookPlace(owner));

/** The same secrets under the first key of the ring. */
export const resealWebhook = (secrets: Secrets, account: GatewayAccount): GatewayAccount['webhook'] =>
  account.webhook && {
    ...account.webhook,
    secrets: webhookSecrets(secrets, account).map((secret) => sealWebhook(secrets, account, secret)),
  };

/** Keeps since when the ledger is known to say what the gateway says, for cards and settings to show. */
export const createVerified =
  (deps: Pick<AccountDeps, 'store' | 'directory'>) =>
  (id: string, at: Instant): Promise<void> =>
    deps.store.lock(`account:${id}`, async () => {
      const account = await deps.directory.account(id);
      if (!account || account.state !== 'connected' || (account.verifiedAt ?? '') >= at) return;
      await deps.store.saveAccount({ ...account, verifiedAt: at });
    });
