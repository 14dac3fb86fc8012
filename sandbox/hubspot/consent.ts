// The consent page: checks what the app asks for, lets a person choose account and answer, and sends the browser back.
import { randomBytes } from 'node:crypto';
import type { Route, StandInAnswer, StandInRequest } from '../stand-in/server.ts';
import { escapeHtml, htmlPage } from './html.ts';
import type { PortalUser } from './types.ts';
import { findUser, type Portal, type World } from './world.ts';

const CODE_LIFE_MS = 10 * 60_000;

type Ask = {
  redirectUri: string;
  scopes: string[];
  optional: string[];
  state: string | null;
  challenge: string | null;
};

export function consentRoutes(world: World): Route[] {
  return [
    { method: 'GET', path: '/oauth/authorize', handler: (request) => show(world, request) },
    { method: 'POST', path: '/oauth/authorize', handler: (request) => decide(world, request) },
  ];
}

/** What the query asks for, or the sentence that tells what is wrong with it. */
function askOf(world: World, query: URLSearchParams): Ask | string {
  const { app } = world.settings;
  const redirectUri = query.get('redirect_uri') ?? '';
  const scopes = words(query.get('scope'));
  const optional = words(query.get('optional_scope'));
  if (query.get('client_id') !== app.clientId) return 'The client id is not one of an app we know.';
  if (!app.redirectUrls.includes(redirectUri))
    return `The redirect URL ${redirectUri} is not registered for this app.`;
  const missing = app.requiredScopes.filter((scope) => !scopes.includes(scope));
  if (missing.length > 0) return `The address lacks scopes that the app requires: ${missing.join(', ')}.`;
  const known = new Set([...app.requiredScopes, ...app.optionalScopes]);
  const strange = [...scopes, ...optional].filter((scope) => !known.has(scope));
  if (strange.length > 0) return `The app is not set up for these scopes: ${strange.join(', ')}.`;
  const method = query.get('code_challenge_method');
  if (query.has('code_challenge') && method !== 'S256') return 'The code challenge method must be S256.';
  return { redirectUri, scopes, optional, state: query.get('state'), challenge: query.get('code_challenge') };
}

const words = (text: string | null): string[] => (text ?? '').split(/[\s,]+/).filter(Boolean);

const refusal = (sentence: string): StandInAnswer => ({
  status: 400,
  body: htmlPage(
    'Cannot connect the app',
    `<main class="consent"><h1>Cannot connect the app</h1><p role="alert">${escapeHtml(sentence)}</p></main>`,
  ),
});

function show(world: World, request: StandInRequest): StandInAnswer {
  const query = request.url.searchParams;
  const ask = askOf(world, query);
  if (typeof ask === 'string') return refusal(ask);
  const name = escapeHtml(world.settings.app.name ?? 'Payments app');
  const hidden = [...query].map(
    ([key, value]) => `<input type="hidden" name="${escapeHtml(key)}" value="${escapeHtml(value)}">`,
  );
  const accounts = [...world.portals.values()].flatMap(({ seed }) =>
    seed.users.map(
      (user) =>
        `<option value="${seed.id}:${user.id}">${escapeHtml(seed.name)} (${seed.id}) as ${escapeHtml(`${user.firstName} ${user.lastName}`)}</option>`,
    ),
  );
  const scopes = [...ask.scopes, ...ask.optional].map(
    (scope) => `<li><code>${escapeHtml(scope)}</code></li>`,
  );
  const body = `<main class="consent">
<h1>Connect ${name} to HubSpot</h1>
<form method="post" action="/oauth/authorize">${hidden.join('')}
<label for="account">Account and user</label>
<select id="account" name="account">${accounts.join('')}</select>
<h2>${name} asks to</h2><ul>${scopes.join('')}</ul>
<div class="answers"><button class="primary" name="decision" value="approve">Approve</button>
<button name="decision" value="deny">Deny</button></div></form></main>`;
  return { status: 200, body: htmlPage(`Connect ${name}`, body) };
}

/** The form's answer, also without a browser: the query's fields plus `account` (`portalId:userId`) and `decision`. */
function decide(world: World, request: StandInRequest): StandInAnswer {
  const fields = new URLSearchParams(request.raw.toString('utf8'));
  const ask = askOf(world, fields);
  if (typeof ask === 'string') return refusal(ask);
  if (fields.get('decision') !== 'approve')
    return back(ask, { error: 'access_denied', error_description: 'The user denied the app.' });
  const who = chosen(world, fields.get('account') ?? '');
  return who ? back(ask, { code: grant(world, ask, who) }) : refusal('Choose an account.');
}

type Who = { portal: Portal; user: PortalUser };

function chosen(world: World, account: string): Who | undefined {
  const [portalId = 0, userId] = account.split(':').map(Number);
  const portal = world.portals.get(portalId);
  const user = portal && findUser(portal, userId || undefined);
  return portal && user ? { portal, user } : undefined;
}

/** A single-use code for the required scopes and those optional ones that the account does not withhold. */
function grant(world: World, ask: Ask, { portal, user }: Who): string {
  const withheld = portal.seed.withheldScopes ?? [];
  const granted = ask.optional.filter((scope) => !withheld.includes(scope));
  const code = randomBytes(24).toString('hex');
  world.codes.set(code, {
    portalId: portal.seed.id,
    userId: user.id,
    scopes: [...new Set([...ask.scopes, ...granted])],
    redirectUri: ask.redirectUri,
    ...(ask.challenge === null ? {} : { challenge: ask.challenge }),
    expiresAt: world.clock.now().getTime() + CODE_LIFE_MS,
  });
  return code;
}

function back(ask: Ask, fields: Record<string, string>): StandInAnswer {
  const target = new URL(ask.redirectUri);
  for (const [name, value] of Object.entries(fields)) target.searchParams.set(name, value);
  if (ask.state !== null) target.searchParams.set('state', ask.state);
  return { status: 302, headers: { location: target.href, 'cache-control': 'no-store' } };
}
