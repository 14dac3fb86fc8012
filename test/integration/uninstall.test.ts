// What happens when a portal removes the app: calls end, tokens are erased, what waits is kept until it is installed again.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PORTAL, propertiesWhen, startRig, viewWhen, waitFor, type Rig } from './rig.ts';

let rig: Rig;
let customer: string;
let first: { id: string; payUrl: string };
beforeEach(async () => {
  rig = await startRig();
  customer = rig.account.create('customers', { email: 'ada@example.com', name: 'Ada Byron' }).id;
  await rig.setUp();
  const id = bill(2_000);
  await propertiesWhen(rig, ada(), ({ payside_owed: owed }) => Number(owed) === 20);
  const { invoices } = await rig.view('contacts', ada().id);
  first = { id, payUrl: invoices[0]?.payUrl ?? '' };
});
afterEach(() => rig.close());

const ada = () => ({ kind: 'contacts', id: rig.hubspot.portal(PORTAL).ref('ada') }) as const;

/** A new open invoice at the gateway, told to us by webhooks. */
function bill(amount: number): string {
  const told = { silent: false };
  const invoice = rig.account.create(
    'invoices',
    { customer, collection_method: 'send_invoice', days_until_due: 9 },
    told,
  );
  rig.account.create('invoiceitems', { customer, invoice: invoice.id, amount, currency: 'eur' }, told);
  rig.account.act('invoices', invoice.id, 'finalize', {}, told);
  return invoice.id;
}

type Stored = {
  id: string;
  workspaceId: string;
  state: string;
  tokens: { access: string; refresh: string } | null;
};

function installation(): Stored {
  const file = rig.dataFiles().find(({ name }) => name === 'documents.json');
  const { installations } = JSON.parse(file?.bytes.toString() ?? '') as { installations: [Stored] };
  return installations[0];
}

const ended = () => waitFor('the end', () => (installation().state === 'uninstalled' ? true : undefined));

/** Waits until the connector has read everything the gateway told so far, by voiding `first` and visiting its link. */
async function allRead(): Promise<void> {
  rig.account.act('invoices', first.id, 'void', {}, { silent: false });
  await waitFor('the events', async () => {
    const page = await fetch(`${first.payUrl}/view`);
    return ((await page.json()) as { state: string }).state === 'ready' ? undefined : true;
  });
}

/** Desired states that wait, read from the file once the connector has let go of it. */
async function queued(): Promise<number> {
  await rig.stopConnector();
  const database = new DatabaseSync(join(rig.folder, 'data', 'payside.db'), { readOnly: true });
  const row = database.prepare(`SELECT count(*) AS n FROM outbox WHERE state = 'waiting'`).get();
  database.close();
  return Number(row?.['n']);
}

describe('an uninstall', () => {
  it('is noticed at the first call, which erases the tokens and ends the calls', async () => {
    const { tokens } = installation();
    rig.hubspot.portal(PORTAL).uninstall();
    bill(3_000);
    await ended();
    expect(installation().tokens).toBeNull();
    for (const { name, bytes } of rig.dataFiles())
      for (const sealed of [tokens?.access ?? '', tokens?.refresh ?? ''])
        expect([name, sealed.length > 40 && bytes.includes(sealed)]).toEqual([name, false]);
    const calls = rig.hubspot.calls.length;
    for (const amount of [100, 200]) {
      bill(amount);
      rig.clock.advance(20 * 60_000);
    }
    await allRead();
    expect(rig.hubspot.calls).toHaveLength(calls);
    expect(await queued()).toBeGreaterThan(0);
  });

  it('answers 401 to cards and to the settings page', async () => {
    rig.hubspot.portal(PORTAL).uninstall();
    bill(3_000);
    await ended();
    expect((await rig.call(`/api/v1/records/contacts/${ada().id}`)).status).toBe(401);
    expect((await rig.call('/api/v1/settings')).status).toBe(401);
  });

  it('is noticed within a day where nobody calls', async () => {
    rig.hubspot.portal(PORTAL).uninstall();
    rig.clock.advance(25 * 60 * 60_000);
    await ended();
    expect(installation().tokens).toBeNull();
  });

  it('keeps workspace, settings, ledger and queue, and installing again delivers what waited', async () => {
    const before = installation();
    await rig.call('/api/v1/settings', {
      method: 'POST',
      body: { operationId: crypto.randomUUID(), timeZone: 'Asia/Tokyo' },
    });
    rig.hubspot.portal(PORTAL).uninstall();
    bill(3_000);
    await ended();
    await rig.install();
    expect(installation()).toMatchObject({
      id: before.id,
      workspaceId: before.workspaceId,
      state: 'installed',
    });
    rig.clock.advance(16 * 60_000);
    await propertiesWhen(rig, ada(), ({ payside_owed: owed }) => Number(owed) === 50);
    const record = { objectType: 'contacts', recordId: ada().id };
    const view = await viewWhen(rig, record, ({ invoices }) => invoices.length === 2);
    expect(view.owed).toMatchObject([{ amountMinor: 5_000 }]);
    const settings = await rig.call<{ view: { timeZone: string } }>('/api/v1/settings');
    expect(settings.body.view.timeZone).toBe('Asia/Tokyo');
  });
});

describe('what is no uninstall', () => {
  it('a token that ended early is renewed, and the call made again', async () => {
    const issued = rig.hubspot.calls.filter(({ path }) => path === '/oauth/2026-03/token');
    const { access_token: token = '' } = JSON.parse(issued.at(-1)?.response ?? '{}') as Record<
      string,
      string
    >;
    const { HUBSPOT_CLIENT_ID: id = '', HUBSPOT_CLIENT_SECRET: secret = '' } = rig.env;
    const revoked = await fetch(`${rig.hubspot.url}/oauth/2026-03/token/revoke`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: id, client_secret: secret, token }),
    });
    expect(revoked.status).toBe(200);
    bill(3_000);
    await propertiesWhen(rig, ada(), ({ payside_owed: owed }) => Number(owed) === 50);
    expect(rig.hubspot.calls.some(({ status }) => status === 401)).toBe(true);
    expect(installation().state).toBe('installed');
  });

  it('HubSpot being down, or refusing our own credentials, erases nothing', async () => {
    const { tokens } = installation();
    await rig.stopConnector();
    const secret = rig.env['HUBSPOT_CLIENT_SECRET'] ?? '';
    rig.env['HUBSPOT_CLIENT_SECRET'] = 'a-typing-error-in-the-secret';
    rig.clock.advance(40 * 60_000);
    await rig.startConnector();
    const calls = rig.hubspot.calls.length;
    bill(3_000);
    await waitFor('a refused refresh', () =>
      rig.hubspot.calls.slice(calls).some(({ status }) => status === 401) ? true : undefined,
    );
    expect(installation()).toMatchObject({ state: 'installed', tokens });
    await rig.stopConnector();
    rig.env['HUBSPOT_CLIENT_SECRET'] = secret;
    await rig.startConnector();
    rig.clock.advance(16 * 60_000);
    await propertiesWhen(rig, ada(), ({ payside_owed: owed }) => Number(owed) === 50);
  });

  it('many calls with an ended token ask for one new token', async () => {
    rig.clock.advance(40 * 60_000);
    const refreshes = () =>
      rig.hubspot.calls.filter(
        ({ path, body }) => path === '/oauth/2026-03/token' && body.includes('grant_type=refresh_token'),
      );
    const before = refreshes().length;
    await Promise.all(Array.from({ length: 8 }, () => rig.call('/api/v1/settings')));
    expect(refreshes()).toHaveLength(before + 1);
  });
});
