// Our app at Stripe: who installed it, the codes and rolling tokens they gave, and where their events go.
import type { AppDefinition, AppState, AccountState, World } from './state.ts';
import type { WebhookEndpoint } from './shapes.ts';
import { API_VERSION } from './context.ts';
import { newId, randomText } from './state.ts';

/** What Stripe documents: a code lives five minutes, an access token an hour, a refresh token a year. */
const CODE_MS = 5 * 60_000;
const ACCESS_MS = 60 * 60_000;
const REFRESH_MS = 365 * 24 * 60 * 60_000;

export function createAppState(definition: AppDefinition): AppState {
  return {
    definition,
    codes: new Map(),
    access: new Map(),
    refresh: new Map(),
    endpoint: {
      id: newId('we'),
      object: 'webhook_endpoint',
      api_version: API_VERSION,
      application: definition.clientId,
      created: 0,
      description: null,
      enabled_events: ['*'],
      livemode: false,
      metadata: {},
      status: 'enabled',
      url: definition.webhook.url,
    } satisfies WebhookEndpoint,
  };
}

/** A code for an account whose owner has agreed. */
export function grantCode(world: World, app: AppState, account: AccountState): string {
  const code = `ac_${randomText(32)}`;
  app.codes.set(code, { account: account.definition.id, expiresAt: world.clock.now().getTime() + CODE_MS });
  return code;
}

export type Tokens = {
  access_token: string;
  livemode: boolean;
  refresh_token: string;
  scope: 'stripe_apps';
  stripe_publishable_key: string;
  stripe_user_id: string;
  token_type: 'bearer';
};

/** Each works once; null for one that is unknown, used or over. */
export const exchange = (world: World, app: AppState, code: string): Tokens | null =>
  roll(world, app, taken(app.codes, code, world));

export const refresh = (world: World, app: AppState, token: string): Tokens | null =>
  roll(world, app, taken(app.refresh, token, world));

type Held = { account: string; expiresAt: number };

function taken(kept: Map<string, Held>, key: string, world: World): AccountState | undefined {
  const held = kept.get(key);
  kept.delete(key);
  return held && held.expiresAt > world.clock.now().getTime() ? world.accounts.get(held.account) : undefined;
}

function roll(world: World, app: AppState, account: AccountState | undefined): Tokens | null {
  if (!account) return null;
  const { id, livemode, publishableKey } = account.definition;
  const now = world.clock.now().getTime();
  const [access, next] = [`sk_app_${randomText(48)}`, `rt_${randomText(48)}`];
  app.access.set(access, { account: id, expiresAt: now + ACCESS_MS });
  app.refresh.set(next, { account: id, expiresAt: now + REFRESH_MS });
  account.hidden.secrets.set(app.endpoint.id, app.definition.webhook.secret);
  return {
    access_token: access,
    livemode,
    refresh_token: next,
    scope: 'stripe_apps',
    stripe_publishable_key: publishableKey,
    stripe_user_id: id,
    token_type: 'bearer',
  };
}

export const isInstalled = (app: AppState, { definition }: AccountState): boolean =>
  [...app.refresh.values()].some(({ account }) => account === definition.id);

/** The owner takes the consent back: nothing that was given works any more. */
export function uninstall(app: AppState, account: AccountState): void {
  for (const kept of [app.codes, app.access, app.refresh])
    for (const [key, held] of kept) if (held.account === account.definition.id) kept.delete(key);
}
