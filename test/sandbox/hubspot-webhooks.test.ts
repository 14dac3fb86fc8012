// The HubSpot stand-in's webhooks: what is sent, that it is signed, and when it is sent again.
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { call, install, PORTAL, startRig, type Rig } from './hubspot-rig.ts';

type Received = { headers: IncomingMessage['headers']; raw: string; events: Record<string, unknown>[] };

let rig: Rig;
let receiver: Server;
let target: string;
let received: Received[];
let statuses: number[];

beforeEach(async () => {
  received = [];
  statuses = [];
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks).toString('utf8');
      received.push({ headers: request.headers, raw, events: JSON.parse(raw) as Record<string, unknown>[] });
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => void receiver.listen(0, '127.0.0.1', resolve));
  target = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/webhooks/hubspot`;
  rig = await startRig({ webhookTarget: target });
});
afterEach(async () => {
  await rig.close();
  await new Promise((resolve) => void receiver.close(resolve));
});

const events = () => received.flatMap((one) => one.events);
const account = () => rig.hubspot.portal(PORTAL);
const ada = () => account().ref('ada');

describe('webhooks', () => {
  it('sends nothing for an account that has not installed the app', async () => {
    account().update('contacts', ada(), { firstname: 'Unheard' });
    await install(rig);
    account().update('contacts', ada(), { firstname: 'Heard' });
    await vi.waitFor(() => expect(received).toHaveLength(1));
    expect(events()).toMatchObject([{ propertyName: 'firstname', propertyValue: 'Heard' }]);
  });

  it('gathers changes into one batch, signed over address, body and time', async () => {
    await install(rig);
    account().update('contacts', ada(), { firstname: 'A', lastname: 'B' });
    account().update('deals', account().ref('stairs'), { amount: '99' });
    await vi.waitFor(() => expect(received).toHaveLength(1));
    expect(events()).toMatchObject([
      { subscriptionType: 'contact.propertyChange', portalId: PORTAL, objectId: Number(ada()), appId: 7001 },
      { subscriptionType: 'contact.propertyChange', changeSource: 'CRM_UI' },
      { subscriptionType: 'deal.propertyChange', propertyName: 'amount', propertyValue: '99' },
    ]);
    const [{ headers, raw }] = received as [Received];
    const time = String(headers['x-hubspot-request-timestamp']);
    const mine = createHmac('sha256', rig.app.clientSecret)
      .update(`POST${target}${raw}${time}`)
      .digest('base64');
    expect(headers['x-hubspot-signature-v3']).toBe(mine);
  });

  it('tells of changes the app made itself, and not of values that stayed the same', async () => {
    const { accessToken } = await install(rig);
    const path = `/crm/objects/2026-03/contacts/${ada()}`;
    const properties = { firstname: 'Ada', lastname: 'Lovelace' };
    await call(rig, accessToken, ['PATCH', path], { properties });
    await vi.waitFor(() => expect(received).toHaveLength(1));
    expect(events()).toMatchObject([
      { propertyName: 'lastname', changeSource: 'INTEGRATION', sourceId: '7001' },
    ]);
  });

  it('tells of merges, deletions and privacy deletions', async () => {
    await install(rig);
    const [first, second] = [ada(), account().ref('grace')];
    const survivor = account().merge('contacts', first, second);
    await vi.waitFor(() => expect(events()).toHaveLength(1));
    expect(events()[0]).toMatchObject({
      subscriptionType: 'contact.merge',
      primaryObjectId: Number(first),
      mergedObjectIds: [Number(second)],
      newObjectId: Number(survivor),
    });
    account().archive('companies', account().ref('mill'));
    await fetch(`${rig.hubspot.url}/_sandbox/privacy-delete`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ portalId: PORTAL, kind: 'contacts', id: survivor }),
    });
    await vi.waitFor(() => expect(events()).toHaveLength(3));
    const types = events().map((event) => event['subscriptionType']);
    expect(types).toEqual(['contact.merge', 'company.deletion', 'contact.privacyDeletion']);
  });

  it('sends again after a 5xx with the attempt counted up, and not after a 4xx', async () => {
    await install(rig);
    statuses = [503, 200, 404];
    account().update('contacts', ada(), { firstname: 'First' });
    await vi.waitFor(() => expect(received).toHaveLength(2));
    expect(events().map((event) => event['attemptNumber'])).toEqual([0, 1]);
    expect(new Set(events().map((event) => event['eventId'])).size).toBe(1);
    account().update('contacts', ada(), { firstname: 'Second' });
    await vi.waitFor(() => expect(received).toHaveLength(3));
    account().update('contacts', ada(), { firstname: 'Third' });
    await vi.waitFor(() => expect(received).toHaveLength(4));
    expect(events()[3]).toMatchObject({ propertyValue: 'Third', attemptNumber: 0 });
  });
});
