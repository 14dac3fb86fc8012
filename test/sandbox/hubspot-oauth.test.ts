// The HubSpot stand-in's OAuth: consent, codes, tokens, refresh, uninstall.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  arm,
  authorizeUrl,
  call,
  install,
  pkce,
  PORTAL,
  postForm,
  REDIRECT,
  SCOPES,
  startRig,
  type Rig,
} from './hubspot-rig.ts';

const TOKEN = '/oauth/2026-03/token';
const DETAILS = ['GET', '/account-info/2026-03/details'] as const;

describe('installing the app', () => {
  let rig: Rig;
  beforeAll(async () => void (rig = await startRig()));
  afterAll(() => rig.close());

  const codeFor = async (fields: Record<string, string> = {}): Promise<string> => {
    const location = await rig.hubspot.approve(authorizeUrl(rig, fields), { portalId: PORTAL });
    return new URL(location).searchParams.get('code') ?? '';
  };
  const redeem = (code: string, more: Record<string, string> = {}) =>
    postForm(rig, TOKEN, { grant_type: 'authorization_code', code, redirect_uri: REDIRECT, ...more });

  it('shows a consent page with account, Approve and Deny', async () => {
    const page = await (await fetch(authorizeUrl(rig))).text();
    expect(page).toContain('Brightwell Joinery');
    expect(page).toMatch(/<button[^>]*>Approve<\/button>/);
    expect(page).toMatch(/<button[^>]*>Deny<\/button>/);
  });

  it.each([
    ['another client', { client_id: 'somebody' }],
    ['a redirect address that is not registered', { redirect_uri: 'https://evil.test/callback' }],
    ['a missing required scope', { scope: 'oauth' }],
    ['a scope the app does not have', { optional_scope: 'crm.objects.users.write' }],
    ['a plain code challenge', { code_challenge: 'x', code_challenge_method: 'plain' }],
  ])('refuses %s without sending the browser anywhere', async (_what, fields) => {
    const response = await fetch(authorizeUrl(rig, fields), { redirect: 'manual' });
    expect(response.status).toBe(400);
  });

  it('sends the browser back with an error and the state when denied', async () => {
    const body = new URLSearchParams(new URL(authorizeUrl(rig)).search);
    body.set('decision', 'deny');
    const response = await fetch(`${rig.hubspot.url}/oauth/authorize`, {
      method: 'POST',
      body,
      redirect: 'manual',
    });
    const back = new URL(response.headers.get('location') ?? '');
    expect(back.searchParams.get('error')).toBe('access_denied');
    expect(back.searchParams.get('state')).toBe('the-state');
  });

  it('gives tokens of half an hour for a code, once', async () => {
    const code = await codeFor();
    const first = await redeem(code);
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({
      token_type: 'bearer',
      expires_in: 1800,
      hub_id: PORTAL,
      user_id: 31,
      scopes: SCOPES,
    });
    const second = await redeem(code);
    expect(second).toMatchObject({ status: 400, body: { status: 'BAD_AUTH_CODE', error: 'invalid_grant' } });
  });

  it('wants the verifier of the challenge that was sent', async () => {
    const { verifier, challenge } = pkce();
    const fields = { code_challenge: challenge, code_challenge_method: 'S256' };
    expect((await redeem(await codeFor(fields))).status).toBe(400);
    expect((await redeem(await codeFor(fields), { code_verifier: pkce().verifier })).status).toBe(400);
    expect((await redeem(await codeFor(fields), { code_verifier: verifier })).status).toBe(200);
  });

  it('refuses a wrong client secret and a body that is not a form', async () => {
    expect((await redeem(await codeFor(), { client_secret: 'nope' })).body['error']).toBe('invalid_client');
    const json = await fetch(rig.hubspot.url + TOKEN, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"grant_type":"refresh_token"}',
    });
    expect(json.status).toBe(400);
  });

  it('ends access tokens by the clock and renews them by the refresh token', async () => {
    const { accessToken, refreshToken } = await install(rig);
    expect((await call(rig, accessToken, DETAILS)).body).toMatchObject({
      portalId: PORTAL,
      timeZone: 'Europe/Berlin',
      companyCurrency: 'EUR',
    });
    rig.clock.advance(1_801_000);
    const expired = await call(rig, accessToken, DETAILS);
    expect(expired).toMatchObject({
      status: 401,
      body: { status: 'error', category: 'INVALID_AUTHENTICATION', error: 'invalid_token' },
    });
    expect(expired.body['correlationId']).toMatch(/^[0-9a-f-]{36}$/);
    const renewed = await postForm(rig, TOKEN, { grant_type: 'refresh_token', refresh_token: refreshToken });
    expect((await call(rig, String(renewed.body['access_token']), DETAILS)).status).toBe(200);
  });

  it('introspects and revokes tokens', async () => {
    const { accessToken, refreshToken } = await install(rig);
    const live = await postForm(rig, `${TOKEN}/introspect`, { token: accessToken });
    expect(live.body).toMatchObject({ active: true, hub_id: PORTAL, app_id: 7001, scopes: SCOPES });
    await postForm(rig, `${TOKEN}/revoke`, { token: refreshToken });
    const dead = await postForm(rig, `${TOKEN}/introspect`, { token: refreshToken });
    expect(dead.body).toEqual({ active: false });
  });

  it('fails the refresh after an uninstall at the screen', async () => {
    const { refreshToken } = await install(rig);
    rig.hubspot.portal(PORTAL).uninstall();
    const answer = await postForm(rig, TOKEN, { grant_type: 'refresh_token', refresh_token: refreshToken });
    expect(answer).toMatchObject({ status: 400, body: { status: 'BAD_REFRESH_TOKEN' } });
  });

  it('lets the app leave by itself', async () => {
    const { accessToken } = await install(rig);
    const left = await call(rig, accessToken, ['DELETE', '/appinstalls/2026-03/external-install']);
    expect(left.status).toBe(204);
    expect((await call(rig, accessToken, DETAILS)).status).toBe(401);
  });

  it('revokes the installation in the middle of work when told to', async () => {
    const { accessToken, refreshToken } = await install(rig);
    arm(rig, 'token-revoked');
    expect((await call(rig, accessToken, DETAILS)).status).toBe(401);
    const answer = await postForm(rig, TOKEN, { grant_type: 'refresh_token', refresh_token: refreshToken });
    expect(answer.body['status']).toBe('BAD_REFRESH_TOKEN');
  });
});

describe('scopes', () => {
  it('refuses what was not granted, and says which scope is missing', async () => {
    const scopes = ['oauth', 'crm.objects.contacts.read'];
    const rig = await startRig();
    rig.hubspot.configure({ app: { ...rig.app, requiredScopes: scopes } });
    try {
      const location = await rig.hubspot.approve(authorizeUrl(rig, { scope: scopes.join(' ') }), {
        portalId: PORTAL,
      });
      const code = new URL(location).searchParams.get('code') ?? '';
      const grant = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT };
      const token = String((await postForm(rig, TOKEN, grant)).body['access_token']);
      const path = '/crm/objects/2026-03/contacts';
      expect((await call(rig, token, ['GET', path])).status).toBe(200);
      const refused = await call(rig, token, ['POST', path], { properties: {} });
      expect(refused).toMatchObject({ status: 403, body: { category: 'MISSING_SCOPES' } });
      expect(JSON.stringify(refused.body)).toContain('crm.objects.contacts.write');
    } finally {
      await rig.close();
    }
  });
});
