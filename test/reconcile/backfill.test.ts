// Backfill over the real store: page by page, and after a failure on from where it stopped.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gatewayUnavailable, reauthRequired } from '../../src/errors.ts';
import type { GatewayConnection } from '../../src/gateways/gateway.ts';
import { createLog } from '../../src/log.ts';
import type { MirrorTarget } from '../../src/records/mirror.ts';
import { createPost, type Post } from '../../src/posting/post.ts';
import { backfill, type BackfillDeps } from '../../src/reconcile/backfill.ts';
import type { Store, Lane } from '../../src/store/store.ts';
import { customerFact, invoiceFact, LIVE, WORKSPACE } from '../outbox/world.ts';
import { openInFolder } from '../store/folders.ts';
import { later, work } from '../store/samples.ts';
import type { Opened } from '../store/store.contract.ts';

const PAGES: Record<string, string[][]> = {
  customers: [['cus_1', 'cus_2'], ['cus_3']],
  invoices: [['in_1', 'in_2'], ['in_3', 'in_4'], ['in_5']],
};

let opened: Opened;
let store: Store;
let post: Post;
let now: Date;
let asked: string[];
let told: { done: number; finished: boolean }[];
let failing: string | null;

beforeEach(async () => {
  opened = await openInFolder();
  store = opened.store;
  [now, asked, told, failing] = [later(0), [], [], null];
  await store.addWork([
    work({ kind: 'backfill', key: LIVE, workspaceId: WORKSPACE, payload: { account: LIVE } }),
  ]);
  makePost();
});
afterEach(() => opened.close());

const clock = { now: () => now };

function makePost(mirrors: MirrorTarget[] = []): void {
  const contextOf = async () => ({ zone: 'Europe/Berlin', counts: () => true, mirrors });
  post = createPost({ store, clock, contextOf, wake: () => undefined });
}

const connection: GatewayConnection = {
  account: LIVE,
  livemode: true,
  credentials: { kind: 'key', secretKey: 'not used' },
} as GatewayConnection;

const deps = (): BackfillDeps => ({
  store,
  clock,
  log: createLog('silent'),
  post,
  history: Object.keys(PAGES),
  async list(_, kind, cursor) {
    const place = Number(cursor ?? 0);
    asked.push(`${kind} ${place}`);
    if (failing === `${kind} ${place}`) throw gatewayUnavailable();
    const ids = PAGES[kind]?.[place] ?? [];
    const facts = ids.map((id) =>
      kind === 'customers' ? customerFact(id) : invoiceFact(id, 'cus_1', 1_000),
    );
    const next = place + 1 < (PAGES[kind]?.length ?? 0) ? String(place + 1) : null;
    return { facts, next, objects: ids.length, skipped: 0 };
  },
  accountConnection: async () => connection,
  progress: async (_, done, finished) => void told.push({ done, finished }),
  intervalMs: 900_000,
  retryBaseMs: 1_000,
  leaseMs: 60_000,
});

async function run(looks = 20): Promise<void> {
  for (let look = 0; look < looks; look += 1) await backfill(deps());
}

const ALL = ['customers 0', 'customers 1', 'invoices 0', 'invoices 1', 'invoices 2'];
const invoices = () => store.findRows(WORKSPACE, 'invoice', ['in_1', 'in_2', 'in_3', 'in_4', 'in_5']);

describe('a backfill', () => {
  it('leaves what is to be written as history, behind what is new', async () => {
    const installationId = 'inst_1';
    makePost([{ installationId, payments: true, whole: true }]);
    await run();
    const claimed = (lane: Lane) => store.claimDeliveries({ installationId, lane }, later(0), 100, 1);
    expect(await claimed('new')).toEqual([]);
    expect(await claimed('history')).toHaveLength(5);
  });

  it('reads every page of every kind once, tells how far it is, and ends', async () => {
    await run();
    expect(asked).toEqual(ALL);
    expect(await invoices()).toHaveLength(5);
    expect(told.map(({ done }) => done)).toEqual([2, 3, 5, 7, 8, 8]);
    expect(told.at(-1)).toEqual({ done: 8, finished: true });
    expect((await store.claimWork(['backfill'], later(86_400_000), 1, 1)).length).toBe(0);
  });

  it('goes on at its page after a failure', async () => {
    failing = 'invoices 1';
    await run();
    expect(asked).toEqual(ALL.slice(0, 4));
    failing = null;
    now = later(3_600_000);
    await run();
    expect(asked).toEqual([...ALL.slice(0, 4), ...ALL.slice(3)]);
    expect(told.at(-1)).toEqual({ done: 8, finished: true });
  });

  it('goes on at its page after the process was killed in the middle of one', async () => {
    await run(3);
    const cut = { ...deps(), post: () => new Promise<never>(() => undefined) };
    void backfill(cut);
    while (asked.length < 4) await new Promise((resolve) => setImmediate(resolve));
    store = await (opened as Awaited<ReturnType<typeof openInFolder>>).reopen();
    makePost();
    await run();
    expect(asked.slice(4)).toEqual([]);
    now = later(60_001);
    await run();
    expect(asked.slice(4)).toEqual(ALL.slice(3));
    expect(await invoices()).toHaveLength(5);
  });

  it('waits while the account is not connected', async () => {
    const closed = { ...deps(), accountConnection: () => Promise.reject(reauthRequired()) };
    await backfill(closed);
    expect(asked).toEqual([]);
    now = later(3_600_000);
    await run();
    expect(asked).toEqual(ALL);
  });
});
