// The app's install link with its consent page, the token endpoint, and the owner's way out.
import { z } from 'zod';
import type { Route, StandInAnswer, StandInRequest } from '../stand-in/server.ts';
import { exchange, grantCode, isInstalled, refresh, uninstall, type Tokens } from './app.ts';
import type { Context } from './context.ts';
import { emit } from './events.ts';
import { escaped, page } from './page.ts';
import type { AccountState, AppState, World } from './state.ts';

/** No route at all where the world has no app. */
export function appRoutes(world: World, contextFor: (account: AccountState) => Context): Route[] {
  const { app } = world;
  if (!app) return [];
  return [
    { method: 'GET', path: '/oauth/v2/authorize', handler: (request) => show(world, app, request) },
    { method: 'POST', path: '/oauth/v2/authorize', handler: (request) => decide(world, app, request) },
    { method: 'POST', path: '/v1/oauth/token', handler: (request) => token(world, app, request) },
    {
      method: 'POST',
      path: '/_sandbox/deauthorize',
      handler: (request) => deauthorize(world, app, request, contextFor),
    },
  ];
}

type Ask = { redirectUri: string; state: string };

/** What the link asks for, or the sentence that tells what is wrong with it. */
function askOf({ definition }: AppState, query: URLSearchParams): Ask | string {
  const redirectUri = query.get('redirect_uri') ?? definition.redirectUris[0] ?? '';
  if (query.get('client_id') !== definition.clientId) return 'No app has this client id.';
  if (!definition.redirectUris.includes(redirectUri))
    return `The app does not allow the redirect URI ${redirectUri}.`;
  return { redirectUri, state: query.get('state') ?? '' };
}

const refusal = (sentence: string): StandInAnswer => ({
  ...page('Cannot install', `<main><h1>Cannot install</h1><p role="alert">${escaped(sentence)}</p></main>`),
  status: 400,
});

function show(world: World, app: AppState, request: StandInRequest): StandInAnswer {
  const query = request.url.searchParams;
  const ask = askOf(app, query);
  if (typeof ask === 'string') return refusal(ask);
  const hidden = [...query].map(
    ([key, value]) => `<input type="hidden" name="${escaped(key)}" value="${escaped(value)}">`,
  );
  const accounts = [...world.accounts.values()].map(
    ({ definition: { id, name } }, index) =>
      `<label><input type="radio" name="account" value="${id}"${index === 0 ? ' checked' : ''}> ${escaped(name)}</label>`,
  );
  const rights = (app.definition.rights ?? []).map((right) => `<li><code>${escaped(right)}</code></li>`);
  return page(
    'Install Payside',
    `<main><h1>Install Payside</h1><form method="post" action="/oauth/v2/authorize">${hidden.join('')}
<fieldset><legend>Account</legend>${accounts.join('')}</fieldset>
<h2>Permissions</h2><ul>${rights.join('')}</ul>
<button name="decision" value="install">Install app</button> <button name="decision" value="cancel">Cancel</button></form></main>`,
  );
}

/** The form's answer, also without a browser: the link's fields plus `account` and `decision`. */
function decide(world: World, app: AppState, request: StandInRequest): StandInAnswer {
  const fields = new URLSearchParams(request.raw.toString('utf8'));
  const ask = askOf(app, fields);
  if (typeof ask === 'string') return refusal(ask);
  const account = world.accounts.get(fields.get('account') ?? '');
  if (!account) return refusal('Choose an account.');
  const back = new URL(ask.redirectUri);
  const answer: Record<string, string> =
    fields.get('decision') === 'install'
      ? { code: grantCode(world, app, account), stripe_user_id: account.definition.id }
      : { error: 'access_denied', error_description: 'The user denied your request.' };
  for (const [name, value] of Object.entries({ ...answer, state: ask.state }))
    back.searchParams.set(name, value);
  return { status: 302, headers: { location: back.href, 'cache-control': 'no-store' } };
}

const grants = z.discriminatedUnion('grant_type', [
  z.strictObject({ grant_type: z.literal('authorization_code'), code: z.string() }),
  z.strictObject({ grant_type: z.literal('refresh_token'), refresh_token: z.string() }),
]);

function token(world: World, app: AppState, request: StandInRequest): StandInAnswer {
  if (request.headers.authorization !== `Bearer ${app.definition.secretKey}`)
    return {
      status: 401,
      body: { error: { message: 'Invalid API Key provided', type: 'invalid_request_error' } },
    };
  const fields = Object.fromEntries(new URLSearchParams(request.raw.toString('utf8')));
  const wish = grants.safeParse(fields);
  if (!wish.success) return oauthError('invalid_request', 'Send grant_type and what it needs, nothing else.');
  const made: Tokens | null =
    wish.data.grant_type === 'refresh_token'
      ? refresh(world, app, wish.data.refresh_token)
      : exchange(world, app, wish.data.code);
  return made ? { status: 200, body: made } : oauthError('invalid_grant', 'It does not exist, or was used.');
}

const oauthError = (error: string, description: string): StandInAnswer => ({
  status: 400,
  body: { error, error_description: description },
});

const departure = z.strictObject({ account: z.string() });

function deauthorize(
  world: World,
  app: AppState,
  request: StandInRequest,
  contextFor: (account: AccountState) => Context,
): StandInAnswer {
  const wish = departure.parse(JSON.parse(request.raw.toString('utf8')));
  const account = world.accounts.get(wish.account);
  if (!account || !isInstalled(app, account)) return { status: 404, body: { error: 'not installed' } };
  const gone = { id: app.definition.clientId, object: 'application', name: 'Payside' };
  // Told while the app is still listening; by the time it asks, the consent is gone.
  emit(contextFor(account), 'account.application.deauthorized', gone);
  uninstall(app, account);
  return { status: 200, body: { deauthorized: account.definition.id } };
}
