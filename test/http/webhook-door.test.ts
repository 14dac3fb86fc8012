// The webhook door in front of a real store: no 2xx before the write is durable, and a 503 where nothing can be kept.
import { createServer, type Server } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createWebhookDoor } from '../../src/http/webhook-door.ts';
import { createAccept } from '../../src/inbox/accept.ts';
import { createLog } from '../../src/log.ts';
import { openEmbeddedStore } from '../../src/store/embedded/index.ts';
import type { Store } from '../../src/store/store.ts';

let folder: string;
let store: Store;
let server: Server;
let lines: string[];
let woken: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'payside-door-'));
  store = await openEmbeddedStore(folder);
  lines = [];
  woken = 0;
  const accept = createAccept({
    store: { accept: (events) => store.accept(events) },
    clock: { now: () => new Date('2026-05-04T10:00:00Z') },
    doorOf: async (account) => {
      if (account !== 'ga_1') return null;
      return {
        secrets: ['one'],
        sendersOf: async () => [{ workspaceId: 'ws_1', account, livemode: false }],
      };
    },
    verify: (_raw, signature, secrets) =>
      signature !== undefined && secrets.includes(signature)
        ? { verified: true }
        : { verified: false, reason: 'signature' },
    envelope: (raw) => ({
      id: Buffer.from(raw).toString('utf8'),
      kind: 'invoice.paid',
      livemode: false,
      known: true,
      externalId: null,
    }),
    wake: () => (woken += 1),
  });
  const door = createWebhookDoor({
    accept,
    noticesOf: () => null,
    log: createLog('info', { write: (line) => lines.push(line) }),
  });
  server = createServer((req, res) => void door(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const send = (body: string, signature = 'one', account = 'ga_1') =>
  fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/stripe/${account}`, {
    method: 'POST',
    headers: { 'stripe-signature': signature },
    body,
  });

it('answers 503 while the store cannot write, and takes the same event once it can', async () => {
  await store.close();
  const refused = await send('evt_1');
  expect(refused.status).toBe(503);
  expect(await refused.text()).toBe('{"outcome":"try again"}');
  expect(lines.map((line) => JSON.parse(line) as { level: number; code: string })).toMatchObject([
    { level: 50, code: 'store_unavailable' },
  ]);
  store = await openEmbeddedStore(folder);
  expect((await send('evt_1')).status).toBe(200);
  expect(
    (await store.claimEvents(new Date('2026-05-04T10:00:01Z'), 10, 1_000)).map(({ dedupeKey }) => dedupeKey),
  ).toEqual(['evt_1']);
});

it('answers only after the event can be claimed, and wakes the drain once for each new one', async () => {
  await Promise.all(Array.from({ length: 20 }, (_, index) => send(`evt_${index % 10}`)));
  expect(await store.claimEvents(new Date('2026-05-04T10:00:01Z'), 100, 1_000)).toHaveLength(10);
  expect(woken).toBe(10);
});

it('keeps nothing of an event with a wrong signature, and names in the log no more than account and reason', async () => {
  expect((await send('secret words', 'two')).status).toBe(400);
  expect((await store.counts()).inbox).toBe(0);
  expect(lines.join('')).not.toContain('secret words');
  expect(JSON.parse(lines[0] ?? '{}')).toMatchObject({ account: 'ga_1', reason: 'signature' });
});

it('lets no account guess another one’s secret by asking at its door', async () => {
  expect((await send('evt_1', 'one', 'ga_2')).status).toBe(400);
});
