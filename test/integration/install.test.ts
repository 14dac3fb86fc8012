// The install from its first door to the end of the first sync: every way it can fail, and what it leaves behind.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import scopes from '../../manifests/scopes.json' with { type: 'json' };
import type { AccountDefinition } from '../../sandbox/stripe/start.ts';
import { ALL_RIGHTS } from '../../sandbox/stripe/start.ts';
import { RIGHTS } from '../../src/gateways/stripe/connect.ts';
import { rowsOf } from '../billing/scene.ts';
import {
  ADMIN,
  gatewayAccount,
  OTHER_ADMIN,
  OTHER_PORTAL,
  otherPortalSeed,
  PORTAL,
  portalSeed,
  startRig,
  waitFor,
  type Rig,
} from './rig.ts';

const TOKEN_DOOR = '/oauth/2026-03/token';
const narrow = gatewayAccount({ rights: ALL_RIGHTS.filter((right) => right !== 'rak_invoice_write') });
const foreign = gatewayAccount({ name: 'Somebody Else' });

let rig: Rig;
beforeEach(async () => {
  rig = await startRig({
    portals: [portalSeed(), otherPortalSeed()],
    accounts: [gatewayAccount(), foreign, narrow],
  });
});
afterEach(() => rig.close());

type Begun = { authorizeUrl: string; cookie: string };

async function begin(): Promise<Begun> {
  const answer = await fetch(`${rig.url}/install/hubspot`, { redirect: 'manual' });
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  return { authorizeUrl: answer.headers.get('location') ?? '', cookie };
}

type Page = { status: number; text: string; location: string | null };

async function open(address: string, cookie = ''): Promise<Page> {
  const answer = await fetch(new URL(address, rig.url), {
    redirect: 'manual',
    headers: { cookie, accept: 'text/html' },
  });
  return { status: answer.status, text: await answer.text(), location: answer.headers.get('location') };
}

async function submit(link: string, keys: Partial<AccountDefinition>): Promise<Page> {
  const { restrictedKey = '', publishableKey = '' } = keys;
  const answer = await fetch(`${rig.url}/connect/stripe`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ link, secretKey: restrictedKey, publishableKey, ours: 'yes' }),
  });
  return { status: answer.status, text: await answer.text(), location: answer.headers.get('location') };
}

type Documents = Record<'workspaces' | 'installations' | 'accounts', Record<string, unknown>[]>;

/** What the connector keeps, read from its files. */
function kept(): Documents {
  const file = rig.dataFiles().find(({ name }) => name === 'documents.json');
  return file
    ? (JSON.parse(file.bytes.toString()) as Documents)
    : { workspaces: [], installations: [], accounts: [] };
}

type Trail = { actor: string; action: string; before: string | null; after: string };

const tokenCalls = () => rig.hubspot.calls.filter(({ path }) => path === TOKEN_DOOR);
const nothing = { workspaces: [], installations: [], accounts: [] };

/** Our own properties in all portals, as the stand-in itself knows them. */
async function ownProperties(): Promise<unknown[]> {
  const answer = await fetch(`${rig.hubspot.url}/_sandbox/objects/properties`);
  return (await answer.json()) as unknown[];
}

const groupsMade = () =>
  rig.hubspot.calls.filter(({ method, path }) => method === 'POST' && path.endsWith('/groups'));

const endpoints = (account: AccountDefinition): unknown[] =>
  rig.stripe.account(account.id).all('webhook_endpoints');

it('keeps nothing of installs that were begun and never finished, an hour after they ended', async () => {
  const pending = async () => (await rowsOf(rig, 'SELECT state FROM authorization')).length;
  for (let turn = 0; turn < 5; turn += 1) await begin();
  expect(await pending()).toBe(5);
  rig.clock.advance(71 * 60_000);
  await begin();
  expect(await pending()).toBe(1);
});

describe('a refused install', () => {
  it('says so when the consent is denied, and keeps nothing', async () => {
    const { authorizeUrl, cookie } = await begin();
    const state = new URL(authorizeUrl).searchParams.get('state');
    const page = await open(`/oauth/hubspot/callback?error=access_denied&state=${state}`, cookie);
    expect(page.status).toBe(400);
    expect(page.text).toContain('Nothing was installed');
    expect(page.text).toContain('href="/install/hubspot"');
    expect(tokenCalls()).toEqual([]);
    expect(kept()).toEqual(nothing);
    expect(await ownProperties()).toEqual([]);
    expect(groupsMade()).toEqual([]);
  });

  it.each([
    ['a missing state', '/oauth/hubspot/callback?code=abc'],
    ['a made-up state', '/oauth/hubspot/callback?code=abc&state=made-up'],
    ['a state given twice', '/oauth/hubspot/callback?code=abc&state=a&state=b'],
  ])('answers 400 to %s without asking HubSpot for a token', async (_name, address) => {
    const { cookie } = await begin();
    const page = await open(address, cookie);
    expect(page.status).toBe(400);
    expect(page.text).toContain('used before');
    expect(tokenCalls()).toEqual([]);
  });

  it('answers 400 to a state with one changed character', async () => {
    const { authorizeUrl, cookie } = await begin();
    const callback = new URL(await rig.hubspot.approve(authorizeUrl, { portalId: PORTAL }));
    const state = callback.searchParams.get('state') ?? '';
    callback.searchParams.set('state', (state.startsWith('a') ? 'b' : 'a') + state.slice(1));
    expect((await open(callback.href, cookie)).status).toBe(400);
    expect(tokenCalls()).toEqual([]);
  });

  it('takes a state once: the same callback again is refused', async () => {
    const { authorizeUrl, cookie } = await begin();
    const callback = await rig.hubspot.approve(authorizeUrl, { portalId: PORTAL, userId: ADMIN });
    expect((await open(callback, cookie)).status).toBe(303);
    const asked = tokenCalls().length;
    const again = await open(callback, cookie);
    expect(again.status).toBe(400);
    expect(again.text).toContain('used before');
    expect(tokenCalls()).toHaveLength(asked);
  });

  it('refuses a state after ten minutes', async () => {
    const { authorizeUrl, cookie } = await begin();
    const callback = await rig.hubspot.approve(authorizeUrl, { portalId: PORTAL });
    rig.clock.advance(10 * 60_000 + 1_000);
    const page = await open(callback, cookie);
    expect(page.status).toBe(400);
    expect(page.text).toContain('This took too long');
    expect(tokenCalls()).toEqual([]);
    expect(kept()).toEqual(nothing);
  });

  it.each([
    ['without a cookie', ''],
    ['with another browser’s cookie', 'theirs'],
  ])('refuses a state %s', async (_name, whose) => {
    const { authorizeUrl } = await begin();
    const other = await begin();
    const callback = await rig.hubspot.approve(authorizeUrl, { portalId: PORTAL });
    const page = await open(callback, whose === '' ? '' : other.cookie);
    expect(page.status).toBe(400);
    expect(page.text).toContain('Another browser began this');
    expect(tokenCalls()).toEqual([]);
    expect(kept()).toEqual(nothing);
  });

  it('names missing permissions, gives the tokens back and leaves the portal as it was', async () => {
    const dropped = 'crm.schemas.deals.write';
    const granted = scopes.hubspot.required.filter((scope) => scope !== dropped);
    rig.hubspot.configure({ app: appWith(granted) });
    const { authorizeUrl, cookie } = await begin();
    const asked = new URL(authorizeUrl);
    asked.searchParams.set('scope', granted.join(' '));
    const page = await open(await rig.hubspot.approve(asked.href, { portalId: PORTAL }), cookie);
    expect(page.status).toBe(400);
    expect(page.text).toContain(`<code>${dropped}</code>`);
    expect(rig.hubspot.calls.some(({ path }) => path === `${TOKEN_DOOR}/revoke`)).toBe(true);
    expect(kept()).toEqual(nothing);
    expect(await ownProperties()).toEqual([]);
    expect(groupsMade()).toEqual([]);
  });

  it('says that HubSpot did not answer, whatever call it was, and starting again works', async () => {
    for (const faults of [1, 2, 3]) {
      const { authorizeUrl, cookie } = await begin();
      const callback = await rig.hubspot.approve(authorizeUrl, { portalId: PORTAL, userId: ADMIN });
      const before = rig.hubspot.calls.length;
      armAfter(faults - 1);
      const page = await open(callback, cookie);
      expect(rig.hubspot.calls.length).toBeGreaterThan(before);
      expect(page.status).toBe(503);
      expect(page.text).toContain('HubSpot did not answer');
      expect(kept()).toEqual(nothing);
      rig.hubspot.faults.clear();
    }
    await rig.install();
    expect(kept().installations).toHaveLength(1);
  });

  it('limits how many installs one address may begin', async () => {
    const answers = await Promise.all(Array.from({ length: 70 }, () => open('/install/hubspot')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303, 429]));
    expect(answers.find(({ status }) => status === 429)?.text).toContain('Too many tries');
  });
});

/** Lets so many of HubSpot's answers pass and breaks every one after them. */
function armAfter(calls: number): void {
  const take = rig.hubspot.faults.take.bind(rig.hubspot.faults);
  let seen = 0;
  rig.hubspot.faults.take = (kind) => {
    if (kind !== 'status-503') return take(kind);
    seen += 1;
    return seen > calls ? { ms: 0 } : undefined;
  };
  rig.hubspot.faults.clear = () => {
    rig.hubspot.faults.take = take;
  };
}

const appWith = (requiredScopes: string[]) => ({
  clientId: rig.env['HUBSPOT_CLIENT_ID'] ?? '',
  clientSecret: rig.env['HUBSPOT_CLIENT_SECRET'] ?? '',
  appId: 77_001,
  requiredScopes,
  optionalScopes: scopes.hubspot.optional,
  redirectUrls: [`${rig.url}/oauth/hubspot/callback`],
  permittedFetch: [rig.url],
});

describe('an install that works', () => {
  it('proves itself by PKCE, keeps the verifier out of every file, and marks the cookie', async () => {
    const started = await fetch(`${rig.url}/install/hubspot`, { redirect: 'manual' });
    const cookie = started.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Lax/);
    expect(cookie).toMatch(/Path=\/oauth/);
    const query = new URL(started.headers.get('location') ?? '').searchParams;
    expect(query.get('code_challenge_method')).toBe('S256');
    await rig.install();
    const verifier = new URLSearchParams(tokenCalls()[0]?.body).get('code_verifier') ?? '';
    expect(verifier.length).toBeGreaterThan(42);
    expect(rig.log()).not.toContain(verifier);
  });

  it('leads nowhere but to our own next page, whatever the callback carries', async () => {
    const { authorizeUrl, cookie } = await begin();
    const callback = new URL(await rig.hubspot.approve(authorizeUrl, { portalId: PORTAL, userId: ADMIN }));
    for (const name of ['next', 'returnUrl', 'redirect', 'redirect_uri'])
      callback.searchParams.set(name, 'https://evil.example/%0d%0aSet-Cookie:x=1');
    const { location } = await open(callback.href, cookie);
    expect(location).toMatch(/^\/connect\/stripe\?link=[A-Za-z0-9_.%-]+$/);
  });

  it('leaves nothing readable at rest: tokens and keys are sealed', async () => {
    await rig.setUp();
    await rig.stopConnector();
    const issued = tokenCalls().map(({ response }) => JSON.parse(response) as Record<string, string>);
    const { definition } = rig.account;
    const canaries = [
      ...issued.flatMap(({ access_token: access = '', refresh_token: refresh = '' }) => [access, refresh]),
      definition.restrictedKey,
      rig.env['HUBSPOT_CLIENT_SECRET'] ?? '',
    ];
    expect(canaries.every((canary) => canary.length > 20)).toBe(true);
    const files = rig.dataFiles();
    expect(files.length).toBeGreaterThan(2);
    for (const canary of canaries) {
      for (const { name, bytes } of files) expect([name, bytes.includes(canary)]).toEqual([name, false]);
      expect(rig.log()).not.toContain(canary);
    }
  });

  it('does the same again: same workspace, settings and ledger, and nothing twice in the portal', async () => {
    const customer = rig.account.create('customers', { email: 'ada@example.com', name: 'Ada Byron' });
    await rig.setUp();
    const body = { operationId: crypto.randomUUID(), payPage: 'hosted', linkOnRecord: true };
    expect((await rig.call('/api/v1/settings', { method: 'POST', body })).body).toMatchObject({ ok: true });
    const [first, made] = [kept(), await ownProperties()];
    const groups = groupsMade().length;
    expect(made.length).toBeGreaterThan(15);
    await rig.install();
    const second = kept();
    expect(second.workspaces).toEqual(first.workspaces);
    expect(second.installations.map(({ id }) => id)).toEqual(first.installations.map(({ id }) => id));
    expect(second.accounts).toEqual(first.accounts);
    expect(await ownProperties()).toEqual(made);
    expect(groupsMade()).toHaveLength(groups);
    const view = await rig.view('contacts', rig.hubspot.portal(PORTAL).ref('ada'));
    expect(view.state).not.toBe('not_connected');
    expect(customer.id).toMatch(/^cus_/);
  });

  it('installs at the same time make one installation', async () => {
    await Promise.all([rig.install(), rig.install(), rig.install()]);
    expect(kept().installations).toHaveLength(1);
    expect(kept().workspaces).toHaveLength(1);
  });

  it('gives a second portal a workspace of its own', async () => {
    await rig.setUp();
    await rig.install(OTHER_PORTAL, OTHER_ADMIN);
    expect(kept().workspaces).toHaveLength(2);
    const ada = rig.hubspot.portal(PORTAL).ref('ada');
    const other = { portalId: OTHER_PORTAL, userId: OTHER_ADMIN };
    expect((await rig.view('contacts', ada, other)).state).toBe('not_connected');
    const settings = await rig.call<{ view: { accounts: unknown[] } }>('/api/v1/settings', other);
    expect(settings.body.view.accounts).toEqual([]);
  });

  it('shows how far the first sync is, then what to do next', async () => {
    for (let n = 0; n < 30; n += 1) rig.account.create('customers', { email: `c${n}@example.com` });
    const link = await rig.install();
    const address = `/connect/stripe?link=${encodeURIComponent(link)}`;
    expect((await submit(link, rig.account.definition)).location).toBe(address);
    const first = await open(address);
    expect(first.text).toMatch(/role="status"|All set/);
    const done = await waitFor('the first sync', async () => {
      const page = await open(address);
      return page.text.includes('All set') ? page : undefined;
    });
    expect(done.text).toContain('What to do next');
    expect(done.text).toContain(`/contacts/${PORTAL}/objects/0-1`);
  });
});

describe('keys that do not fit', () => {
  const pair = (secret: AccountDefinition, publishable: AccountDefinition) => ({
    restrictedKey: secret.restrictedKey,
    publishableKey: publishable.publishableKey,
  });

  async function refusedWith(keys: Partial<AccountDefinition>): Promise<string> {
    const link = await rig.install();
    const page = await submit(link, keys);
    expect(page.status).toBe(422);
    expect(page.text).toContain('role="alert"');
    expect(kept().accounts).toEqual([]);
    for (const account of rig.accounts) expect(endpoints(account)).toEqual([]);
    if (keys.restrictedKey) expect(page.text).not.toContain(keys.restrictedKey);
    return page.text;
  }

  it('refuses text that is no key', async () => {
    expect(await refusedWith({ restrictedKey: 'my-key', publishableKey: 'other' })).toContain(
      'must begin with rk_test_',
    );
  });

  it('refuses keys in each other’s fields and never shows the secret one', async () => {
    const { restrictedKey, publishableKey } = rig.account.definition;
    const text = await refusedWith({ restrictedKey: publishableKey, publishableKey: restrictedKey });
    expect(text).not.toContain(restrictedKey);
  });

  it('refuses a key that Stripe does not know', async () => {
    const keys = pair(gatewayAccount(), rig.account.definition);
    expect(await refusedWith(keys)).toContain('does not know this secret key');
  });

  it('refuses keys of two accounts', async () => {
    expect(await refusedWith(pair(rig.account.definition, foreign))).toContain('different Stripe accounts');
  });

  it('refuses a test key beside a live one', async () => {
    const { restrictedKey, publishableKey } = rig.account.definition;
    const text = await refusedWith({ restrictedKey, publishableKey: publishableKey.replace('test', 'live') });
    expect(text).toContain('different modes');
  });

  it('names the one right a key lacks', async () => {
    const text = await refusedWith(pair(narrow, narrow));
    expect(text).toContain('rak_invoice_write');
    expect(text.match(/The key lacks/g)).toHaveLength(1);
  });

  it('keeps nothing while Stripe does not answer', async () => {
    const link = await rig.install();
    rig.stripe.faults.arm('status-500', 400, 0);
    const page = await submit(link, rig.account.definition);
    rig.stripe.faults.clear();
    expect(page.status).toBe(503);
    expect(page.text).toContain('did not answer');
    expect(kept().accounts).toEqual([]);
    expect(endpoints(rig.account.definition)).toEqual([]);
  });

  it('takes its webhook endpoint back when the account cannot be saved', async () => {
    const link = await rig.install();
    const blocked = join(rig.folder, 'data', 'documents.json.next');
    mkdirSync(blocked);
    expect((await submit(link, rig.account.definition)).status).toBe(503);
    expect(
      rig.stripe.calls.some(({ method, path }) => method === 'POST' && path === '/v1/webhook_endpoints'),
    ).toBe(true);
    expect(endpoints(rig.account.definition)).toEqual([]);
    rmSync(blocked, { recursive: true });
    await rig.connect(link);
    expect(endpoints(rig.account.definition)).toHaveLength(1);
  });

  it('connects the same account again without a second endpoint or a second ledger', async () => {
    await rig.setUp();
    const [before] = kept().accounts;
    await rig.connect(await rig.install());
    expect(kept().accounts).toHaveLength(1);
    expect(kept().accounts[0]?.['id']).toBe(before?.['id']);
    expect(endpoints(rig.account.definition)).toHaveLength(1);
  });

  it('says for which account of the CRM it is, and takes no keys from whoever does not say that it is theirs', async () => {
    const link = await rig.install();
    const form = await open(`/connect/stripe?link=${encodeURIComponent(link)}`);
    expect(form.text).toContain(String(PORTAL));
    const { restrictedKey: secretKey, publishableKey } = rig.account.definition;
    const answer = await fetch(`${rig.url}/connect/stripe`, {
      method: 'POST',
      body: new URLSearchParams({ link, secretKey, publishableKey }),
    });
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain('Nothing was connected');
    expect(rig.stripe.calls).toEqual([]);
    expect(kept().accounts).toEqual([]);
  });

  it('leaves an audit row for the install and for each connection: who, and from what to what', async () => {
    const link = await rig.install();
    await rig.connect(link);
    await rig.connect(link);
    const { id: account, externalId } = kept().accounts[0] as { id: string; externalId: string };
    await rig.stopConnector();
    const database = new DatabaseSync(join(rig.folder, 'data', 'payside.db'), { readOnly: true });
    const rows = database
      .prepare('SELECT actor, action, before, after FROM audit ORDER BY id')
      .all() as Trail[];
    database.close();
    expect(rows.map(({ actor, action }) => `${actor} ${action}`)).toEqual([
      `hubspot:${ADMIN} install`,
      `hubspot:${ADMIN} connect`,
      `hubspot:${ADMIN} connect`,
    ]);
    expect(rows.map(({ before }) => before && JSON.parse(before))).toMatchObject([null, null, { account }]);
    expect(JSON.parse(rows[1]?.after ?? '')).toEqual({ account, externalId, livemode: false, by: 'key' });
  });

  it('lists on the form every right that is checked', async () => {
    const page = await open(`/connect/stripe?link=${encodeURIComponent(await rig.install())}`);
    for (const { name } of RIGHTS) expect(page.text).toContain(`<li>${name}</li>`);
  });
});

describe('the admin link', () => {
  it('ends after an hour', async () => {
    const link = await rig.install();
    const address = `/connect/stripe?link=${encodeURIComponent(link)}`;
    expect((await open(address)).status).toBe(200);
    rig.clock.advance(61 * 60_000);
    const page = await open(address);
    expect(page.status).toBe(403);
    expect(page.text).toContain('This link is over');
    expect((await submit(link, rig.account.definition)).status).toBe(403);
    expect(kept().accounts).toEqual([]);
  });

  it('cannot be changed to another workspace, user or time', async () => {
    const parts = (await rig.install()).split('.');
    for (const index of [0, 1, 2, 3]) {
      const changed = parts.map((part, at) => (at === index ? `${part.slice(0, -1)}0x` : part)).join('.');
      expect((await open(`/connect/stripe?link=${encodeURIComponent(changed)}`)).status).toBe(403);
    }
    expect((await open('/connect/stripe')).status).toBe(403);
  });

  it('stops working when its user is no admin any more', async () => {
    const link = await rig.install(PORTAL, ADMIN);
    await rig.install(PORTAL, 62);
    const body = { operationId: crypto.randomUUID(), roles: [{ userId: String(ADMIN), role: 'rep' }] };
    await rig.call('/api/v1/settings', { method: 'POST', body, userId: 62 });
    expect((await open(`/connect/stripe?link=${encodeURIComponent(link)}`)).status).toBe(403);
    expect((await submit(link, rig.account.definition)).status).toBe(403);
    expect(kept().accounts).toEqual([]);
  });
});
