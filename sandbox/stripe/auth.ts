// Who is calling: the key decides the account, the kind of caller and what it may do.
import type { IncomingHttpHeaders } from 'node:http';
import { API_VERSION, type Caller } from './context.ts';
import { docUrl, invalid, Refusal } from './errors.ts';
import type { AccountState, World } from './state.ts';

export type Identity = { account: AccountState; caller: Caller };

export function identify(world: World, headers: IncomingHttpHeaders): Identity {
  const key = bearer(headers.authorization);
  if (!key) {
    throw new Refusal(401, {
      message:
        "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
      type: 'invalid_request_error',
    });
  }
  const identity = owner(world, key);
  checkVersion(headers['stripe-version']);
  checkAccountHeader(identity, headers['stripe-account'], key);
  return identity;
}

function bearer(header: string | undefined): string | undefined {
  if (header?.startsWith('Bearer ')) return header.slice(7).trim();
  if (!header?.startsWith('Basic ')) return undefined;
  return Buffer.from(header.slice(6), 'base64').toString('utf8').split(':')[0];
}

function owner(world: World, key: string): Identity {
  for (const account of world.accounts.values()) {
    const { secretKey, restrictedKey, publishableKey } = account.definition;
    if (key === secretKey) return { account, caller: 'secret' };
    if (key === restrictedKey) return { account, caller: 'restricted' };
    if (key === publishableKey) return { account, caller: 'publishable' };
  }
  const installed = appToken(world, key);
  if (installed) return { account: installed, caller: 'app' };
  throw new Refusal(401, {
    code: 'api_key_invalid',
    message: `Invalid API Key provided: ${masked(key)}`,
    type: 'invalid_request_error',
  });
}

/** The account an app's access token is for; a token that has ended is refused like one that never was. */
function appToken({ app, accounts, clock }: World, key: string): AccountState | undefined {
  const held = app?.access.get(key);
  return held && held.expiresAt > clock.now().getTime() ? accounts.get(held.account) : undefined;
}

function masked(key: string): string {
  return key.slice(0, 8) + '*'.repeat(Math.max(0, key.length - 12)) + key.slice(-4);
}

function checkVersion(header: string | string[] | undefined): void {
  if (header === undefined || header === API_VERSION) return;
  throw invalid(`Invalid Stripe API version: ${String(header)}. This account speaks ${API_VERSION}.`);
}

function checkAccountHeader(identity: Identity, header: string | string[] | undefined, key: string): void {
  if (header === undefined || header === identity.account.definition.id) return;
  throw new Refusal(403, {
    code: 'account_invalid',
    doc_url: docUrl('account_invalid'),
    message: `The provided key '${masked(key)}' does not have access to account '${String(header)}' (or that account does not exist). Application access may have been revoked.`,
    type: 'invalid_request_error',
  });
}

/** Refuses a restricted key that lacks `right` (such as `rak_invoice_write`), and a publishable key unless the door is open to browsers. */
export function authorize(world: World, identity: Identity, right: string, browser: boolean): void {
  if (identity.caller === 'publishable' && !browser) {
    throw new Refusal(403, {
      code: 'secret_key_required',
      doc_url: docUrl('secret_key_required'),
      message:
        'This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.',
      type: 'invalid_request_error',
    });
  }
  const { rights } = identity.account.definition;
  const limited = {
    restricted: rights,
    app: world.app?.definition.rights,
    secret: undefined,
    publishable: undefined,
  };
  if (holds(limited[identity.caller], right)) return;
  const { id, restrictedKey } = identity.account.definition;
  throw new Refusal(403, {
    code: 'more_permissions_required',
    doc_url: docUrl('more_permissions_required'),
    message: `The provided key '${masked(restrictedKey)}' does not have the required permissions for this endpoint on account '${id}'. Having the '${right}' permission would allow this request to continue.`,
    type: 'invalid_request_error',
  });
}

function holds(rights: readonly string[] | undefined, right: string): boolean {
  return !rights || rights.includes(right) || rights.includes(right.replace(/_read$/, '_write'));
}
