// The Salesforce stand-in's OAuth: consent, PKCE, tokens that rotate, families that end, sessions that run out.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ADMIN,
  api,
  authorizeUrl,
  codeFor,
  install,
  ORG,
  postForm,
  redeem,
  refresh,
  startRig,
  type Rig,
} from './salesforce-rig.ts';

let rig: Rig;
beforeAll(async () => void (rig = await startRig()));
afterAll(() => rig.close());

const works = async (access: string): Promise<boolean> =>
  (await api(rig, access, '/sobjects')).status === 200;

describe('the consent page', () => {
  it('shows the app, the orgs with their users, Allow and Deny', async () => {
    const page = await (await fetch(authorizeUrl(rig))).text();
    expect(page).toContain('Brightwell Joinery as Rae Porter');
    expect(page).toMatch(/<button[^>]*>Allow<\/button>/);
    expect(page).toMatch(/<button[^>]*>Deny<\/button>/);
  });

  it.each([
    ['another client', { client_id: 'somebody' }],
    ['a redirect address that is not registered', { redirect_uri: 'https://evil.test/callback' }],
    ['a scope the app does not have', { scope: 'full' }],
    ['no code challenge', { code_challenge: '' }],
    ['a plain code challenge', { code_challenge_method: 'plain' }],
    ['the implicit flow', { response_type: 'token' }],
  ])('refuses %s without sending the browser anywhere', async (_what, change) => {
    const response = await fetch(authorizeUrl(rig, change), { redirect: 'manual' });
    expect(response.status).toBe(400);
  });
});

describe('a code', () => {
  it('is good for tokens once, and names org, user and instance', async () => {
    const code = await codeFor(rig);
    const { status, body } = await redeem(rig, code);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      instance_url: rig.salesforce.url,
      id: `${rig.salesforce.url}/id/${ORG}/${ADMIN}`,
      scope: 'api refresh_token',
      token_type: 'Bearer',
    });
    expect(body).not.toHaveProperty('expires_in');
    expect(await redeem(rig, code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it.each([
    ['another verifier', { code_verifier: 'x'.repeat(43) }, 'invalid_grant'],
    ['no verifier', { code_verifier: '' }, 'invalid_grant'],
    ['another redirect address', { redirect_uri: 'http://127.0.0.1:3999/other' }, 'redirect_uri_mismatch'],
    ['a wrong secret', { client_secret: 'no' }, 'invalid_client'],
  ])('is worth nothing with %s', async (_what, change, error) => {
    expect(await redeem(rig, await codeFor(rig), change)).toMatchObject({ status: 400, body: { error } });
  });

  it('is over after ten minutes', async () => {
    const code = await codeFor(rig);
    rig.clock.advance(601_000);
    expect(await redeem(rig, code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });
});

describe('a refresh token', () => {
  it('is used up by a refresh, which brings the next one', async () => {
    const first = await install(rig);
    const { body } = await refresh(rig, first.refresh);
    expect(body['refresh_token']).not.toBe(first.refresh);
    expect(await works(String(body['access_token']))).toBe(true);
    expect(await refresh(rig, String(body['refresh_token']))).toMatchObject({ status: 200 });
  });

  it('that comes back ends its whole family, sessions and all', async () => {
    const first = await install(rig);
    const { body } = await refresh(rig, first.refresh);
    expect(await refresh(rig, first.refresh)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
    expect(await works(String(body['access_token']))).toBe(false);
    expect(await refresh(rig, String(body['refresh_token']))).toMatchObject({ status: 400 });
    const families = await (await fetch(`${rig.salesforce.url}/_sandbox/objects/tokens`)).json();
    expect(families).toContainEqual(expect.objectContaining({ orgId: ORG, reused: 1, ended: true }));
  });

  it('can be revoked, and leaves other consents alone', async () => {
    const [one, other] = [await install(rig), await install(rig)];
    expect((await postForm(rig, '/services/oauth2/revoke', { token: one.refresh })).status).toBe(200);
    expect(await refresh(rig, one.refresh)).toMatchObject({ status: 400 });
    expect([await works(one.access), await works(other.access)]).toEqual([false, true]);
  });

  it('is refused once an admin removed the app', async () => {
    const { access, refresh: token } = await install(rig);
    rig.salesforce.org(ORG).uninstall();
    expect(await works(access)).toBe(false);
    expect(await refresh(rig, token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });
});

describe('a session', () => {
  it('ends two hours after its last use, and is told so in Salesforce’s words', async () => {
    const { access } = await install(rig);
    rig.clock.advance(7_000_000);
    expect(await works(access)).toBe(true);
    rig.clock.advance(7_000_000);
    expect(await works(access)).toBe(true);
    rig.clock.advance(7_300_000);
    expect(await api(rig, access, '/sobjects')).toMatchObject({
      status: 401,
      body: [{ errorCode: 'INVALID_SESSION_ID' }],
    });
  });

  it('can be ended from outside, and by a fault', async () => {
    const [one, other] = [await install(rig), await install(rig)];
    rig.salesforce.org(ORG).expireSessions();
    expect(await works(one.access)).toBe(false);
    const { body } = await refresh(rig, other.refresh);
    rig.salesforce.faults.arm('session-expired', 1, 0);
    expect(await works(String(body['access_token']))).toBe(false);
  });
});
