// The consent page: checks what the app asks for, lets a person choose org and answer, and sends the browser back.
import { randomBytes } from 'node:crypto';
import type { Route, StandInAnswer, StandInRequest } from '../stand-in/server.ts';
import { markup, text } from '../pages/markup.ts';
import { findUser, type World } from './world.ts';

const AUTHORIZE = '/services/oauth2/authorize';
const CODE_LIFE_MS = 10 * 60_000;

type Ask = { redirectUri: string; scopes: string[]; state: string | null; challenge: string };

export function consentRoutes(world: World): Route[] {
  return [
    { method: 'GET', path: AUTHORIZE, handler: (request) => show(world, request) },
    { method: 'POST', path: AUTHORIZE, handler: (request) => decide(world, request) },
  ];
}

/** What the query asks for, or the sentence that tells what is wrong with it. */
function askOf(world: World, query: URLSearchParams): Ask | string {
  const { app } = world.settings;
  const redirectUri = query.get('redirect_uri') ?? '';
  const scopes = (query.get('scope') ?? '').split(' ').filter(Boolean);
  if (query.get('response_type') !== 'code') return 'unsupported_response_type: only code is supported';
  if (query.get('client_id') !== app.clientId) return 'invalid_client_id: client identifier invalid';
  if (!app.redirectUrls.includes(redirectUri))
    return 'redirect_uri_mismatch: redirect_uri must match configuration';
  const strange = scopes.filter((scope) => !app.scopes.includes(scope));
  if (strange.length > 0) return `invalid_scope: ${strange.join(', ')}`;
  const challenge = query.get('code_challenge') ?? '';
  if (query.get('code_challenge_method') !== 'S256' || !/^[\w-]{43}$/.test(challenge))
    return 'invalid_request: missing required code challenge';
  return { redirectUri, scopes, state: query.get('state'), challenge };
}

const refusal = (sentence: string): StandInAnswer => ({
  status: 400,
  body: markup('Cannot authorize', `<h1>Cannot authorize</h1><p role="alert">${text(sentence)}</p>`),
});

function show(world: World, request: StandInRequest): StandInAnswer {
  const query = request.url.searchParams;
  const ask = askOf(world, query);
  if (typeof ask === 'string') return refusal(ask);
  const name = text(world.settings.app.name ?? 'Payments app');
  const hidden = [...query].map(
    ([key, value]) => `<input type="hidden" name="${text(key)}" value="${text(value)}">`,
  );
  const users = [...world.orgs.values()].flatMap(({ seed }) =>
    seed.users.map(
      (user) =>
        `<option value="${seed.id}:${user.id}">${text(seed.name)} as ${text(`${user.firstName} ${user.lastName}`)}</option>`,
    ),
  );
  const scopes = ask.scopes.map((scope) => `<li><code>${text(scope)}</code></li>`);
  const body = `<h1>Allow access?</h1><p>${name} is asking for:</p><ul>${scopes.join('')}</ul>
<form method="post" action="${AUTHORIZE}">${hidden.join('')}
<label for="account">Org and user</label>
<select id="account" name="account">${users.join('')}</select>
<p><button name="decision" value="deny">Deny</button>
<button class="primary" name="decision" value="approve">Allow</button></p></form>`;
  return { status: 200, body: markup(`Allow ${name}?`, body) };
}

/** The form's answer, also without a browser: the query's fields plus `account` (`orgId:userId`) and `decision`. */
function decide(world: World, request: StandInRequest): StandInAnswer {
  const fields = new URLSearchParams(request.raw.toString('utf8'));
  const ask = askOf(world, fields);
  if (typeof ask === 'string') return refusal(ask);
  if (fields.get('decision') !== 'approve')
    return back(ask, { error: 'access_denied', error_description: 'end-user denied authorization' });
  const [orgId = '', userId = ''] = (fields.get('account') ?? '').split(':');
  const org = world.orgs.get(orgId);
  const user = org && findUser(org, userId || undefined);
  if (!org || !user) return refusal('Choose an org and a user.');
  const code = `aPrx${randomBytes(30).toString('base64url')}`;
  world.codes.set(code, {
    orgId,
    userId: user.id,
    scopes: ask.scopes,
    redirectUri: ask.redirectUri,
    challenge: ask.challenge,
    expiresAt: world.clock.now().getTime() + CODE_LIFE_MS,
  });
  return back(ask, { code });
}

function back(ask: Ask, fields: Record<string, string>): StandInAnswer {
  const target = new URL(ask.redirectUri);
  for (const [name, value] of Object.entries(fields)) target.searchParams.set(name, value);
  if (ask.state !== null) target.searchParams.set('state', ask.state);
  return { status: 302, headers: { location: target.href, 'cache-control': 'no-store' } };
}
