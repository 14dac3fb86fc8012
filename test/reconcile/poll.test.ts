// Polling on a real store: nothing that changed is passed over, whoever dies in the middle, and how far it is moves only once the work is left.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CrmConnection, RecordNow } from '../../src/crms/crm.ts';
import { crmUnavailable, rateLimited } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';
import { createPoll, type PollDeps } from '../../src/reconcile/poll.ts';
import type { Polled } from '../../src/reconcile/polling.ts';
import { openEmbeddedStore } from '../../src/store/embedded/index.ts';
import type { Store } from '../../src/store/store.ts';

const MINUTE = 60_000;
const OVERLAP = 10 * MINUTE;
const LEASE_MS = MINUTE;

let folder: string;
let store: Store;
let now: number;
let installed: Polled[];
let asked: { since: string; cursor: string | null }[];
let applied: string[];
let failures: Error[];
let deps: PollDeps;

const clock = { now: () => new Date(now) };
const at = (ms: number): string => new Date(ms).toISOString();
const connection: CrmConnection = {
  installationId: 'inst_1',
  crm: 'salesforce',
  portalId: 'portal',
  accessToken: 'session',
};
const gone = (recordId: string): RecordNow => ({
  now: 'gone',
  record: { installationId: 'inst_1', objectType: 'Contact', recordId },
});

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'payside-poll-'));
  store = await openEmbeddedStore(folder);
  now = Date.parse('2026-05-04T10:00:00Z');
  installed = [{ id: 'inst_1', workspaceId: 'ws_1', installedAt: at(now) }];
  [asked, applied, failures] = [[], [], []];
  deps = {
    store,
    clock,
    log: createLog('silent'),
    apply: async (_, changes) =>
      void applied.push(...changes.map((one) => (one.now === 'gone' ? one.record.recordId : ''))),
    polled: async () => installed,
    connectionFor: async () => connection,
    // Three pages each time.
    async changedSince(_, since, cursor) {
      asked.push({ since, cursor });
      const failure = failures.shift();
      if (failure) throw failure;
      const page = Number(cursor ?? 0);
      return { changes: [gone(`page ${page}`)], next: page < 2 ? String(page + 1) : null };
    },
    retryBaseMs: 1_000,
    leaseMs: LEASE_MS,
  };
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs until nothing is due. */
async function run(poll = createPoll(deps)): Promise<void> {
  while ((await poll()) > 0);
}

const PAGES = [null, '1', '2'];

describe('a poll', () => {
  it('reads every page since shortly before the install, and then waits a quarter of an hour', async () => {
    const poll = createPoll(deps);
    await run(poll);
    expect(asked).toEqual(PAGES.map((cursor) => ({ since: at(now - OVERLAP), cursor })));
    expect(applied).toEqual(['page 0', 'page 1', 'page 2']);
    now += 14 * MINUTE;
    await run(poll);
    expect(asked).toHaveLength(3);
    now += MINUTE;
    await run(poll);
    expect(asked).toHaveLength(6);
  });

  it('asks since the last one began, however long that took', async () => {
    const poll = createPoll(deps);
    const began = now;
    await poll();
    now += 7 * MINUTE;
    await run(poll);
    now += 15 * MINUTE;
    await run(poll);
    expect(asked.slice(3)).toEqual(PAGES.map((cursor) => ({ since: at(began - OVERLAP), cursor })));
  });

  it('ends with the installation, and begins again with the next one', async () => {
    const poll = createPoll(deps);
    await run(poll);
    const [first] = installed;
    installed = [];
    now += 16 * MINUTE;
    await run(poll);
    expect(asked).toHaveLength(3);
    expect((await store.counts()).work).toBe(0);
    now += MINUTE;
    installed = [{ ...first!, installedAt: at(now) }];
    await run(poll);
    expect(asked.slice(3)).toEqual(PAGES.map((cursor) => ({ since: at(now - OVERLAP), cursor })));
  });
});

describe('a poll that does not get through', () => {
  it('as the process is killed goes on at the page whose work was not left', async () => {
    const { apply } = deps;
    const killed = Promise.withResolvers<void>();
    deps.apply = async (workspaceId, changes, number) => {
      if (changes.some((one) => one.now === 'gone' && one.record.recordId === 'page 1')) {
        killed.resolve();
        await new Promise(() => undefined);
      }
      await apply(workspaceId, changes, number);
    };
    const dying = createPoll(deps);
    await dying();
    void dying();
    await killed.promise;
    expect(applied).toEqual(['page 0']);
    deps.apply = apply;
    now += LEASE_MS + 1;
    await run();
    expect(asked.map(({ cursor }) => cursor)).toEqual([null, '1', '1', '2']);
    expect(new Set(asked.map(({ since }) => since)).size).toBe(1);
    expect(applied).toEqual(['page 0', 'page 1', 'page 2']);
  });

  it.each([crmUnavailable(), rateLimited(), new TypeError('nobody expected this')])(
    'as the CRM cannot be asked ($message) is tried again from the same place, and never given up',
    async (failure) => {
      const poll = createPoll(deps);
      failures = Array.from({ length: 25 }, () => failure);
      while (failures.length > 0) {
        await run(poll);
        now += 16 * MINUTE;
      }
      await run(poll);
      expect(new Set(asked.map(({ since }) => since)).size).toBe(1);
      expect(applied).toEqual(['page 0', 'page 1', 'page 2']);
      expect(await store.deadLetters()).toEqual([]);
    },
  );
});
