// Who is flagged to be forgotten, on a real store: only who still has a name leaves work, once, whoever dies in the middle of a look.
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FlaggedPage, FlaggedPerson } from '../../src/crms/crm.ts';
import { createAddresses } from '../../src/forgetting/addresses.ts';
import { erasePersons } from '../../src/forgetting/erase.ts';
import { createForgetFlagged } from '../../src/forgetting/flagged.ts';
import { withPersonsSealed, type StoredPerson } from '../../src/forgetting/sealed-persons.ts';
import { linkFact } from '../../src/ledger/links.ts';
import type { Fact } from '../../src/ledger/facts.ts';
import { createLog } from '../../src/log.ts';
import { createPost, type Post } from '../../src/posting/post.ts';
import { createPollFlagged, type PollFlaggedDeps } from '../../src/reconcile/poll-flagged.ts';
import { createKeyRing } from '../../src/secrets/key-ring/index.ts';
import { openEmbeddedStore } from '../../src/store/embedded/index.ts';
import type { Store } from '../../src/store/store.ts';
import { newFolder } from '../store/folders.ts';
import { LEASE_MS, NOW, workspace } from '../store/samples.ts';

const WORKSPACE = 'ws_1';
const ACCOUNT = 'acct_a';
const HOUR = 60 * 60_000;

let store: Store;
let post: Post;
let now: number;
let deps: PollFlaggedDeps;
let pages: FlaggedPerson[][];
let asked: (string | null)[];
let erase: () => Promise<number>;

const clock = { now: () => new Date(now) };
const secrets = createKeyRing([{ id: 'k1', key: randomBytes(32) }]);
const contact = (recordId: string) => ({ installationId: 'inst_1', objectType: 'Contact', recordId });
const flagged = (recordId: string): FlaggedPerson => ({ record: contact(recordId), isGone: false });

beforeEach(async () => {
  now = NOW.getTime();
  store = withPersonsSealed(await openEmbeddedStore<StoredPerson>(await newFolder()), secrets);
  await store.saveWorkspace(workspace());
  const addresses = createAddresses({ store, secrets });
  const contextOf = async () => ({ zone: 'UTC', counts: () => true });
  post = createPost({
    store,
    clock,
    contextOf,
    erasedAddresses: addresses.erasedAmong,
    wake: () => undefined,
  });
  const base = { store, clock, log: createLog('silent'), retryBaseMs: 1, leaseMs: LEASE_MS };
  erase = () => erasePersons({ ...base, post, secrets, addresses });
  [pages, asked] = [[[]], []];
  deps = {
    ...base,
    polled: async () => [{ id: 'inst_1', workspaceId: WORKSPACE, installedAt: NOW.toISOString() }],
    connectionFor: async () => ({
      installationId: 'inst_1',
      crm: 'salesforce',
      portalId: 'portal',
      accessToken: 'session',
    }),
    async flagged(_, cursor): Promise<FlaggedPage> {
      asked.push(cursor);
      const page = Number(cursor ?? 0);
      return { people: pages[page] ?? [], next: page + 1 < pages.length ? String(page + 1) : null };
    },
    forget: createForgetFlagged({ store, clock }),
  };
});
afterEach(() => store.close());

/** Somebody who pays as a contact. */
async function payer(id: string, recordId: string): Promise<void> {
  const personal = { name: `Person ${id}`, email: `${id}@example.com`, phone: null };
  const about = { account: ACCOUNT, owner: id, source: 'gateway' as const, number: 1 };
  const body = { currency: 'EUR', externalId: null };
  const fact = { entity: 'customer', id, aspect: 'customer', body, personal, ...about } as Fact;
  const link = linkFact({ account: ACCOUNT, customerId: id, number: 0 }, contact(recordId), 'email', true);
  await post(WORKSPACE, [fact, link]);
}

/** Looks to the end, and does all that is left. */
async function look(poll = createPollFlagged(deps)): Promise<void> {
  while ((await poll()) > 0);
}
async function finish(): Promise<void> {
  while ((await erase()) > 0);
}
const waiting = async (): Promise<string[]> =>
  (await store.waitingWork(WORKSPACE, 'erase')).map(({ key }) => key);
const nameOf = async (id: string) => (await store.loadPersonal(WORKSPACE, [id]))[id]?.name;

describe('whoever is flagged', () => {
  it('and pays is left to be erased; nobody else is', async () => {
    await payer('cus_1', '101');
    await payer('cus_2', '102');
    pages = [[flagged('101'), flagged('900')]];
    await look();
    expect(await waiting()).toEqual(['inst_1|Contact|101']);
    await finish();
    expect([await nameOf('cus_1'), await nameOf('cus_2')]).toEqual(['Erased person', 'Person cus_2']);
  });

  it('and erased leaves no work in any later hour, until somebody else pays as them', async () => {
    await payer('cus_1', '101');
    pages = [[flagged('101')]];
    const poll = createPollFlagged(deps);
    await look(poll);
    await finish();
    for (let hour = 1; hour <= 3; hour += 1) {
      now += HOUR;
      await look(poll);
      expect(await waiting()).toEqual([]);
    }
    expect(asked).toHaveLength(4);
    await payer('cus_9', '101');
    now += HOUR;
    await look(poll);
    await finish();
    expect(await nameOf('cus_9')).toBe('Erased person');
  });

  it('is asked for again from the page that was cut off, and forgotten once', async () => {
    await payer('cus_1', '101');
    await payer('cus_2', '102');
    pages = [[flagged('101')], [flagged('102')]];
    const { forget } = deps;
    const killed = Promise.withResolvers<void>();
    deps.forget = async (workspaceId, people) => {
      await forget(workspaceId, people);
      if (people[0]?.record.recordId !== '102') return;
      killed.resolve();
      await new Promise(() => undefined);
    };
    const dying = createPollFlagged(deps);
    await dying();
    void dying();
    await killed.promise;
    deps.forget = forget;
    now += LEASE_MS + 1;
    await look();
    // From the page that was cut off; then once more from the first, as every connector asks when it starts.
    expect(asked).toEqual([null, '1', '1', null, '1']);
    expect(await waiting()).toEqual(['inst_1|Contact|101', 'inst_1|Contact|102']);
    await finish();
    expect(await waiting()).toEqual([]);
    expect([await nameOf('cus_1'), await nameOf('cus_2')]).toEqual(['Erased person', 'Erased person']);
  });

  it('cannot be known where the CRM keeps no flag, and is asked for an hour later', async () => {
    await payer('cus_1', '101');
    pages = [[flagged('101')]];
    const { flagged: answer } = deps;
    deps.flagged = async () => null;
    const poll = createPollFlagged(deps);
    await look(poll);
    expect(await waiting()).toEqual([]);
    deps.flagged = answer;
    now += HOUR - 1;
    await look(poll);
    expect(asked).toEqual([]);
    now += 1;
    await look(poll);
    expect(await waiting()).toEqual(['inst_1|Contact|101']);
  });
});
