// Renewal over the real store: what is offered again, page by page, and on from where it stopped whatever stopped it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storeUnavailable } from '../../src/errors.ts';
import type { Fact } from '../../src/ledger/facts.ts';
import { createLog } from '../../src/log.ts';
import { createPost, type Post, type PostContext } from '../../src/posting/post.ts';
import { renewRecords, type Renewal, type RenewDeps } from '../../src/reconcile/renew.ts';
import type { ClaimedDelivery, Store } from '../../src/store/store.ts';
import { customerFact, fact, invoiceFact, linkFact, LIVE, TEST, WORKSPACE } from '../outbox/world.ts';
import { openInFolder } from '../store/folders.ts';
import { commitOf, desired, later, LEASE_MS, work } from '../store/samples.ts';
import type { Opened } from '../store/store.contract.ts';

const HERE = 'inst_1';
const ELSEWHERE = 'inst_2';

let opened: Opened;
let store: Store;
let post: Post;
let now: Date;
let context: PostContext;
let installed: string[];

beforeEach(async () => {
  opened = await openInFolder();
  store = opened.store;
  [now, installed] = [later(0), [HERE, ELSEWHERE]];
  context = { zone: 'Europe/Berlin', counts: (account) => account === LIVE };
  makePost();
});
afterEach(() => opened.close());

const clock = { now: () => now };

function makePost(): void {
  post = createPost({ store, clock, contextOf: async () => context, wake: () => undefined });
}

const deps = (): RenewDeps => ({
  store,
  clock,
  log: createLog('silent'),
  post,
  contextOf: async () => context,
  installedIn: async () => installed,
  retryBaseMs: 1_000,
  leaseMs: LEASE_MS,
});

const LINKS: Renewal = { again: 'links', installationId: null, anew: false };
const ANEW: Renewal = { again: null, installationId: null, anew: true };
const EVERYTHING: Renewal = { again: 'everything', installationId: HERE, anew: true };

const ask = (renewal: Renewal, key = 'a'): Promise<void> =>
  store.addWork([
    work({ kind: 'renew', key, workspaceId: WORKSPACE, payload: renewal, nextAt: now.toISOString() }),
  ]);

/** Until nothing of it is due. */
async function run(): Promise<void> {
  while ((await renewRecords(deps())) > 0);
}

const claim = (installationId = HERE): Promise<ClaimedDelivery[]> =>
  store.claimDeliveries(installationId, now, 5_000, LEASE_MS);

/** Writes what waits. @returns the keys that were written, without the installation */
async function written(installationId = HERE): Promise<string[]> {
  const claimed = await claim(installationId);
  await store.delivered(claimed);
  return claimed.map(({ key }) => key.replace(`${installationId}|`, '')).toSorted();
}

const contact = (owner: string, id: string, account = LIVE): Fact[] => [
  customerFact(owner, { account }),
  { ...linkFact(owner, { portal: 1, objectType: 'contacts', id }), account } as Fact,
];

const owing = (owner: string, id: string, more: object = {}): Fact[] => [
  ...contact(owner, id),
  invoiceFact(`in_${owner}`, owner, 500, more),
];

const NAMES = Array.from({ length: 12 }, (_, index) => `p${String(index).padStart(2, '0')}`);
const PEOPLE = NAMES.flatMap((name, index) => owing(name, String(100 + index)));
const CONTACTS = NAMES.map((_, index) => `contacts|${100 + index}`);

describe('links that are shown from now on', () => {
  it('are offered on every record with something to pay, in all installations, and nowhere else', async () => {
    const deal = { installationId: HERE, objectType: 'deals', recordId: '30' };
    const theirs = { installationId: ELSEWHERE, objectType: 'contacts', recordId: '7' };
    await post(WORKSPACE, [
      ...owing('ada', '10', { record: deal }),
      ...owing('bob', '20', { status: 'paid', remainingMinor: 0 }),
      ...contact('cleo', '40'),
      fact('link', 'ada>there', 'ada', { customerId: 'ada', record: theirs, reason: 'email', active: true }),
    ]);
    await Promise.all([written(), written(ELSEWHERE)]);
    await ask(LINKS);
    await run();
    expect(await written()).toEqual(['contacts|10', 'deals|30']);
    expect(await written(ELSEWHERE)).toEqual(['contacts|7']);
    expect((await store.counts()).work).toBe(0);
  });

  it('give a write that was refused one more try', async () => {
    await post(WORKSPACE, owing('ada', '10'));
    const [refused] = await claim();
    await store.buryDelivery(refused!.key, refused!.generation, 'refused', now);
    await ask(LINKS);
    await run();
    expect(await store.deadLetters()).toEqual([]);
    expect(await written()).toEqual(['contacts|10']);
  });

  it('reach the last of many pages', async () => {
    const records = Array.from({ length: 1_100 }, (_, index) => ({
      installationId: HERE,
      objectType: 'contacts',
      recordId: String(10_000 + index),
    }));
    const states = records.map((record) => {
      const { key, state, digest } = desired(10, record);
      const nextInvoice = { account: LIVE, id: 'in_1' };
      return { key, digest, state: { ...state, values: { ...state.values, nextInvoice } } as typeof state };
    });
    await store.commit(commitOf({ workspaceId: WORKSPACE, desired: states }));
    expect(await written()).toHaveLength(1_100);
    await ask(LINKS);
    await run();
    expect(await written()).toHaveLength(1_000);
    now = later(1_000);
    await run();
    expect(await written()).toHaveLength(100);
  });
});

describe('records computed anew', () => {
  it('are those of every payer, written where they changed', async () => {
    await post(WORKSPACE, PEOPLE);
    await written();
    await ask(ANEW);
    await run();
    expect(await written()).toEqual([]);
    context = { ...context, mirrors: [{ installationId: HERE, payments: false }] };
    await ask(ANEW);
    await run();
    const copies = NAMES.flatMap((name) =>
      ['invoice', 'links of invoice'].map((kind) => `${kind}|${LIVE}|in_${name}`),
    );
    expect(await written()).toEqual(copies.toSorted());
  });

  it('write nothing of a test-mode account', async () => {
    await post(WORKSPACE, [
      ...contact('tim', '10', TEST),
      invoiceFact('in_t', 'tim', 70, {}, { account: TEST }),
    ]);
    context = { ...context, mirrors: [{ installationId: HERE, payments: true }] };
    for (const renewal of [ANEW, EVERYTHING, LINKS]) {
      await ask(renewal, renewal.again ?? 'anew');
      await run();
    }
    expect(await written()).toEqual([]);
  });
});

describe('copies that an installation takes again', () => {
  it('are offered as far as it takes them, refused ones too, and nothing else is', async () => {
    context = { ...context, mirrors: [{ installationId: HERE, payments: true }] };
    await post(WORKSPACE, [
      ...owing('ada', '10'),
      fact('payment', 'pi_1', 'ada', { status: 'succeeded', capturedMinor: 1, currency: 'EUR' }),
    ]);
    const refused = await claim();
    for (const { key, generation } of refused) await store.buryDelivery(key, generation, 'refused', now);
    context = { ...context, mirrors: [{ installationId: HERE, payments: false }] };
    await ask({ again: 'copies', installationId: HERE, anew: true });
    await run();
    const copies = ['invoice', 'links of invoice'].map((kind) => `${kind}|${LIVE}|in_ada`);
    expect(await written()).toEqual(copies);
    expect(await store.deadLetters()).toHaveLength(refused.length - copies.length);
  });
});

describe('an installation that is offered everything', () => {
  it('gets each record once, as it is now, and what others have stays', async () => {
    await post(WORKSPACE, PEOPLE);
    const theirs = { installationId: ELSEWHERE, objectType: 'contacts', recordId: '7' };
    await post(WORKSPACE, [
      fact('link', 'p00>there', 'p00', { customerId: 'p00', record: theirs, reason: 'email', active: true }),
    ]);
    await Promise.all([written(), written(ELSEWHERE)]);
    context = { ...context, zone: 'Pacific/Auckland', mirrors: [{ installationId: HERE, payments: false }] };
    await ask(EVERYTHING);
    await run();
    const all = await written();
    expect(all.filter((key) => key.startsWith('contacts'))).toEqual(CONTACTS);
    expect(all.filter((key) => key.startsWith('invoice'))).toHaveLength(NAMES.length);
    expect(await written(ELSEWHERE)).toEqual([]);
  });

  it('is not sent copies that it takes no more, nor records nobody is linked to any more', async () => {
    context = { ...context, mirrors: [{ installationId: HERE, payments: true }] };
    await post(WORKSPACE, [...owing('ada', '10'), ...owing('bob', '20')]);
    await post(WORKSPACE, [
      linkFact('bob', { portal: 1, objectType: 'contacts', id: '20' }, { number: 9, active: false }),
    ]);
    await written();
    context = { ...context, mirrors: [] };
    await ask(EVERYTHING);
    await run();
    expect(await written()).toEqual(['contacts|10']);
  });

  it('is emptied of money that counts there no more, and its copies are left alone', async () => {
    context = { ...context, counts: () => true, mirrors: [{ installationId: HERE, payments: true }] };
    await post(WORKSPACE, [
      ...contact('tim', '10', TEST),
      invoiceFact('in_t', 'tim', 70, {}, { account: TEST }),
    ]);
    await written();
    context = { ...context, counts: (account) => account === LIVE };
    await ask(EVERYTHING);
    await run();
    const [emptied, ...more] = await claim();
    expect(more).toEqual([]);
    expect(emptied?.desired.values).toMatchObject({ owed: [], status: 'none' });
  });

  it('has payers looked for again who came while nobody was installed', async () => {
    await store.addWork([
      work({ kind: 'match', key: 'a', workspaceId: WORKSPACE, nextAt: later(9_000_000).toISOString() }),
    ]);
    await ask(EVERYTHING);
    await run();
    expect(await store.claimWork(['match'], now, 10, LEASE_MS)).toMatchObject([{ key: 'a' }]);
  });
});

describe('a renewal', () => {
  it('waits while a thousand deliveries do, and goes on when they are written', async () => {
    await post(WORKSPACE, PEOPLE);
    await written();
    context = { ...context, mirrors: [{ installationId: HERE, payments: false }] };
    const records = Array.from({ length: 1_000 }, (_, index) => ({
      installationId: HERE,
      objectType: 'companies',
      recordId: String(10_000 + index),
    }));
    await store.commit(
      commitOf({ workspaceId: WORKSPACE, desired: records.map((record) => desired(1, record)) }),
    );
    await ask(ANEW);
    await run();
    expect(await written()).toHaveLength(1_000);
    now = later(1_000);
    await run();
    expect(await written()).toHaveLength(2 * NAMES.length);
  });

  it('does not wait for an installation that has ended', async () => {
    await post(WORKSPACE, PEOPLE);
    await written();
    const records = Array.from({ length: 1_000 }, (_, index) => ({
      installationId: ELSEWHERE,
      objectType: 'companies',
      recordId: String(10_000 + index),
    }));
    await store.commit(
      commitOf({ workspaceId: WORKSPACE, desired: records.map((record) => desired(1, record)) }),
    );
    installed = [HERE];
    await ask(LINKS);
    await run();
    expect(await written()).toEqual(CONTACTS);
  });

  it('of a second change begins at its own beginning, also while the first is under way', async () => {
    await post(WORKSPACE, PEOPLE);
    await written();
    await ask({ ...EVERYTHING, anew: false }, 'first');
    await renewRecords(deps());
    expect(await written()).toEqual(CONTACTS.slice(0, 5));
    await ask(LINKS, 'second');
    await run();
    expect(await written()).toEqual(CONTACTS);
  });

  it('goes on at its page after failures, is buried after ten of a defect, and goes on when it is redriven', async () => {
    await post(WORKSPACE, PEOPLE);
    await written();
    context = { ...context, mirrors: [{ installationId: HERE, payments: false }] };
    const pages: string[][] = [];
    let failure: Error | null = null;
    const failing = (): RenewDeps => ({
      ...deps(),
      async post(workspaceId, facts, finish) {
        if (failure) throw failure;
        pages.push(finish?.renew ?? []);
        return post(workspaceId, facts, finish);
      },
    });
    const go = async (looks: number): Promise<void> => {
      for (let look = 0; look < looks; look += 1) {
        now = new Date(now.getTime() + 1_000_000);
        await renewRecords(failing());
      }
    };
    await ask(ANEW);
    await go(2);
    failure = storeUnavailable();
    await go(15);
    expect(await store.deadLetters()).toEqual([]);
    failure = new Error('a defect');
    await go(15);
    const [letter] = await store.deadLetters();
    expect(letter).toMatchObject({ queue: 'work', kind: 'renew' });
    failure = null;
    await store.redrive(letter!);
    await go(4);
    expect(pages.flat()).toEqual(NAMES);
  });

  it.each([
    ['of everything', EVERYTHING],
    ['of what is computed anew', ANEW],
  ])(
    '%s that is killed at any call loses no record and ends',
    async (_name, renewal) => {
      const some = NAMES.slice(0, 6);
      const dueAt = later(10 * 3_600_000).toISOString();
      await post(
        WORKSPACE,
        some.flatMap((name, index) => owing(name, String(100 + index), { dueAt })),
      );
      await written();
      for (let calls = 1, cut = true; cut; calls += 1) {
        // Every due day is another one in the other zone, so that every record is written.
        context = { ...context, zone: calls % 2 === 0 ? 'Europe/Berlin' : 'Pacific/Auckland' };
        await ask(renewal, `${calls}`);
        cut = await cutAfter(calls);
        store = await opened.reopen();
        makePost();
        now = new Date(now.getTime() + LEASE_MS + 1);
        await run();
        expect([calls, await written()]).toEqual([calls, CONTACTS.slice(0, 6)]);
        expect(await store.claimWork(['renew'], new Date(now.getTime() + 9 * LEASE_MS), 9, 1)).toEqual([]);
      }
    },
    60_000,
  );
});

/** Runs until the store has been called so often, and never answers that call. @returns false when it ended before */
async function cutAfter(calls: number): Promise<boolean> {
  let left = calls;
  const kill = Promise.withResolvers<boolean>();
  const dying = new Proxy(store, {
    get(target, name: keyof Store) {
      const call = target[name] as (...args: unknown[]) => Promise<unknown>;
      return (...args: unknown[]) => {
        left -= 1;
        if (left > 0) return call(...args);
        kill.resolve(true);
        return new Promise(() => undefined);
      };
    },
  });
  const dyingPost = createPost({
    store: dying,
    clock,
    contextOf: async () => context,
    wake: () => undefined,
  });
  const toTheEnd = async (): Promise<boolean> => {
    while ((await renewRecords({ ...deps(), store: dying, post: dyingPost })) > 0);
    return false;
  };
  return Promise.race([kill.promise, toTheEnd()]);
}
