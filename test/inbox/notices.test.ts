// Notices of a CRM on a real store: the door keeps them before it says so, and what they name is left to be looked at.
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeId } from '../../sandbox/salesforce/ids.ts';
import type { NoticeVerdict, SignedCall } from '../../src/crms/crm.ts';
import { createSalesforceCrm } from '../../src/crms/salesforce/index.ts';
import { createWebhookDoor } from '../../src/http/webhook-door.ts';
import { createAcceptNotice } from '../../src/inbox/accept-notice.ts';
import { drainInbox, type Drained } from '../../src/inbox/drain.ts';
import { createHeed } from '../../src/inbox/heed.ts';
import { createLog } from '../../src/log.ts';
import { createPost } from '../../src/posting/post.ts';
import { openEmbeddedStore } from '../../src/store/embedded/index.ts';
import type { Store } from '../../src/store/store.ts';

const ORG = makeId('00D', 5);
const USER = makeId('005', 5);
const DEAL = makeId('006', 5);
const ACCOUNT = makeId('001', 5);
const TOKEN = randomBytes(32).toString('base64url');

let folder: string;
let store: Store;
let server: Server;
let now: number;
let woken: number;
let lines: string[];

const clock = { now: () => new Date(now) };
const salesforce = createSalesforceCrm(
  { loginBase: 'https://login.example.com', clientId: 'payside', clientSecret: '', redirectUri: '' },
  clock,
  createLog('silent'),
);

type Verify = (call: SignedCall, now: Date) => Promise<NoticeVerdict>;

/** One sender as Salesforce is, and one that hears of several portals at a time. */
const VERIFIES: Record<string, Verify> = {
  salesforce: (call, at) =>
    salesforce.verifyNotice!(call, at, async (org, token) => org === ORG && token === TOKEN),
  other: async ({ raw }) => {
    const portals = Buffer.from(raw).toString('utf8').split(' ');
    return { verified: true, notices: portals.map((portalId) => ({ portalId, id: 'same' })) };
  },
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'payside-notices-'));
  store = await openEmbeddedStore(folder);
  [now, woken, lines] = [Date.parse('2026-05-04T10:00:00Z'), 0, []];
  const log = createLog('info', { write: (line) => lines.push(line) });
  const takers = Object.entries(VERIFIES).map(([name, verify]) => [
    name,
    createAcceptNotice({
      store: { accept: (events) => store.accept(events) },
      clock,
      verify,
      notifierOf: async (portal) =>
        portal === 'nobody' ? undefined : { id: `inst_${portal}`, workspaceId: `ws_${portal}` },
      wake: () => void (woken += 1),
    }),
  ]);
  const noticesOf = (crm: string) => Object.fromEntries(takers)[crm] ?? null;
  const accept = async () => ({ outcome: 'nobody' }) as const;
  const door = createWebhookDoor({ accept, noticesOf, log });
  server = createServer((req, res) => void door(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function tell(body: string, headers: Record<string, string> = {}, crm = 'salesforce') {
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/${crm}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${TOKEN}`,
      'x-payside-org': ORG,
      'x-payside-user': USER,
      ...headers,
    },
    body,
  });
  return { status: response.status, outcome: ((await response.json()) as { outcome: string }).outcome };
}

type Change = { kind: string; objectType: string; recordId: string };
const WON = { kind: 'opportunity-won', objectType: 'Opportunity', recordId: DEAL };
const MOVED = { kind: 'billing-address-changed', objectType: 'Account', recordId: ACCOUNT };

const notice = (changes: Change[] = [WON], id: string = randomUUID()): string =>
  JSON.stringify({ id, changes });

const drain = (): Promise<Drained> =>
  drainInbox({
    store,
    clock,
    log: createLog('silent'),
    post: createPost({
      store,
      clock,
      wake: () => undefined,
      contextOf: async () => ({ zone: 'UTC', counts: () => true }),
    }),
    normalise: () => {
      throw new Error('this is no event of a gateway');
    },
    heed: createHeed({
      clock,
      readNotice: async (_, raw) => salesforce.readNotice!(raw, ORG),
      forgetWork: () => {
        throw new Error('Salesforce tells nothing of the kind');
      },
    }),
    checkAccount: async () => undefined,
    retryBaseMs: 1_000,
    leaseMs: 60_000,
  });

const due = (kind: 'look' | 'poll', inMinutes = 0) =>
  store.claimWork([kind], new Date(now + inMinutes * 60_000), 100, 1);

/** States of all that was kept; the file is open to one at a time. */
async function keptStates(): Promise<{ state: unknown; reason: unknown }[]> {
  await store.close();
  const file = new DatabaseSync(join(folder, 'payside.db'), { readOnly: true });
  const rows = file.prepare('SELECT state, reason FROM inbox ORDER BY id').all();
  file.close();
  store = await openEmbeddedStore(folder);
  return rows.map(({ state, reason }) => ({ state, reason }));
}

describe('the door', () => {
  it('keeps a notice once, however often it comes', async () => {
    const body = notice();
    expect(await tell(body)).toEqual({ status: 200, outcome: 'stored' });
    expect(await tell(body)).toEqual({ status: 200, outcome: 'duplicate' });
    expect(await tell(notice())).toEqual({ status: 200, outcome: 'stored' });
    expect((await store.claimEvents(clock.now(), 10, 1)).map(({ raw }) => raw.length)).toHaveLength(2);
    expect(woken).toBe(2);
  });

  it('answers 503 while the store cannot write, and takes the same notice once it can', async () => {
    await store.close();
    const body = notice();
    expect(await tell(body)).toEqual({ status: 503, outcome: 'try again' });
    store = await openEmbeddedStore(folder);
    expect(await tell(body)).toEqual({ status: 200, outcome: 'stored' });
  });

  it.each([
    ['a wrong token', { authorization: `Bearer ${randomBytes(32).toString('base64url')}` }],
    ['no token', { authorization: '' }],
    ['another org', { 'x-payside-org': makeId('00D', 6) }],
    ['the org in fifteen characters', { 'x-payside-org': ORG.slice(0, 15) }],
    ['nobody', { 'x-payside-user': '' }],
  ])('refuses a notice from %s, and keeps and logs nothing of it', async (_name, headers) => {
    expect(await tell(notice([WON], 'secret words'), headers)).toEqual({ status: 400, outcome: 'refused' });
    expect(await store.counts()).toMatchObject({ inbox: 0, dead: 0 });
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { vendor: 'salesforce', reason: 'signature' },
    ]);
    expect(lines.join('')).not.toMatch(/secret words|Bearer/);
  });

  it('refuses what is too large before it is read to the end', async () => {
    expect((await tell('x'.repeat(262_145))).status).toBe(413);
    expect((await tell(notice(Array.from({ length: 200 }, () => WON)))).status).toBe(200);
  });

  it.each(['', '{"id":', '[]', '{"changes":[]}', `{"id":"${'1'.repeat(36)}","changes":[]}`])(
    'keeps %j, which says nothing, for a person to look at',
    async (body) => {
      expect(await tell(body)).toEqual({ status: 200, outcome: 'malformed' });
      expect(await tell(body)).toEqual({ status: 200, outcome: 'duplicate' });
      expect(await store.deadLetters(`ws_${ORG}`)).toMatchObject([{ queue: 'inbox', kind: 'notice' }]);
    },
  );

  it('is no door for a CRM that tells nothing', async () => {
    expect((await tell(notice(), {}, 'hubspot')).status).toBe(404);
  });

  it('keeps what one call tells of several portals for each of them, and leaves out who is not installed', async () => {
    expect(await tell('one nobody two', {}, 'other')).toEqual({ status: 200, outcome: 'stored' });
    expect(await tell('two three', {}, 'other')).toEqual({ status: 200, outcome: 'stored' });
    expect(await tell('nobody', {}, 'other')).toEqual({ status: 200, outcome: 'nobody' });
    const kept = await store.claimEvents(clock.now(), 10, 1);
    expect(kept.map(({ workspaceId }) => workspaceId)).toEqual(['ws_one', 'ws_two', 'ws_three']);
  });
});

describe('a notice that is kept', () => {
  it('leaves each record it names to be looked at once, and brings the next poll forward', async () => {
    const second = makeId('006', 6);
    await tell(notice([WON, { ...WON, recordId: second }]));
    await tell(notice());
    await drain();
    const looks = await due('look');
    expect(looks.map(({ payload }) => payload['recordId'])).toEqual([DEAL, second]);
    expect(looks[0]).toMatchObject({ workspaceId: `ws_${ORG}`, payload: { installationId: `inst_${ORG}` } });
    expect(await due('poll', 4)).toEqual([]);
    expect(await due('poll', 5)).toMatchObject([{ key: `inst_${ORG}` }]);
    expect(await keptStates()).toEqual([
      { state: 'done', reason: null },
      { state: 'done', reason: null },
    ]);
  });

  it('does not put off a poll that is due earlier', async () => {
    const nextAt = new Date(now + 60_000).toISOString();
    const payload = { installationId: `inst_${ORG}`, since: '2026-05-04T09:00:00.000Z' };
    await store.addWork([{ workspaceId: `ws_${ORG}`, kind: 'poll', key: `inst_${ORG}`, payload, nextAt }]);
    await tell(notice());
    await drain();
    expect(await due('poll', 1)).toMatchObject([{ payload }]);
  });

  it.each([
    ['of a billing address, which nobody keeps', MOVED, 'address_not_kept'],
    ['of a kind that we do not know', { ...WON, kind: 'opportunity-lost' }, 'unknown_kind'],
    ['about an object that is none of ours', { ...WON, objectType: 'Lead' }, 'unknown_kind'],
    ['about an id that is none', { ...WON, recordId: `006' OR Id != null` }, 'unknown_kind'],
  ])('%s is ignored and says why, and the poll comes sooner all the same', async (_name, change, reason) => {
    await tell(notice([change]));
    await drain();
    expect(await due('look')).toEqual([]);
    expect(await due('poll', 5)).toHaveLength(1);
    expect(await keptStates()).toEqual([{ state: 'ignored', reason }]);
  });
});
