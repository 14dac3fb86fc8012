// Installing into a Salesforce org, from outside: what an admin sees of it, what is kept, and how it ends.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from './rig.ts';
import { ADMIN, fieldsWhen, ORG, orgSeed, REP, startOrgRig, type OrgRig } from './salesforce-rig.ts';

let rig: OrgRig;
beforeEach(async () => void (rig = await startOrgRig({}, false)));
afterEach(() => rig.close());

type Page = { status: number; text: string; location: string | null };

async function open(address: string, cookie = ''): Promise<Page> {
  const answer = await fetch(new URL(address, rig.url), {
    redirect: 'manual',
    headers: { cookie, accept: 'text/html' },
  });
  return { status: answer.status, text: await answer.text(), location: answer.headers.get('location') };
}

async function begin(): Promise<{ consent: string; cookie: string }> {
  const answer = await fetch(`${rig.url}/install/salesforce`, { redirect: 'manual' });
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  return { consent: answer.headers.get('location') ?? '', cookie };
}

async function installed(): Promise<Page> {
  const { consent, cookie } = await begin();
  const callback = await rig.salesforce.approve(consent, { orgId: ORG, userId: ADMIN });
  return open(callback, cookie);
}

type Stored = { state: string; tokens: object | null; cardTokenHash?: string; workspaceId: string };

const installations = (): Stored[] => {
  const file = rig.dataFiles().find(({ name }) => name === 'documents.json');
  return file ? (JSON.parse(file.bytes.toString()) as { installations: Stored[] }).installations : [];
};

const tokenCalls = (): number =>
  rig.salesforce.calls.filter(({ path }) => path === '/services/oauth2/token').length;

/** The token that went into the org's credential last. */
function cardToken(): string {
  const writes = rig.salesforce.calls.filter(
    ({ path, status }) => path.includes('credential') && status < 300,
  );
  const body = JSON.parse(writes.at(-1)?.body ?? '{}') as { credentials: { Token: { value: string } } };
  return body.credentials.Token.value;
}

const card = (token: string): Promise<Response> =>
  fetch(`${rig.url}/api/v1/records/Contact/${rig.org.ref('ada')}`, {
    headers: { authorization: `Bearer ${token}`, 'x-payside-org': ORG, 'x-payside-user': ADMIN },
  });

describe('an install', () => {
  it('asks with PKCE for what it needs, and leads on to connecting a gateway', async () => {
    const { consent } = await begin();
    const asked = new URL(consent);
    expect(asked.origin).toBe(rig.salesforce.url);
    expect(asked.searchParams.get('code_challenge')).toMatch(/^[\w-]{43}$/);
    const page = await installed();
    expect(page.status).toBe(303);
    expect(page.location).toMatch(/^\/connect\/stripe\?link=/);
    const form = await open(page.location ?? '');
    expect(form.text).toContain(`Brightwell Joinery (${ORG})`);
  });

  it('keeps tokens sealed, and the token of cards’ calls only as a hash', async () => {
    await installed();
    const canaries = [cardToken(), ...rig.salesforce.calls.flatMap(secretsOf)];
    expect(canaries.length).toBeGreaterThan(2);
    const kept = rig.dataFiles().map(({ bytes }) => bytes.toString('latin1'));
    for (const canary of canaries) {
      expect(kept.some((text) => text.includes(canary))).toBe(false);
      expect(rig.log()).not.toContain(canary);
    }
    expect((await card(cardToken())).status).toBe(200);
  });

  it('made again keeps the workspace and ends the token before', async () => {
    await installed();
    const before = cardToken();
    await installed();
    expect(installations()).toHaveLength(1);
    expect(cardToken()).not.toBe(before);
    expect([(await card(before)).status, (await card(cardToken())).status]).toEqual([401, 200]);
  });

  it.each([
    ['is denied', (state: string) => `?error=access_denied&state=${state}`, /access was not granted/],
    ['brings no state', () => '?code=abc', /used before/],
    ['brings another state', () => '?code=abc&state=invented', /used before/],
  ])('that %s asks for no token and keeps nothing', async (_what, query, words) => {
    const { consent, cookie } = await begin();
    const state = new URL(consent).searchParams.get('state') ?? '';
    const page = await open(`/oauth/salesforce/callback${query(state)}`, cookie);
    expect(page.status).toBe(400);
    expect(page.text).toMatch(words);
    expect(page.text).toContain('href="/install/salesforce"');
    expect(tokenCalls()).toBe(0);
    expect(installations()).toEqual([]);
  });

  it('begun for HubSpot cannot be finished for Salesforce, nor in another browser', async () => {
    const start = await fetch(`${rig.url}/install/hubspot`, { redirect: 'manual' });
    const state = new URL(start.headers.get('location') ?? '').searchParams.get('state');
    const cookie = (start.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    expect((await open(`/oauth/salesforce/callback?code=a&state=${state}`, cookie)).text).toMatch(
      /used before/,
    );
    const { consent } = await begin();
    const callback = await rig.salesforce.approve(consent, { orgId: ORG });
    expect((await open(callback, 'payside_install=somebody')).text).toMatch(/Another browser/);
    expect(tokenCalls()).toBe(0);
  });

  it('while Salesforce is down says so, and works when it is back', async () => {
    const { consent, cookie } = await begin();
    const callback = await rig.salesforce.approve(consent, { orgId: ORG });
    rig.salesforce.faults.arm('status-503', 50, 0);
    const page = await open(callback, cookie);
    expect([page.status, page.text.includes('Salesforce did not answer')]).toEqual([503, true]);
    rig.salesforce.faults.clear();
    expect((await installed()).status).toBe(303);
  });
});

const secretsOf = ({ path, response }: { path: string; response: string }): string[] => {
  if (path !== '/services/oauth2/token') return [];
  const { access_token: access, refresh_token: refresh } = JSON.parse(response) as Record<string, string>;
  return [access ?? '', refresh ?? ''].filter(Boolean);
};

describe('an org that is not ready', () => {
  it.each([
    ['lacks the package', { packageInstalled: false }, /Install the package/],
    ['hides a field', { hiddenFields: ['Account.Payside_Owed__c'] }, /Account\.Payside_Owed__c/],
  ])('because it %s is told what to do, and gets its tokens back', async (_what, change, words) => {
    await rig.close();
    rig = await startOrgRig({ orgs: [orgSeed(change)] }, false);
    const page = await installed();
    expect(page.status).toBe(400);
    expect(page.text).toContain('Salesforce is not ready yet');
    expect(page.text).toMatch(words);
    expect(installations()).toEqual([]);
    const families = await (await fetch(`${rig.salesforce.url}/_sandbox/objects/tokens`)).json();
    expect(families).toMatchObject([{ ended: true }]);
  });
});

describe('an uninstall', () => {
  it('is noticed at the next call: tokens are erased, cards are refused, what waits is kept', async () => {
    await rig.connect(await rig.installOrg());
    const token = cardToken();
    rig.org.uninstall();
    rig.account.create('customers', { email: 'ada@example.com' }, { silent: false });
    await waitFor('the end', () => (installations()[0]?.state === 'uninstalled' ? true : undefined));
    expect(installations()[0]).toMatchObject({ tokens: null });
    expect(installations()[0]).not.toHaveProperty('cardTokenHash');
    expect((await card(token)).status).toBe(401);
  });

  it('followed by an install goes on with the same ledger', async () => {
    await rig.connect(await rig.installOrg());
    const customer = rig.account.create('customers', { email: 'ada@example.com' }, { silent: false });
    const ada = rig.at('Contact', 'ada');
    await fieldsWhen(rig, ada, (fields) => fields['Payside_Status__c'] === 'none');
    rig.org.uninstall();
    const invoice = rig.account.create('invoices', {
      customer: customer.id,
      collection_method: 'send_invoice',
      days_until_due: 7,
    });
    rig.account.create('invoiceitems', {
      customer: customer.id,
      invoice: invoice.id,
      amount: 900,
      currency: 'eur',
    });
    rig.account.act('invoices', invoice.id, 'finalize', {}, { silent: false });
    await waitFor('the end', () => (installations()[0]?.state === 'uninstalled' ? true : undefined));
    await rig.installOrg();
    await fieldsWhen(rig, ada, (fields) => fields['Payside_Owed__c'] === 9);
    expect(installations()).toHaveLength(1);
  });
});

describe('settings', () => {
  it('name the people of the org, and give roles by their ids', async () => {
    await installed();
    const { body } = await rig.apex<{ view: { role: string; admin: { people: { userId: string }[] } } }>(
      '/api/v1/settings',
    );
    expect(body.view.role).toBe('admin');
    expect(body.view.admin.people.map(({ userId }) => userId)).toContain(REP);
    const roles = [{ userId: REP, role: 'finance' }];
    const operationId = crypto.randomUUID();
    const saved = await rig.apex('/api/v1/settings', { body: { operationId, roles } });
    expect(saved).toMatchObject({ status: 200, body: { ok: true } });
    const seen = await rig.apex<{ view: { role: string } }>('/api/v1/settings', { userId: REP });
    expect(seen.body.view.role).toBe('finance');
  });
});
