// Cards' answers that are kept: sent again while nothing changed, and never once something has, whoever changed it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allowedKinds } from '../../src/billing/permissions.ts';
import type { Actor } from '../../src/billing/operation.ts';
import { createPresence, type Presence } from '../../src/billing/presence.ts';
import { createCardAnswers, type AnswerCard } from '../../src/http/card-answers.ts';
import { createCardReader } from '../../src/http/card-reader.ts';
import type { Invoice, Personal } from '../../src/ledger/entities.ts';
import { recordKey, type Fact, type Row } from '../../src/ledger/facts.ts';
import { payerChoice } from '../../src/ledger/record-ledger.ts';
import type { Commit, Store } from '../../src/store/store.ts';
import type { CardView } from '../../src/views/card-schema.ts';
import { createReadRecord } from '../../src/wiring/record-ledger.ts';
import { createDirectory, writesBack } from '../../src/workspaces/directory.ts';
import { openInDatabase, openStore } from '../store/databases.ts';
import { openInFolder } from '../store/folders.ts';
import { account, commitOf, installation, NOW, operation, RECORD, workspace } from '../store/samples.ts';

const KEY = recordKey(RECORD);
const CONTACT = { objectType: RECORD.objectType, recordId: RECORD.recordId };

const rowOf = (fact: Fact, record: string | null = null): Row => {
  const { entity, account: at, id, owner } = fact;
  return { entity, account: at, id, owner, parent: null, record, aspects: { [fact.aspect]: fact } };
};

const base = { account: 'acct_a', owner: 'cus_1', source: 'gateway', number: 1 } as const;

const invoiceRow = (body: Partial<Invoice>): Row =>
  rowOf({
    ...base,
    entity: 'invoice',
    id: 'in_1',
    aspect: 'invoice',
    body: {
      customerId: 'cus_1',
      number: 'INV-1',
      status: 'open',
      currency: 'EUR',
      totalMinor: 12_000,
      dueMinor: 12_000,
      remainingMinor: 12_000,
      createdAt: '2026-03-01T09:00:00.000Z',
      // The last second of 10 March in Berlin.
      dueAt: '2026-03-10T22:59:59.000Z',
      ...body,
    },
  });

const LINK = rowOf(
  {
    ...base,
    entity: 'link',
    id: `cus_1>${KEY}`,
    aspect: 'link',
    source: 'payside',
    body: { customerId: 'cus_1', record: RECORD, reason: 'email', active: true, released: false },
  },
  KEY,
);
const CUSTOMER = rowOf({ ...base, entity: 'customer', id: 'cus_1', aspect: 'customer', body: {} });

const person = (name: string, number: number): Commit['personal'] => [
  { account: 'acct_a', customerId: 'cus_1', number, personal: { name, email: null } as Personal },
];

type Scene = { store: Store; other: Store; close: () => Promise<void> };

/** The answers of one process; what changes comes from the other where the store can be shared. */
const SCENES: Record<string, () => Promise<Scene>> = {
  'the embedded store': async () => {
    const { store, close } = await openInFolder();
    return { store, other: store, close };
  },
  'a database that another process writes to': async () => {
    const opened = await openInDatabase();
    const other = await openStore(opened.database.url);
    const close = async (): Promise<void> => {
      await other.close();
      await opened.close();
    };
    return { store: opened.store, other, close };
  },
};

describe.each(Object.keys(SCENES))('on %s, a kept answer', (name) => {
  let scene: Scene;
  let now: Date;
  let presence: Presence;
  let answer: AnswerCard;
  let reads: number;

  beforeEach(async () => {
    scene = await SCENES[name]!();
    const { other, store } = scene;
    await other.saveWorkspace(workspace());
    await other.saveInstallation(installation());
    await other.saveAccount(account());
    const rows = [CUSTOMER, LINK, invoiceRow({})];
    await other.commit(commitOf({ rows, scopes: ['cus_1', 'in_1', KEY], personal: person('Ada Byron', 1) }));
    now = NOW;
    const clock = { now: () => now };
    presence = createPresence(clock);
    const directory = createDirectory(store);
    const read = createCardReader({
      store,
      clock,
      presence,
      allowedKinds,
      writesBack,
      payerChoice,
      payUrl: (_account, id, version) => `https://pay.example/${id}/${version}`,
      currentAccount: directory.currentAccount,
      readRecord: createReadRecord({ store, directory }),
      keyOf: recordKey,
    });
    reads = 0;
    answer = createCardAnswers({
      read: (...call) => {
        reads += 1;
        return read(...call);
      },
      store,
      clock,
      presence,
      accountsOf: directory.accountsOf,
      keyOf: recordKey,
    });
  });
  afterEach(() => scene.close());

  /** As the door finds them, anew for each call. */
  async function caller(userId: string): Promise<Actor> {
    const directory = createDirectory(scene.store);
    const found = await directory.installation('inst_1');
    const { settings, ...rest } = await directory.workspace('ws_1');
    const role = settings.roles[`hubspot:${userId}`] ?? 'viewer';
    const [kept] = await scene.store.workspaces();
    if (!found || !kept) throw new Error(`nothing is installed in ${rest.id}`);
    return { workspace: kept, installation: found, userId, role };
  }

  async function view(userId = '1', offset = 0): Promise<CardView> {
    const body = JSON.parse((await answer(await caller(userId), RECORD, offset)).toString()) as {
      ok: true;
      view: CardView;
    };
    expect(body.ok).toBe(true);
    return body.view;
  }

  /** Asks until the answer is kept. @returns how often the view was read since the beginning */
  async function settle(): Promise<number> {
    await view();
    await view();
    const before = reads;
    await view();
    expect(reads).toBe(before);
    return before;
  }

  const invoiceCommit = (body: Partial<Invoice>) =>
    scene.other.commit(commitOf({ rows: [invoiceRow(body)], scopes: ['cus_1', 'in_1'] }));

  it('is sent again without being read as long as nothing changes', async () => {
    const first = await view();
    expect(first).toMatchObject({ record: CONTACT, owed: [{ amountMinor: 12_000 }], state: 'ready' });
    const before = await settle();
    for (let time = 0; time < 5; time += 1) expect(await view()).toEqual(first);
    expect(reads).toBe(before);
  });

  it('is not sent to another role or for another page', async () => {
    await settle();
    expect((await view('2')).role).toBe('viewer');
    expect((await view('2')).actions).toEqual([]);
    expect((await view('1')).role).toBe('admin');
    expect((await view('1', 10)).invoices).toEqual([]);
  });

  it('ends with a change of the ledger, and the next one is kept at once', async () => {
    const before = await settle();
    await invoiceCommit({ status: 'paid', paidMinor: 12_000, remainingMinor: 0 });
    expect(await view()).toMatchObject({ owed: [], invoices: [{ state: 'paid' }] });
    await view();
    expect(reads).toBe(before + 1);
  });

  it('ends when somebody else is linked to the record, and when a person is called otherwise', async () => {
    await settle();
    await scene.other.commit(commitOf({ personal: person('Ada Lovelace', 2), scopes: ['cus_1'] }));
    expect((await view()).payers).toMatchObject([{ name: 'Ada Lovelace' }]);
    await settle();
    const body = { customerId: 'cus_2', record: RECORD, reason: 'email', active: true, released: false };
    const link = { ...LINK.aspects['link'], id: `cus_2>${KEY}`, owner: 'cus_2', body } as Fact;
    await scene.other.commit(commitOf({ rows: [rowOf(link, KEY)], scopes: ['cus_2', KEY] }));
    expect((await view()).payers).toHaveLength(2);
  });

  it('ends when an operation begins, and when it ends', async () => {
    await settle();
    const asked = operation();
    await scene.other.beginOperation(asked);
    expect((await view()).unfinished).toMatchObject([{ operationId: asked.id, state: 'running' }]);
    await settle();
    await scene.other.endOperation('ws_1', asked.id, { state: 'done', outcome: {} }, null);
    expect((await view()).unfinished).toEqual([]);
  });

  it('ends with what a sweep verified, with how far an import is, and with an account that is refused', async () => {
    await settle();
    await scene.other.saveAccount(account({ verifiedAt: '2026-03-10T11:59:00.000Z' }));
    expect((await view()).verifiedAt).toBe('2026-03-10T11:59:00.000Z');
    await settle();
    await scene.other.saveAccount(account({ state: 'importing', importing: { done: 400, total: null } }));
    expect((await view()).importing).toMatchObject({ done: 400 });
    await settle();
    await scene.other.saveAccount(account({ state: 'disconnected' }));
    expect((await view()).state).toBe('reconnect');
  });

  it('ends with a setting, and with a role that is taken away', async () => {
    await settle();
    const { settings } = workspace();
    await scene.other.saveWorkspace(workspace({ settings: { ...settings, timeZone: 'Asia/Tokyo' } }));
    // In Tokyo, the last second of that day in Berlin is the morning of the next.
    expect((await view()).invoices).toMatchObject([{ dueDate: '2026-03-11' }]);
    await settle();
    await scene.other.saveWorkspace(workspace({ settings: { ...settings, roles: {} } }));
    expect(await view()).toMatchObject({ role: 'viewer', actions: [] });
  });

  it('ends with the day in the workspace’s zone, and is not sent for a moment before it was read', async () => {
    now = new Date('2026-03-10T22:59:59.999Z');
    await settle();
    now = new Date('2026-03-10T23:00:00.000Z');
    expect(await view()).toMatchObject({ overdue: [{ amountMinor: 12_000 }] });
    await settle();
    now = NOW;
    expect((await view()).overdue).toEqual([]);
  });

  it('ends when the day changes on which a new invoice would be due, also where clocks are changed before it', async () => {
    // Two weeks later Berlin has summer time, so that its day begins an hour earlier.
    now = new Date('2026-03-20T21:59:59.999Z');
    await settle();
    const before = (await view()).composer.dueDate;
    now = new Date('2026-03-20T22:00:00.000Z');
    expect([before, (await view()).composer.dueDate]).toEqual(['2026-04-03', '2026-04-04']);
  });

  it('ends when the payer opens the pay page, goes on there, and is not heard of any more', async () => {
    await settle();
    presence.saw('in_1', 'opened');
    expect((await view()).invoices).toMatchObject([{ live: 'opened' }]);
    await settle();
    presence.saw('in_1', 'typing');
    expect((await view()).invoices).toMatchObject([{ live: 'typing' }]);
    await settle();
    now = new Date(now.getTime() + 10 * 60_000);
    expect((await view()).invoices).toMatchObject([{ live: null }]);
  });

  it('is not made of a reading during which something changed', async () => {
    await settle();
    const paid = invoiceCommit({ status: 'paid', paidMinor: 12_000, remainingMinor: 0 });
    await Promise.all([view(), view(), paid, view()]);
    expect((await view()).owed).toEqual([]);
    expect((await view()).owed).toEqual([]);
  });
});
