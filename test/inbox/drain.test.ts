// Draining the inbox on a real store: what fails is tried again for a while, then buried, and holds nobody up.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gatewayUnavailable, reauthRequired, storeUnavailable } from '../../src/errors.ts';
import type { Normalised } from '../../src/gateways/gateway.ts';
import { drainInbox, type DrainDeps } from '../../src/inbox/drain.ts';
import type { Fact } from '../../src/ledger/facts.ts';
import { createLog } from '../../src/log.ts';
import { createPost } from '../../src/posting/post.ts';
import { MAX_ATTEMPTS } from '../../src/retry.ts';
import { openEmbeddedStore } from '../../src/store/embedded/index.ts';
import type { IncomingEvent, Store } from '../../src/store/store.ts';

const LEASE_MS = 60_000;
let folder: string;
let store: Store;
let now: number;
let applied: string[];
let checked: string[];
let deps: DrainDeps;

const clock = { now: () => new Date(now) };
const read = (raw: Uint8Array): string => Buffer.from(raw).toString('utf8');

/** Events are words: `bad` ones cannot be read, `unpostable` ones not be applied, `ended` ones tell of the end of a connection. */
function normalise(raw: Uint8Array): Normalised {
  const word = read(raw);
  if (word.startsWith('ended')) return { outcome: 'ended' };
  if (word.startsWith('bad')) throw new TypeError('nobody expected this');
  const fact: Fact = {
    entity: 'customer',
    account: 'ga_1',
    id: word,
    aspect: 'customer',
    owner: word,
    source: 'gateway',
    number: 1,
    body: { deleted: false },
  };
  return { outcome: 'facts', facts: [fact], fetch: [] };
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'payside-drain-'));
  store = await openEmbeddedStore(folder);
  now = Date.parse('2026-05-04T10:00:00Z');
  applied = [];
  checked = [];
  const post = createPost({
    store,
    clock,
    wake: () => undefined,
    contextOf: async () => ({ zone: 'UTC', counts: () => true }),
  });
  deps = {
    store,
    clock,
    normalise,
    heed: async () => ({ outcome: 'malformed', reason: 'malformed', add: [] }),
    checkAccount: async (id) => void checked.push(id),
    log: createLog('silent'),
    retryBaseMs: 1_000,
    leaseMs: LEASE_MS,
    async post(workspaceId, facts, finish) {
      if (facts.some(({ id }) => id.startsWith('unpostable'))) throw new RangeError('cannot be folded');
      const outcome = await post(workspaceId, facts, finish);
      applied.push(...facts.map(({ id }) => id));
      return outcome;
    },
  };
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const incoming = (word: string, workspaceId = 'ws_1'): IncomingEvent => ({
  source: 'ga_1',
  dedupeKey: word,
  kind: 'customer.updated',
  workspaceId,
  account: 'ga_1',
  receivedAt: clock.now().toISOString(),
  state: 'waiting',
  reason: null,
  raw: Buffer.from(word),
});

/** Drains until nothing is due, then lets so much time pass that whatever was postponed is due again. */
async function round(): Promise<void> {
  while ((await drainInbox(deps)).taken > 0);
  now += 20 * 60_000;
}

describe('an event that cannot be used', () => {
  it.each(['bad', 'unpostable'])(
    'because it is %s is buried after ten tries; its neighbours are applied at once',
    async (word) => {
      await store.accept([
        incoming('first'),
        incoming(word),
        incoming('last'),
        incoming('elsewhere', 'ws_2'),
      ]);
      await round();
      expect(applied.sort()).toEqual(['elsewhere', 'first', 'last']);
      for (let turn = 1; turn < MAX_ATTEMPTS; turn += 1) {
        expect(await store.deadLetters()).toEqual([]);
        await round();
      }
      expect(await store.deadLetters()).toMatchObject([
        { queue: 'inbox', kind: 'customer.updated', reason: 'internal' },
      ]);
      await store.accept([incoming('later')]);
      await round();
      expect(applied).toContain('later');
      expect((await store.counts()).inbox).toBe(0);
    },
  );

  it('as the process dies each time it is tried is buried as well', async () => {
    await store.accept([incoming('deadly')]);
    for (let turn = 0; turn < MAX_ATTEMPTS; turn += 1) {
      expect(await store.claimEvents(clock.now(), 10, LEASE_MS)).toHaveLength(1);
      now += LEASE_MS + 1;
    }
    await round();
    expect(applied).toEqual([]);
    expect(await store.deadLetters()).toMatchObject([{ queue: 'inbox', reason: 'never_finished' }]);
  });

  it('is applied once after a person has had it tried again', async () => {
    await store.accept([incoming('unpostable')]);
    for (let turn = 0; turn < MAX_ATTEMPTS; turn += 1) await round();
    const [letter] = await store.deadLetters();
    const { post } = deps;
    deps.post = async (workspaceId, _facts, finish) => {
      applied.push('mended');
      return post(workspaceId, [], finish);
    };
    expect(letter && (await store.redrive(letter))).toBe(true);
    await round();
    await round();
    expect(applied).toEqual(['mended']);
    expect(await store.deadLetters()).toEqual([]);
  });
});

describe('an event that waits for the other side', () => {
  it.each([gatewayUnavailable(), reauthRequired(), storeUnavailable()])(
    'is never given up ($code)',
    async (failure) => {
      const { checkAccount } = deps;
      deps.checkAccount = () => Promise.reject(failure);
      await store.accept([incoming('ended')]);
      for (let turn = 0; turn <= 2 * MAX_ATTEMPTS; turn += 1) await round();
      expect(await store.counts()).toMatchObject({ inbox: 1, dead: 0 });
      deps.checkAccount = checkAccount;
      await round();
      expect(checked).toEqual(['ga_1']);
      expect(await store.counts()).toMatchObject({ inbox: 0, dead: 0 });
    },
  );
});

describe('an event that tells of the end of a connection', () => {
  it('has the gateway asked, again until it answers, and is then done', async () => {
    const { checkAccount } = deps;
    deps.checkAccount = () => Promise.reject(gatewayUnavailable());
    await store.accept([incoming('ended')]);
    await round();
    expect((await store.counts()).inbox).toBe(1);
    deps.checkAccount = checkAccount;
    await round();
    expect(checked).toEqual(['ga_1']);
    expect(await store.counts()).toMatchObject({ inbox: 0, dead: 0 });
  });
});
