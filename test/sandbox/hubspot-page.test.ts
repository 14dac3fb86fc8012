// The HubSpot stand-in's record page and the proxy behind hubspot.fetch.
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { arm, PORTAL, startRig, type Rig } from './hubspot-rig.ts';

type Seen = { method: string; url: string; headers: IncomingMessage['headers']; body: string };

let rig: Rig;
let connector: Server;
let origin: string;
let seen: Seen[];
let answers: (number | 'drop')[];
let hold: Promise<void>;

beforeEach(async () => {
  seen = [];
  answers = [];
  hold = Promise.resolve();
  connector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      await hold;
      const { method = '', url = '', headers } = request;
      seen.push({ method, url, headers, body: Buffer.concat(chunks).toString('utf8') });
      const answer = answers.shift() ?? 200;
      if (answer === 'drop') return void request.socket.destroy();
      response
        .writeHead(answer, { 'content-type': 'application/json' })
        .end(JSON.stringify({ n: seen.length }));
    });
  });
  await new Promise<void>((resolve) => void connector.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(connector.address() as AddressInfo).port}`;
  rig = await startRig();
  rig.hubspot.configure({ app: { ...rig.app, permittedFetch: [`${origin}/api`] } });
});
afterEach(async () => {
  await rig.close();
  connector.closeAllConnections();
  await new Promise((resolve) => void connector.close(resolve));
});

async function proxied(
  call: Record<string, unknown>,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${rig.hubspot.url}/_host/proxy`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ portalId: PORTAL, userId: 31, method: 'GET', ...call }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('hubspot.fetch', () => {
  it('adds who is asking and signs the public address as HubSpot does', async () => {
    const body = { operationId: 'one', note: 'Größe' };
    await proxied({ url: `${origin}/api/v1/x?q=a%20b`, method: 'POST', body });
    const [request] = seen as [Seen];
    expect(request.url).toBe(
      `/api/v1/x?q=a%20b&userId=31&portalId=${PORTAL}&userEmail=rae%2Bops%40brightwell.test&appId=7001`,
    );
    const decoded = `${origin}${request.url}`.replace('%40', '@');
    const time = String(request.headers['x-hubspot-request-timestamp']);
    const mine = createHmac('sha256', rig.app.clientSecret)
      .update(`POST${decoded}${JSON.stringify(body)}${time}`)
      .digest('base64');
    expect(request.headers['x-hubspot-signature-v3']).toBe(mine);
  });

  it('reaches permitted addresses only, and lets no header through but Authorization', async () => {
    expect((await proxied({ url: `${origin}/admin` })).status).toBe(400);
    expect((await proxied({ url: `${origin}/apiary` })).status).toBe(400);
    expect((await proxied({ url: 'http://127.0.0.1:1/api' })).status).toBe(400);
    expect((await proxied({ url: `${origin}/api`, headers: { 'x-other': '1' } })).status).toBe(400);
    expect(seen).toEqual([]);
    await proxied({ url: `${origin}/api`, headers: { Authorization: 'Bearer card' } });
    expect(seen[0]?.headers.authorization).toBe('Bearer card');
  });

  it('sends once more after a 5xx or a lost connection, and no more than once', async () => {
    const post = () => proxied({ url: `${origin}/api`, method: 'POST', body: { a: 1 } });
    answers = [500];
    expect(await post()).toEqual({ status: 200, body: { n: 2 } });
    answers = ['drop'];
    expect(await post()).toEqual({ status: 200, body: { n: 4 } });
    answers = [502, 503];
    expect((await post()).status).toBe(503);
    expect(seen).toHaveLength(6);
    answers = ['drop', 'drop'];
    expect(await post()).toMatchObject({ status: 502, body: { category: 'BAD_GATEWAY' } });
  });

  it('passes a 4xx on as it is', async () => {
    answers = [404];
    expect(await proxied({ url: `${origin}/api` })).toEqual({ status: 404, body: { n: 1 } });
  });

  it('refuses what is larger than a megabyte and users the account does not have', async () => {
    const big = { text: 'x'.repeat(1024 * 1024) };
    expect((await proxied({ url: `${origin}/api`, method: 'POST', body: big })).status).toBe(413);
    expect((await proxied({ url: `${origin}/api`, userId: 999 })).status).toBe(404);
    expect(seen).toEqual([]);
  });

  it('runs no more than twenty calls of an account at once', async () => {
    let open = () => {};
    hold = new Promise<void>((resolve) => (open = resolve));
    const calls = Array.from({ length: 21 }, (_, n) => proxied({ url: `${origin}/api/${n}` }));
    expect((await Promise.race(calls)).status).toBe(429);
    open();
    const statuses = (await Promise.all(calls)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
  });

  it('keeps giving the first answer while the card is frozen', async () => {
    const get = async () => (await proxied({ url: `${origin}/api` })).body['n'];
    expect(await get()).toBe(1);
    arm(rig, 'frozen-card');
    expect([await get(), await get()]).toEqual([1, 1]);
    arm(rig, 'frozen-card', 0);
    expect(await get()).toBe(2);
  });
});

describe('pages', () => {
  const page = async (path: string) => {
    const response = await fetch(rig.hubspot.url + path);
    return { status: response.status, text: await response.text() };
  };
  const ada = () => rig.hubspot.portal(PORTAL).ref('ada');

  it('gives the record page the cards of its object type and the chosen user', async () => {
    const card = (uid: string, objectTypes: string[]) =>
      ({ uid, title: uid, location: 'crm.record.tab', objectTypes, bundlePath: '/nowhere.js' }) as const;
    rig.hubspot.configure({ cards: [card('for-contacts', ['contacts']), card('for-deals', ['0-3'])] });
    const { status, text } = await page(`/contacts/${PORTAL}/record/0-1/${ada()}?user=31`);
    expect(status).toBe(200);
    expect(text).toContain('for-contacts');
    expect(text).not.toContain('for-deals');
    expect(text).toContain('rae+ops@brightwell.test');
    expect((await page(`/contacts/${PORTAL}/record/0-1/${ada()}?user=5`)).status).toBe(404);
  });

  it('serves its scripts from memory', async () => {
    const script = await page('/_host/host.js');
    expect(script.text.length).toBeGreaterThan(100_000);
    expect((await page('/_host/worker.js')).text).toContain('__HUBSPOT_EXTENSION_WORKER__');
  });

  it('shows values, relatives and search results to cards', async () => {
    const base = `${rig.hubspot.url}/_host/${PORTAL}/0-1`;
    const values = await (await fetch(`${base}/${ada()}/properties?names=email,phone`)).json();
    expect(values).toEqual({ email: 'ada@example.com', phone: null });
    const companies = await (await fetch(`${base}/${ada()}/associations/0-2?names=name`)).json();
    expect(companies).toMatchObject({ results: [{ properties: { name: 'Old Mill' } }], hasMore: false });
    const record = await (await fetch(`${base}/${ada()}`)).json();
    expect(record).toMatchObject({ name: 'Ada Byron', related: [{ title: 'Companies' }] });
  });

  it('never lets a value break out of the page', async () => {
    rig.hubspot.portal(PORTAL).update('contacts', ada(), { lastname: '</script><script>alert(1)</script>' });
    const { text } = await page(`/contacts/${PORTAL}/record/0-1/${ada()}`);
    expect(text).not.toContain('<script>alert(1)');
  });
});
