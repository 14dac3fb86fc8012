// Reading from the gateway on a real store: what it cannot answer now is asked again for as long as it takes.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  gatewayRejected,
  gatewayUnavailable,
  rateLimited,
  reauthRequired,
  storeUnavailable,
} from '../../src/errors.ts';
import { refetch, type RefetchDeps } from '../../src/inbox/refetch.ts';
import { createLog } from '../../src/log.ts';
import { createPost } from '../../src/posting/post.ts';
import { MAX_ATTEMPTS } from '../../src/retry.ts';
import { openInFolder } from '../store/folders.ts';
import { NOW, work } from '../store/samples.ts';

/** Longer than the longest wait between two tries. */
const ROUND_MS = 20 * 60_000;

let opened: Awaited<ReturnType<typeof openInFolder>>;
let now: number;
let failing: (() => Error) | null;
let deps: RefetchDeps;

const clock = { now: () => new Date(now) };

beforeEach(async () => {
  opened = await openInFolder();
  now = NOW.getTime();
  failing = null;
  const { store } = opened;
  const contextOf = async () => ({ zone: 'UTC', counts: () => true });
  deps = {
    store,
    clock,
    log: createLog('silent'),
    post: createPost({ store, clock, contextOf, wake: () => undefined }),
    async fetch(_, { id }, number) {
      if (failing) throw failing();
      const base = {
        account: 'acct_a',
        id,
        aspect: 'customer',
        owner: id,
        source: 'gateway',
        number,
      } as const;
      return [{ ...base, entity: 'customer', body: { currency: 'EUR' } }];
    },
    accountConnection: async (account) => ({
      account,
      livemode: true,
      credentials: { kind: 'oauth', accessToken: 'none' },
    }),
    retryBaseMs: 1_000,
    leaseMs: 60_000,
  };
  const payload = { account: 'acct_a', entity: 'customer', id: 'cus_1' };
  await store.addWork([work({ payload })]);
});
afterEach(() => opened.close());

async function rounds(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await refetch(deps);
    now += ROUND_MS;
  }
}

const read = async (): Promise<number> => (await opened.store.findRows('ws_1', 'customer', ['cus_1'])).length;

describe('an object that cannot be read', () => {
  it.each([gatewayUnavailable(), rateLimited(), reauthRequired(), storeUnavailable()])(
    'for now is asked for again however long it takes, and then known ($code)',
    async (failure) => {
      failing = () => failure;
      await rounds(2 * MAX_ATTEMPTS);
      expect(await opened.store.counts()).toMatchObject({ work: 1, dead: 0 });
      failing = null;
      await rounds(1);
      expect(await read()).toBe(1);
      expect(await opened.store.claimWork(['fetch'], clock.now(), 1, 1)).toEqual([]);
    },
  );

  it('for a reason of our own is given up after ten tries, and read once a person has had it tried again', async () => {
    failing = () => new TypeError('nobody expected this');
    await rounds(MAX_ATTEMPTS - 1);
    expect((await opened.store.counts()).dead).toBe(0);
    await rounds(1);
    const [letter] = await opened.store.deadLetters();
    expect(letter).toMatchObject({ queue: 'work', kind: 'fetch', reason: 'internal' });
    failing = null;
    expect(await opened.store.redrive(letter!)).toBe(true);
    await rounds(1);
    expect(await read()).toBe(1);
  });

  it('as the gateway refuses it for good is given up at once', async () => {
    failing = gatewayRejected;
    await rounds(1);
    expect(await opened.store.deadLetters()).toMatchObject([{ reason: 'gateway_rejected' }]);
  });
});
