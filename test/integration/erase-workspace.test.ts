// A merchant leaves for good: no byte of them stays in any file, table or log, vendors are told, and nobody else notices.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { openEmbeddedStore } from '../../src/store/embedded/index.ts';
import { deliver, event, openInvoice, place, quiet, type Place } from '../billing/scene.ts';
import { newDatabase, type Database } from '../postgres/database.ts';
import {
  gatewayAccount,
  OTHER_ADMIN,
  OTHER_PORTAL,
  otherPortalSeed,
  PORTAL,
  portalSeed,
  startRig,
  waitFor,
  type Rig,
} from './rig.ts';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const typed = async (...words: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, [CLI, '--env', rig.envFile, ...words])).stdout;

type Erasure = {
  state: string;
  counts: Record<string, number>;
  vendors: { about: string; did: string; problem: string | null }[];
};
const erase = async (id: string, ...words: string[]): Promise<Erasure> =>
  JSON.parse(await typed('--json', 'erase', '--workspace', id, ...words)) as Erasure;

const OTHER = { portalId: OTHER_PORTAL, userId: OTHER_ADMIN };
const NAME = 'Quentin Canaryman';
const MERCHANT = 'Canary Joinery';

let rig: Rig;
let contact: Place;
let theirs: Place;
let workspaceId: string;
let accountId: string;
let payUrl: string;
afterEach(() => rig.close());

/** Two merchants with an invoice each. */
async function start(env: Record<string, string> = {}): Promise<void> {
  const accounts = [gatewayAccount(), gatewayAccount()];
  const contacts = [
    {
      ref: 'quentin',
      properties: { email: 'quentin.canaryman@example.com', firstname: 'Quentin', lastname: 'Canaryman' },
    },
  ];
  rig = await startRig({
    env,
    accounts,
    portals: [
      portalSeed({ name: MERCHANT, contacts, associations: [] }),
      otherPortalSeed({ currency: 'EUR' }),
    ],
  });
  const link = await rig.install();
  workspaceId = /ws_[0-9a-f]+/.exec(decodedLink(link))?.[0] ?? '';
  await rig.connect(link);
  await rig.connect(await rig.install(OTHER_PORTAL), accounts[1]);
  contact = place(rig, 'contacts', 'quentin');
  theirs = place(rig, 'contacts', 'alan', OTHER_PORTAL);
  const lines = [{ description: `Pond for ${NAME}`, quantity: 1, amount: '40.00' }];
  ({ payUrl } = await openInvoice(rig, contact, { lines, memo: `Thank you, ${NAME}` }));
  await openInvoice(rig, theirs, {}, OTHER);
  accountId = /ga_[0-9a-f]+/.exec(payUrl)?.[0] ?? '';
  await quiet(rig);
}

/** Admin links carry whose they are in the open, beside their signature. */
const decodedLink = (link: string): string =>
  link
    .split(/[/.?=&]/)
    .map((part) => `${part} ${Buffer.from(part, 'base64url').toString('utf8')}`)
    .join(' ');

/** Of the endpoint at the account that is left. */
function firstSecret(): string {
  const made = rig.stripe.calls.find(
    ({ method, path, status }) => method === 'POST' && path === '/v1/webhook_endpoints' && status === 200,
  );
  return (JSON.parse(made?.response ?? '{}') as { secret: string }).secret;
}

type Kept = { name: string; bytes: Buffer }[];

const TRACES = ['Canary', 'canary', String(PORTAL)];
const traces = (kept: Kept): string[] =>
  kept.flatMap(({ name, bytes }) =>
    [...TRACES, accountId].filter((trace) => bytes.includes(trace)).map((trace) => `${trace} in ${name}`),
  );

const inFiles = (): Kept => rig.dataFiles();
const log = (): Kept => [{ name: 'the log', bytes: Buffer.from(rig.log()) }];

const inTables = async (database: Database): Promise<Kept> => {
  const tables = await database.admin<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'payside'`,
  );
  const kept = tables.map(async ({ name }) => {
    const what = name === 'body' ? `workspace || convert_from(raw, 'UTF8')` : 't::text';
    const rows = await database.admin<{ text: string }>(`SELECT ${what} AS text FROM payside.${name} AS t`);
    return { name, bytes: Buffer.from(rows.map(({ text }) => text).join('\n')) };
  });
  return Promise.all(kept);
};

const theirCard = async (): Promise<string> =>
  JSON.stringify(await rig.view(theirs.objectType, theirs.recordId, OTHER));

/** Not one of the doors of who is gone says more than to a stranger. */
async function expectStrangers(): Promise<void> {
  const card = await rig.call(`/api/v1/records/contacts/${contact.recordId}`);
  const stranger = await rig.call('/api/v1/records/contacts/1', { portalId: 9_999_999 });
  const said = ({ status, body }: typeof card) => ({ status, ...body, reference: null });
  expect(said(card)).toEqual(said(stranger));
  expect((await fetch(payUrl)).status).toBe(404);
}

describe('a workspace that an operator erases', () => {
  it('is only counted without --yes', async () => {
    await start();
    const before = JSON.stringify(rig.account.all('webhook_endpoints'));
    const asked = await erase(workspaceId);
    expect(asked).toMatchObject({ state: 'asked', vendors: [] });
    expect(asked.counts).toMatchObject({ installation: 1, account: 1, operation: 1 });
    expect(asked.counts['fact']).toBeGreaterThan(0);
    expect(await typed('erase', '--workspace', workspaceId)).toContain('--yes');
    expect((await rig.view(contact.objectType, contact.recordId)).invoices).toHaveLength(1);
    expect(JSON.stringify(rig.account.all('webhook_endpoints'))).toBe(before);
  });

  it('leaves no byte in files or log, tells the vendors, and the other merchant sees the same card', async () => {
    await start();
    expect(traces(inFiles())).not.toEqual([]);
    const before = await theirCard();
    const late = event(rig, 'invoice.updated', rig.account.all('invoices')[0]);
    const to = { url: `${rig.url}/webhooks/stripe/${accountId}`, secret: firstSecret() };
    expect((await deliver(rig, late, to)).status).toBe(200);
    await quiet(rig);
    const done = await erase(workspaceId, '--yes');
    expect(done.state).toBe('erased');
    expect(rig.account.all('webhook_endpoints')).toEqual([]);
    expect(done.vendors.map(({ did, problem }) => [did.split(' ')[0], problem === null])).toEqual([
      ['webhook', true],
      ['key', false],
      ['tokens', true],
    ]);
    expect(traces(inFiles())).toEqual([]);
    expect(traces(log()).filter((trace) => !trace.startsWith(accountId))).toEqual([]);
    await expectStrangers();
    expect((await deliver(rig, late, to)).status).toBe(400);
    await quiet(rig);
    expect(await theirCard()).toBe(before);
    expect(traces(inFiles())).toEqual([]);
    expect((await erase(workspaceId, '--yes')).state).toBe('erased_before');
    await rig.stopConnector();
    await rig.startConnector();
    expect(await theirCard()).toBe(before);
    expect(traces(inFiles())).toEqual([]);
  });

  it('may install again as somebody nobody has met', async () => {
    await start();
    await erase(workspaceId, '--yes');
    await rig.connect(await rig.install());
    const again = await waitFor('the card', async () => {
      const view = await rig.view(contact.objectType, contact.recordId).catch(() => undefined);
      return view?.importing === undefined ? view : undefined;
    });
    expect(again.unfinished).toEqual([]);
  });

  it('goes on after the connector was ended in the middle', async () => {
    await start();
    await rig.stopConnector();
    const store = await openEmbeddedStore(`${rig.folder}/data`);
    await store.beginErasure(workspaceId, rig.clock.now());
    await store.eraseRows(workspaceId, null, 1);
    await store.close();
    expect(traces(inFiles())).not.toEqual([]);
    await rig.startConnector();
    await expectStrangers();
    await waitFor('every trace to be gone', () => (traces(inFiles()).length === 0 ? true : undefined));
  });

  it.each([['one that nobody knows', ['--workspace', 'ws_unknown', '--yes'], 'No workspace']])(
    'is not %s',
    async (_name, words, says) => {
      await start();
      await expect(typed('erase', ...words)).rejects.toThrow(says);
    },
  );
});

describe('on PostgreSQL', () => {
  it('the same is gone from every table, and the other merchant sees the same card', async () => {
    const database = await newDatabase();
    await start({ STORE_URL: database.url });
    const before = await theirCard();
    expect(traces(await inTables(database))).not.toEqual([]);
    expect((await erase(workspaceId, '--yes')).state).toBe('erased');
    await expectStrangers();
    await quiet(rig);
    const kept = await inTables(database);
    expect(traces(kept)).toEqual([]);
    expect(kept.filter(({ bytes }) => bytes.includes(workspaceId)).map(({ name }) => name)).toEqual([
      'erased_workspace',
    ]);
    expect(await theirCard()).toBe(before);
  });
});
