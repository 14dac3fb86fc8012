// Connecting Stripe by its owner's consent: no keys typed, events at the app's address, tokens that roll, a way out.
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { consent, synced } from '../../sandbox/world/admin.ts';
import {
  ADMIN,
  PORTAL,
  propertiesWhen,
  startRig,
  viewWhen,
  waitFor,
  type Rig,
  type RigOptions,
} from './rig.ts';

const HOUR_MS = 60 * 60_000;

let rig: Rig;
let link: string;

async function open(options: RigOptions = {}): Promise<void> {
  rig = await startRig({ stripeApp: true, ...options });
  link = await rig.install();
}
beforeEach(() => open());
afterEach(() => rig.close());

const ada = () => rig.hubspot.portal(PORTAL).ref('ada');
const id = () => rig.account.definition.id;

/** A customer whose contact the portal has, with an open invoice. */
function bill(amount: number): string {
  const told = { silent: false };
  const customer = rig.account.create('customers', { email: 'ada@example.com', name: 'Ada Byron' }, told).id;
  const wish = { customer, collection_method: 'send_invoice', days_until_due: 9 };
  const invoice = rig.account.create('invoices', wish, told).id;
  rig.account.create('invoiceitems', { customer, invoice, amount, currency: 'eur' }, told);
  rig.account.act('invoices', invoice, 'finalize', {}, told);
  return invoice;
}

const owes = (amount: number) =>
  propertiesWhen(rig, { kind: 'contacts', id: ada() }, (now) => Number(now['payside_owed']) === amount);

type Answered = { status: number; outcome: string };
type Account = { state: string; credentials: string | null; webhook: unknown };

function accounts(): Account[] {
  const file = rig.dataFiles().find(({ name }) => name === 'documents.json');
  return (JSON.parse(file?.bytes.toString() ?? '{"accounts":[]}') as { accounts: Account[] }).accounts;
}

const tokenCalls = () => rig.stripe.calls.filter(({ path }) => path === '/v1/oauth/token');
const text = async (answer: Response): Promise<string> => (await answer.text()).replaceAll(/\s+/g, ' ');

/** Grants access and waits until the history is read. */
async function connected(): Promise<void> {
  const done = await consent(rig, link, { account: id() });
  expect(done.status).toBe(303);
  link = new URL(done.headers.get('location') ?? '', rig.url).searchParams.get('link') ?? '';
  await synced(rig, link);
}

describe('an account connected by consent', () => {
  it('is read, hears events at the address of the app, and has no endpoint or key of its own', async () => {
    bill(4_200);
    await connected();
    await owes(42);
    expect(rig.account.all('webhook_endpoints')).toEqual([]);
    expect(accounts()).toMatchObject([{ state: 'connected', webhook: null }]);
    bill(800);
    await owes(50);
  });

  it('keeps its tokens sealed and logs none of them', async () => {
    await connected();
    const secrets = tokenCalls().flatMap(({ response }) => {
      const { access_token: access, refresh_token: next } = JSON.parse(response) as Record<string, string>;
      return [access ?? '', next ?? ''];
    });
    expect(secrets).toHaveLength(2);
    const kept = Buffer.concat(rig.dataFiles().map(({ bytes }) => bytes)).toString('latin1') + rig.log();
    for (const secret of secrets) expect(kept).not.toContain(secret);
  });

  it('is used on after an hour, with one new token for all who need it', async () => {
    await connected();
    rig.clock.advance(HOUR_MS + 1_000);
    const record = { objectType: 'contacts', recordId: ada() };
    const links = await Promise.all(
      [1, 2, 3].map((number) =>
        rig.operate('create-link', record, {
          currency: 'EUR',
          amount: `${number}.00`,
          description: 'Varnish',
        }),
      ),
    );
    expect(links.map(({ body }) => body.ok)).toEqual([true, true, true]);
    expect(tokenCalls().map(({ body }) => new URLSearchParams(body).get('grant_type'))).toEqual([
      'authorization_code',
      'refresh_token',
    ]);
  });

  it('survives a restart and a gateway that does not answer while a token is renewed', async () => {
    await connected();
    await rig.stopConnector();
    rig.clock.advance(2 * HOUR_MS);
    await rig.startConnector();
    rig.stripe.faults.arm('status-503', 1, 0);
    const record = { objectType: 'contacts', recordId: ada() };
    const wish = { currency: 'EUR', amount: '5.00', description: 'Varnish' };
    await rig.operate('create-link', record, wish);
    expect(accounts()).toMatchObject([{ state: 'connected' }]);
    const again = await rig.operate('create-link', record, wish);
    expect(again.body.ok).toBe(true);
  });

  it('is over when its owner takes the consent back: tokens go, cards and settings say so', async () => {
    bill(4_200);
    await connected();
    await owes(42);
    const gone = await fetch(`${rig.stripe.url}/_sandbox/deauthorize`, {
      method: 'POST',
      body: JSON.stringify({ account: id() }),
    });
    expect(gone.status).toBe(200);
    const view = await viewWhen(
      rig,
      { objectType: 'contacts', recordId: ada() },
      ({ state }) => state === 'reconnect',
    );
    expect(view.actions).toEqual([]);
    expect(view.owed.map(({ text: shown }) => shown)).toEqual(['€42.00']);
    // What a card is told may be on its way to the file yet.
    await waitFor('the file to say so', () => (accounts()[0]?.state === 'disconnected' ? true : undefined));
    expect(accounts()).toMatchObject([{ state: 'disconnected', credentials: null }]);
    await connected();
    await viewWhen(rig, { objectType: 'contacts', recordId: ada() }, ({ state }) => state === 'ready');
  });

  it('is one account with the one connected by key before, which loses its endpoint', async () => {
    await rig.connect(link);
    expect(rig.account.all('webhook_endpoints')).toHaveLength(1);
    await connected();
    expect(accounts()).toHaveLength(1);
    await waitFor('the endpoint to go', () =>
      rig.account.all('webhook_endpoints').length === 0 ? true : undefined,
    );
  });
});

describe('a consent that ends early', () => {
  it('is told to whoever cancels, and can be started again', async () => {
    const done = await consent(rig, link, { account: id(), decision: 'cancel' });
    expect(done.status).toBe(400);
    const page = await text(done);
    expect(page).toContain('Nothing was connected');
    expect(page).toContain('Start again');
    expect(accounts()).toEqual([]);
    expect(tokenCalls()).toEqual([]);
  });

  it('is refused in another browser, a second time, and with a made-up state', async () => {
    const start = await fetch(`${rig.url}/connect/stripe?link=${encodeURIComponent(link)}&consent`, {
      redirect: 'manual',
    });
    const state = new URL(start.headers.get('location') ?? '').searchParams.get('state') ?? '';
    const come = (query: string, cookie = '') =>
      fetch(`${rig.url}/oauth/stripe/callback?${query}`, { redirect: 'manual', headers: { cookie } });
    expect(await text(await come(`code=a&state=${state}`))).toContain('Another browser began this');
    const cookie = (start.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    expect(await text(await come(`code=a&state=${state}`, cookie))).toContain('used before');
    expect(await text(await come('code=a&state=made-up', cookie))).toContain('used before');
    expect(tokenCalls()).toEqual([]);
  });

  it('cannot be begun for a workspace by a state of an install', async () => {
    const start = await fetch(`${rig.url}/install/hubspot`, { redirect: 'manual' });
    const cookie = (start.headers.get('set-cookie') ?? '').replace('payside_install', 'payside_connect');
    const state = new URL(start.headers.get('location') ?? '').searchParams.get('state') ?? '';
    const done = await fetch(`${rig.url}/oauth/stripe/callback?code=a&state=${state}`, {
      redirect: 'manual',
      headers: { cookie: cookie.split(';')[0] ?? '' },
    });
    expect(done.status).toBe(400);
    expect(accounts()).toEqual([]);
  });

  it('names the permissions that the app was not given, and keeps nothing', async () => {
    await rig.close();
    await open({ stripeApp: { rights: ['rak_accounts_kyc_basic_read', 'rak_customer_write'] } });
    const done = await consent(rig, link, { account: id() });
    expect(done.status).toBe(400);
    expect(await text(done)).toContain('Invoices: write');
    expect(accounts()).toEqual([]);
  });

  it('says so when Stripe does not answer', async () => {
    rig.stripe.faults.arm('status-503', 5, 0);
    const done = await consent(rig, link, { account: id() });
    expect(done.status).toBe(503);
    expect(await text(done)).toContain('Stripe did not answer');
    expect(accounts()).toEqual([]);
  });

  it('is not offered where the operator has no app at Stripe', async () => {
    await rig.close();
    await open({ stripeApp: false });
    const page = await fetch(`${rig.url}/connect/stripe?link=${encodeURIComponent(link)}&consent`, {
      redirect: 'manual',
    });
    expect(page.status).toBe(200);
    expect(await text(page)).not.toContain('Continue with Stripe');
    const back = await fetch(`${rig.url}/oauth/stripe/callback?code=a&state=b`, { redirect: 'manual' });
    expect(back.status).toBe(404);
    const event = await fetch(`${rig.url}/webhooks/stripe`, { method: 'POST', body: '{}' });
    expect(event.status).toBe(400);
  });
});

describe('the address of the app', () => {
  /** Sends what the app's secret signed, about any account. */
  async function tell(account: string, secret = rig.env['STRIPE_WEBHOOK_SECRET'] ?? ''): Promise<Answered> {
    const invoice = { id: 'in_1', object: 'invoice' };
    const event = { id: 'evt_1', object: 'event', type: 'invoice.paid', livemode: false, account };
    const body = JSON.stringify({ ...event, data: { object: invoice } });
    const at = Math.floor(rig.clock.now().getTime() / 1000);
    const signature = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
    const answer = await fetch(`${rig.url}/webhooks/stripe`, {
      method: 'POST',
      headers: { 'stripe-signature': `t=${at},v1=${signature}` },
      body,
    });
    return { status: answer.status, ...((await answer.json()) as { outcome: string }) };
  }

  it('takes nothing that another secret signed', async () => {
    await connected();
    expect(await tell(id(), 'whsec_of_somebody_else')).toMatchObject({ status: 400 });
    expect(await tell(id())).toEqual({ status: 200, outcome: 'stored' });
    expect(await tell(id())).toEqual({ status: 200, outcome: 'duplicate' });
  });

  it('answers 200 to events of accounts that nobody connected, also of those connected by key', async () => {
    await rig.connect(link);
    for (const account of ['acct_nobody', id()])
      expect(await tell(account)).toEqual({ status: 200, outcome: 'nobody' });
  });
});

describe('keys that Stripe no longer takes', () => {
  it('turn the card to “reconnect” at the first refusal, and back once Stripe takes them again', async () => {
    bill(4_200);
    await rig.connect(link);
    await owes(42);
    const { definition } = rig.account;
    const good = definition.restrictedKey;
    definition.restrictedKey = `${good}-rolled`;
    const record = { objectType: 'contacts', recordId: ada() };
    const refused = await rig.operate('create-link', record, {
      currency: 'EUR',
      amount: '5.00',
      description: 'Varnish',
    });
    expect(refused.body).toMatchObject({ ok: true, outcome: { state: 'refused' } });
    expect((await rig.view('contacts', ada())).state).toBe('reconnect');
    const settings = await rig.call<{ view: { accounts: { state: string }[] } }>('/api/v1/settings', {
      userId: ADMIN,
    });
    expect(settings.body.view.accounts).toMatchObject([{ state: 'disconnected' }]);
    definition.restrictedKey = good;
    rig.clock.advance(11 * 60_000);
    await viewWhen(rig, record, ({ state }) => state === 'ready');
  });
});
