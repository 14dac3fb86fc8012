// The settings doors: who sees what, what an admin may change, and what a change does to cards and pay pages.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  settingsAnswerSchema,
  type SettingsAnswer,
  type SettingsRequest,
  type SettingsView,
} from '../../src/views/settings-schema.ts';
import { deliver } from '../billing/scene.ts';
import {
  ADMIN,
  FINANCE,
  liveAccount,
  PORTAL,
  portalSeed,
  propertiesWhen,
  REP,
  startRig,
  VIEWER,
  viewWhen,
  waitFor,
  type Answer,
  type Caller,
  type Rig,
} from './rig.ts';

const SETTINGS = '/api/v1/settings';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

async function look(caller: Caller = {}): Promise<SettingsView> {
  const { status, body } = await rig.call(SETTINGS, caller);
  expect(status).toBe(200);
  const answer = settingsAnswerSchema.parse(body);
  if (!answer.ok) throw new Error(answer.message);
  return answer.view;
}

type Change = Partial<SettingsRequest> | Record<string, unknown>;

const change = (body: Change, caller: Caller = {}): Promise<Answer<SettingsAnswer>> =>
  rig.call<SettingsAnswer>(SETTINGS, {
    ...caller,
    method: 'POST',
    body: { operationId: randomUUID(), ...body },
  });

const BRAND = { name: 'Brightwell', logoUrl: 'https://cdn.example.com/logo.png', color: '#0B6B58' };

/** Audit rows of settings, read from the file once the connector has let go of it. */
async function auditRows(): Promise<Record<string, unknown>[]> {
  await rig.stopConnector();
  const database = new DatabaseSync(join(rig.folder, 'data', 'payside.db'), { readOnly: true });
  const rows = database
    .prepare(`SELECT actor, action, before, after FROM audit WHERE action = 'settings'`)
    .all();
  database.close();
  return rows;
}

describe('looking at the settings', () => {
  beforeEach(() => rig.setUp());

  it('shows an admin everything, people by their names', async () => {
    const view = await look();
    expect(view).toMatchObject({
      role: 'admin',
      timeZone: 'Europe/Berlin',
      payPage: 'embedded',
      mode: 'test_portal',
    });
    expect(view.accounts).toMatchObject([{ name: 'Brightwell Joinery', mode: 'test', state: 'connected' }]);
    expect(view.admin?.people).toMatchObject([
      { userId: String(FINANCE), name: 'Farid Example', role: 'viewer', isYou: false },
      { userId: String(ADMIN), name: 'Ines Example', role: 'admin', isYou: true },
      { userId: String(REP), name: 'Rosa Example', role: 'viewer' },
      { userId: String(VIEWER), name: 'Vito Example', role: 'viewer' },
    ]);
    expect(view.admin?.peopleNote).toBeNull();
    expect(view.admin?.timeZones).toContain('Europe/Berlin');
    expect(view.admin?.installation).toMatchObject({ portalId: String(PORTAL) });
    expect(view.admin?.givenUp).toBeNull();
  });

  it('tells an admin what was given up on, of every kind', async () => {
    const answer = await deliver(rig, JSON.stringify({ object: 'event', shape: 'none' }));
    expect(answer).toMatchObject({ status: 200, word: 'malformed' });
    expect((await look()).admin?.givenUp).toMatchObject({
      count: 1,
      text: expect.stringContaining('A message of the payment gateway could not be applied (malformed).'),
    });
  });

  it('shows everybody else what concerns them, and no admin’s link', async () => {
    for (const userId of [FINANCE, REP, VIEWER, 999]) {
      const view = await look({ userId });
      expect(view.role).toBe('viewer');
      expect(view.admin).toBeNull();
      expect(JSON.stringify(view)).not.toContain('link=');
    }
  });

  it('never carries a secret', async () => {
    const text = JSON.stringify(await look());
    const { restrictedKey, secretKey } = rig.account.definition;
    for (const secret of [restrictedKey, secretKey, 'whsec_', 'v1.k1.', 'refresh-', 'access-'])
      expect(text).not.toContain(secret);
  });

  it('hands an admin a link to the connect page that works', async () => {
    const { connectUrl } = (await look()).admin ?? { connectUrl: '' };
    const page = await fetch(connectUrl);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('All set');
  });

  it('works without HubSpot’s list of people', async () => {
    rig.hubspot.faults.arm('status-503', 50, 0);
    const view = await look();
    expect(view.admin?.people).toMatchObject([{ userId: String(ADMIN), role: 'admin' }]);
    expect(view.admin?.peopleNote).toContain('did not say');
  });

  it('answers 401 to whoever is not signed', async () => {
    expect((await fetch(`${rig.url}${SETTINGS}`)).status).toBe(401);
    expect((await rig.call(SETTINGS, { secret: 'not-the-secret' })).status).toBe(401);
    expect((await rig.call(SETTINGS, { portalId: PORTAL + 5 })).status).toBe(401);
  });
});

describe('changing the settings', () => {
  beforeEach(() => rig.install());

  it('keeps what was sent, leaves the rest, and leaves one audit row although it was sent twice', async () => {
    const sent = { operationId: randomUUID(), brand: BRAND, timeZone: 'Asia/Tokyo', linkOnRecord: true };
    for (const turn of [1, 2]) expect([turn, (await change(sent)).body.ok]).toEqual([turn, true]);
    const view = await look();
    expect(view).toMatchObject({
      brand: { ...BRAND, color: '#0b6b58' },
      timeZone: 'Asia/Tokyo',
      linkOnRecord: true,
      payPage: 'embedded',
    });
    const rows = await auditRows();
    expect(rows).toHaveLength(1);
    expect(rows[0]?.['actor']).toBe(`hubspot:${ADMIN}`);
    expect(JSON.parse(String(rows[0]?.['before']))).toMatchObject({ timeZone: 'Europe/Berlin' });
    expect(Object.keys(JSON.parse(String(rows[0]?.['after'])) as object).sort()).toEqual([
      'brand',
      'linkOnRecord',
      'timeZone',
    ]);
  });

  it('survives a restart', async () => {
    await change({ brand: BRAND });
    await rig.stopConnector();
    await rig.startConnector();
    expect((await look()).brand.name).toBe('Brightwell');
  });

  it('is for admins only, and says so', async () => {
    for (const userId of [FINANCE, REP, VIEWER]) {
      const { status, body } = await change({ timeZone: 'Asia/Tokyo' }, { userId });
      expect(status).toBe(200);
      expect(body).toMatchObject({ ok: false, code: 'not_allowed', retry: 'never' });
    }
    expect((await look()).timeZone).toBe('Europe/Berlin');
    expect(await auditRows()).toEqual([]);
  });

  it.each([
    ['an unknown field', { secretKey: 'x' }],
    ['an unknown role', { roles: [{ userId: '62', role: 'owner' }] }],
    ['a user id that is none', { roles: [{ userId: '__proto__', role: 'rep' }] }],
    ['half a brand', { brand: { name: 'x' } }],
    ['no operation id', { operationId: undefined }],
    ['an unknown page kind', { payPage: 'popup' }],
    ['a very long name', { brand: { ...BRAND, name: 'x'.repeat(201) } }],
  ])('answers 400 to %s', async (_name, body) => {
    expect((await change(body)).status).toBe(400);
  });

  it.each([
    ['brand.name', { brand: { ...BRAND, name: '  ' } }],
    ['brand.name', { brand: { ...BRAND, name: '4242 4242 4242 4242' } }],
    ['brand.logoUrl', { brand: { ...BRAND, logoUrl: 'http://cdn.example.com/logo.png' } }],
    ['brand.logoUrl', { brand: { ...BRAND, logoUrl: 'javascript:alert(1)' } }],
    ['brand.logoUrl', { brand: { ...BRAND, logoUrl: 'https://169.254.169.254/latest' } }],
    ['brand.logoUrl', { brand: { ...BRAND, logoUrl: 'https://[::1]/logo.png' } }],
    ['brand.logoUrl', { brand: { ...BRAND, logoUrl: 'https://0x7f000001/logo.png' } }],
    ['brand.logoUrl', { brand: { ...BRAND, logoUrl: 'https://me:pw@cdn.example.com/logo.png' } }],
    ['brand.color', { brand: { ...BRAND, color: 'red' } }],
    ['timeZone', { timeZone: 'Mars/Base' }],
    ['timeZone', { timeZone: '+02:00' }],
    ['roles', { roles: [{ userId: String(ADMIN), role: 'rep' }] }],
  ])('refuses a bad %s beside good values, and keeps nothing of them', async (field, body) => {
    const { body: answer } = await change({ linkOnRecord: true, ...body });
    expect(answer).toMatchObject({ ok: false, code: 'settings_invalid', problems: [{ field }] });
    expect(await look()).toMatchObject({ linkOnRecord: false, timeZone: 'Europe/Berlin', role: 'admin' });
  });

  it('gives roles that count from the next call on', async () => {
    const ada = rig.hubspot.portal(PORTAL).ref('ada');
    expect((await rig.view('contacts', ada, { userId: REP })).role).toBe('viewer');
    const roles = [
      { userId: String(REP), role: 'rep' },
      { userId: String(FINANCE), role: 'admin' },
      { userId: String(ADMIN), role: 'finance' },
    ];
    const { body } = await change({ roles });
    expect(body).toMatchObject({ ok: true, view: { role: 'finance', admin: null } });
    expect((await rig.view('contacts', ada, { userId: REP })).role).toBe('rep');
    expect((await change({ linkOnRecord: true })).body).toMatchObject({ code: 'not_allowed' });
    expect((await look({ userId: FINANCE })).admin?.people).toHaveLength(4);
  });

  it('keeps changes that two admins make at the same moment', async () => {
    await change({ roles: [{ userId: String(FINANCE), role: 'admin' }] });
    const users = Array.from({ length: 12 }, (_, index) => String(900 + index));
    await Promise.all(
      users.map((userId, index) =>
        change({ roles: [{ userId, role: 'rep' }] }, { userId: index % 2 === 0 ? ADMIN : FINANCE }),
      ),
    );
    const people = (await look()).admin?.people ?? [];
    expect(people.filter(({ role }) => role === 'rep').map(({ userId }) => userId)).toEqual(users);
  });
});

describe('the gateway’s own page', () => {
  async function openInvoice(): Promise<{ payUrl: string; hostedUrl: string; id: string }> {
    const customer = rig.account.create('customers', { email: 'ada@example.com', name: 'Ada Byron' });
    const invoice = rig.account.create('invoices', {
      customer: customer.id,
      collection_method: 'send_invoice',
      days_until_due: 14,
    });
    rig.account.create('invoiceitems', {
      customer: customer.id,
      invoice: invoice.id,
      amount: 5_000,
      currency: 'eur',
    });
    const open = rig.account.act('invoices', invoice.id, 'finalize');
    await rig.setUp();
    const record = { objectType: 'contacts', recordId: rig.hubspot.portal(PORTAL).ref('ada') };
    const view = await viewWhen(rig, record, ({ invoices }) => invoices.length === 1);
    return {
      payUrl: view.invoices[0]?.payUrl ?? '',
      hostedUrl: String(open['hosted_invoice_url']),
      id: invoice.id,
    };
  }

  const visit = (address: string) => fetch(address, { redirect: 'manual' });

  it('is where a link leads once an admin chose it, while the invoice is open', async () => {
    const { payUrl, hostedUrl, id } = await openInvoice();
    expect((await visit(payUrl)).status).toBe(200);
    await change({ payPage: 'hosted' });
    const sent = await visit(payUrl);
    expect(sent.status).toBe(303);
    expect(sent.headers.get('location')).toBe(hostedUrl);
    expect((await visit(`${payUrl}x`)).status).toBe(404);
    rig.account.act('invoices', id, 'void', {}, { silent: false });
    await waitFor('the link to end', async () => ((await visit(payUrl)).status === 303 ? undefined : true));
    await change({ payPage: 'embedded' });
    expect((await visit(payUrl)).headers.get('location')).toBeNull();
  });
});

describe('test keys on a live portal', () => {
  it('are test mode: a watermark on the card, a note in the settings, nothing on the record', async () => {
    await rig.close();
    const [test, live] = [rig.account.definition, liveAccount()];
    rig = await startRig({ portals: [portalSeed({ testAccount: false })], accounts: [test, live] });
    for (const { id } of [test, live]) {
      const account = rig.stripe.account(id);
      const customer = account.create('customers', { email: 'ada@example.com' }).id;
      const terms = { collection_method: 'send_invoice', days_until_due: 7 };
      const invoice = account.create('invoices', { customer, ...terms });
      account.create('invoiceitems', { customer, invoice: invoice.id, amount: 7_000, currency: 'eur' });
      account.act('invoices', invoice.id, 'finalize');
    }
    const record = { objectType: 'contacts', recordId: rig.hubspot.portal(PORTAL).ref('ada') };
    await rig.connect(await rig.install(), test);
    const card = await viewWhen(rig, record, ({ invoices }) => invoices.length === 1);
    expect(card.mode).toBe('test');
    expect(await look()).toMatchObject({ mode: 'test', accounts: [{ mode: 'test' }] });
    const writes = () =>
      rig.hubspot.calls.filter(
        ({ path }) => /batch\/(update|upsert|create)/.test(path) && !path.includes('properties'),
      );
    expect(writes()).toEqual([]);

    const link = new URL((await look()).admin?.connectUrl ?? '').searchParams.get('link') ?? '';
    await rig.connect(link, live);
    const real = await viewWhen(
      rig,
      record,
      ({ mode, invoices }) => mode === 'live' && invoices.length === 1,
    );
    expect(real.owed).toMatchObject([{ amountMinor: 7_000 }]);
    const written = await propertiesWhen(
      rig,
      { kind: 'contacts', id: record.recordId },
      ({ payside_owed: owed }) => Number(owed) > 0,
    );
    expect(Number(written['payside_owed'])).toBe(70);
    expect(await look()).toMatchObject({ mode: 'live' });
  });
});
