// Somebody who was erased stays erased, whatever is posted about them, in whatever order: on the real store, with real keys.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAddresses } from '../../src/forgetting/addresses.ts';
import { erasePersons, type EraseDeps } from '../../src/forgetting/erase.ts';
import { eraseContact, erasePayer } from '../../src/forgetting/request.ts';
import { withPersonsSealed, type StoredPerson } from '../../src/forgetting/sealed-persons.ts';
import { erasureFact } from '../../src/ledger/erasure.ts';
import type { Fact } from '../../src/ledger/facts.ts';
import { linkFact } from '../../src/ledger/links.ts';
import { ledgerOf } from '../../src/ledger/ledger.ts';
import { createLog } from '../../src/log.ts';
import { createNewsIn } from '../../src/posting/news.ts';
import { createPost, type Post } from '../../src/posting/post.ts';
import type { MirrorTarget } from '../../src/records/mirror.ts';
import { createKeyRing } from '../../src/secrets/key-ring/index.ts';
import { openEmbeddedStore } from '../../src/store/embedded/index.ts';
import type { Store } from '../../src/store/store.ts';
import { newFolder } from '../store/folders.ts';
import { event, LEASE_MS, NOW, workspace } from '../store/samples.ts';

const WORKSPACE = 'ws_1';
const ACCOUNT = 'acct_a';
const ADA = { name: 'Ada Canaryson', email: 'ada@canaryson.example', phone: null };
const CONTACT = { installationId: 'inst_1', objectType: 'contacts', recordId: '101' };

let folder: string;
let store: Store;
let post: Post;
let deps: EraseDeps;
let mirrors: MirrorTarget[] = [];
const secrets = createKeyRing([{ id: 'k1', key: randomBytes(32) }]);

beforeEach(async () => {
  folder = await newFolder();
  await open();
  await store.saveWorkspace(workspace());
});
afterEach(() => store.close());

async function open(change: (real: Store) => Store = (real) => real): Promise<void> {
  store = change(withPersonsSealed(await openEmbeddedStore<StoredPerson>(folder), secrets));
  const addresses = createAddresses({ store, secrets });
  const clock = { now: () => NOW };
  post = createPost({
    store,
    clock,
    contextOf: async () => ({ zone: 'Europe/Berlin', counts: () => true, mirrors }),
    erasedAddresses: addresses.erasedAmong,
    wake: () => undefined,
  });
  deps = {
    store,
    clock,
    log: createLog('silent'),
    post,
    secrets,
    addresses,
    retryBaseMs: 1,
    leaseMs: LEASE_MS,
  };
}

const fact = (entity: string, id: string, owner: string | null, body: object, more: object = {}): Fact =>
  ({
    entity,
    id,
    owner,
    account: ACCOUNT,
    aspect: entity,
    source: 'gateway',
    number: 1,
    body,
    ...more,
  }) as Fact;

const customer = (id: string, personal: object = ADA): Fact =>
  fact('customer', id, id, { currency: 'EUR', externalId: '101' }, { personal });
const invoice = (id: string, owner: string, remainingMinor: number, more: object = {}): Fact =>
  fact('invoice', id, owner, {
    status: 'open',
    currency: 'EUR',
    remainingMinor,
    memo: 'for Canaryson',
    ...more,
  });
const line = (id: string, invoiceId: string, owner: string | null): Fact =>
  fact('line', id, owner, {
    invoiceId,
    description: 'Hedge of Canaryson',
    amountMinor: 500,
    currency: 'EUR',
  });
const link = (id: string): Fact =>
  linkFact({ account: ACCOUNT, customerId: id, number: 0 }, CONTACT, 'email', true);
const erasure = (id: string): Fact => erasureFact({ account: ACCOUNT, customerId: id }, 'payside');

const asked = () => ({ workspaceId: WORKSPACE, actor: 'operator', at: NOW });
const erased = () => post(WORKSPACE, [erasure('cus_1')]);
async function finish(): Promise<void> {
  while ((await erasePersons(deps)) > 0);
}

/** What any table of the file says, once the store has let go of it. */
async function traces(): Promise<string[]> {
  await store.close();
  const database = new DatabaseSync(join(folder, 'payside.db'));
  const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all() as {
    name: string;
  }[];
  const found = tables.filter(({ name }) => {
    const rows = database.prepare(`SELECT * FROM "${name}"`).all();
    return rows.some((row) =>
      Object.values(row).some((value) =>
        Buffer.from(value instanceof Uint8Array ? value : String(value)).includes('anaryson'),
      ),
    );
  });
  database.close();
  await open();
  return found.map(({ name }) => name);
}

const ledger = async () =>
  ledgerOf((await store.loadCluster(WORKSPACE, { owners: ['cus_1'], ids: [], records: [] })).rows);

describe('a person at rest', () => {
  it('stands in no file in the open, and reads as it was posted', async () => {
    await post(WORKSPACE, [customer('cus_1')]);
    expect(await store.loadPersonal(WORKSPACE, ['cus_1'])).toEqual({ cus_1: ADA });
    expect(await traces()).toEqual([]);
    expect(await store.loadPersonal(WORKSPACE, ['cus_1'])).toEqual({ cus_1: ADA });
  });
});

describe('what is posted about somebody who was erased', () => {
  it.each([
    ['after it', [customer('cus_1'), invoice('in_1', 'cus_1', 500), line('il_1', 'in_1', 'cus_1')]],
    ['without naming them', [line('il_1', 'in_1', null), invoice('in_1', 'cus_1', 500), customer('cus_1')]],
  ])('keeps amounts and loses the rest, where it comes %s', async (_name, facts) => {
    await erased();
    await post(WORKSPACE, facts);
    await finish();
    const {
      invoice: [kept],
      customer: [who],
    } = await ledger();
    expect(kept?.body).toMatchObject({ remainingMinor: 500, memo: null });
    expect(who?.body).toMatchObject({ currency: 'EUR', externalId: null, erased: true });
    expect(await store.loadPersonal(WORKSPACE, ['cus_1'])).toMatchObject({
      cus_1: { erased: true, email: null },
    });
    expect(await traces()).toEqual([]);
  });

  it('is no news to a sweep, as the ledger will not say it', async () => {
    const said = [customer('cus_1'), invoice('in_1', 'cus_1', 500), line('il_1', 'in_1', 'cus_1')];
    await post(WORKSPACE, said);
    await erased();
    const newsIn = createNewsIn(store);
    expect(await newsIn(WORKSPACE, said)).toEqual({ facts: [], missing: 0, different: 0 });
    const paid = invoice('in_1', 'cus_1', 0, { status: 'paid' });
    expect(await newsIn(WORKSPACE, [paid])).toMatchObject({ missing: 0, different: 1 });
  });

  it('leaves nobody to be matched, and somebody else as they are', async () => {
    await erased();
    await post(WORKSPACE, [customer('cus_1'), customer('cus_2', { ...ADA, email: 'bea@canaryson.example' })]);
    const left = await store.claimWork(['match'], NOW, 9, LEASE_MS);
    expect(left.map(({ payload }) => payload['id'])).toEqual(['cus_2']);
    expect(await store.loadPersonal(WORKSPACE, ['cus_2'])).toMatchObject({ cus_2: { name: ADA.name } });
  });
});

describe('an erasure', () => {
  const everything = (): Fact[] => [
    customer('cus_1'),
    invoice('in_1', 'cus_1', 500),
    line('il_1', 'in_1', null),
    link('cus_1'),
    customer('cus_2'),
    invoice('in_2', 'cus_2', 700),
  ];

  it('also takes the customers with the same address who belong to no other contact', async () => {
    await post(WORKSPACE, everything());
    await store.addWork([eraseContact(asked(), CONTACT, true)]);
    await finish();
    expect(await traces()).toEqual([]);
    const { link: links } = await ledger();
    expect(links).toMatchObject([{ body: { active: false, released: true } }]);
  });

  it('leaves alone who has the same address and another contact', async () => {
    const other = { ...CONTACT, recordId: '202' };
    await post(WORKSPACE, [
      ...everything(),
      linkFact({ account: ACCOUNT, customerId: 'cus_2', number: 0 }, other, 'person', true),
    ]);
    await store.addWork([eraseContact(asked(), CONTACT, true)]);
    await finish();
    expect(await store.loadPersonal(WORKSPACE, ['cus_1', 'cus_2'])).toMatchObject({
      cus_1: { erased: true },
      cus_2: ADA,
    });
  });

  it('of a contact whose links the CRM’s deletion had ended before is done all the same', async () => {
    await post(WORKSPACE, everything().slice(0, 4));
    await post(WORKSPACE, [
      linkFact({ account: ACCOUNT, customerId: 'cus_1', number: 2 }, CONTACT, 'email', false),
    ]);
    await store.addWork([eraseContact(asked(), CONTACT, true)]);
    await finish();
    expect(await traces()).toEqual([]);
  });

  it('takes along what was said to a CRM that takes no copies any more', async () => {
    mirrors = [{ installationId: 'inst_1', payments: false }];
    await post(WORKSPACE, everything());
    mirrors = [];
    await store.addWork([erasePayer(asked(), { account: ACCOUNT, customerId: 'cus_1' })]);
    await finish();
    expect(await traces()).toEqual([]);
  });

  it('that is killed at any call of the store goes on where it stopped, and ends the same', async () => {
    const CALLS = [
      'personsAfter',
      'addTombstones',
      'postponeWork',
      'commit',
      'replaceFacts',
      'eraseMentions',
      'eraseRequests',
      'scrub',
      'audit',
    ] as const;
    await post(WORKSPACE, everything());
    const raw = new Uint8Array(Buffer.from(`{"customer":"cus_1","name":"${ADA.name}"}`));
    await store.accept([event({ raw, state: 'ignored', reason: 'unknown_kind' })]);
    await store.addWork([erasePayer(asked(), { account: ACCOUNT, customerId: 'cus_1' })]);
    const kills = new Set<string>();
    for (const name of CALLS) {
      await store.close();
      await open((real) => ({
        ...real,
        // It happened, and whoever asked for it did not live to hear of it.
        async [name](...args: never[]) {
          await (real[name] as (...all: never[]) => Promise<unknown>)(...args);
          kills.add(name);
          throw new Error('killed');
        },
      }));
      while (!kills.has(name) && (await erasePersons(deps).catch(() => 1)) > 0);
      await store.close();
      const database = new DatabaseSync(join(folder, 'payside.db'));
      database.exec(`UPDATE work SET next_at = '' WHERE kind = 'erase'`);
      database.close();
      await open();
    }
    await finish();
    expect([...kills]).toEqual(CALLS);
    expect(await traces()).toEqual([]);
    expect((await ledger()).invoice[0]?.body).toMatchObject({ remainingMinor: 500 });
  });
});
