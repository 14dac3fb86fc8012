// A database that ends connections, locks, restarts or is silent: calls fail in time and whole, and the process goes on.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect, type Sql } from '../../src/store/postgres/connections.ts';
import type { Store } from '../../src/store/store.ts';
import { waitFor } from '../../sandbox/world/wait.ts';
import { databaseOn } from '../postgres/database.ts';
import { sharedServer, startOn, stopServer } from '../postgres/server.ts';
import { acceptingChild, after, type Child } from './child.ts';
import { openInDatabase, openStore } from './databases.ts';
import { claims, commitOf, desired, event, later, LEASE_MS, row, work } from './samples.ts';

let opened: Awaited<ReturnType<typeof openInDatabase>>;
let store: Store;
let child: Child | undefined;

beforeEach(async () => {
  opened = await openInDatabase();
  ({ store } = opened);
});
afterEach(async () => {
  await child?.kill();
  child = undefined;
  await opened.close();
});

const OURS = `datname = current_database() AND application_name = 'payside'`;
const terminateAll = () =>
  opened.database.admin(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${OURS}`);

const works = () =>
  waitFor('the store to work', () =>
    store.counts().then(
      (counts) => counts,
      () => undefined,
    ),
  );

/** Another user of the database who holds a table, as a long migration of somebody would. */
async function holding(table: string): Promise<() => Promise<void>> {
  const holder = new Client({ connectionString: opened.database.url });
  await holder.connect();
  await holder.query(`BEGIN; LOCK TABLE payside.${table} IN ACCESS EXCLUSIVE MODE`);
  return () => holder.end();
}

describe('connections that the server ends', () => {
  it('while nobody uses them are replaced, and nothing is lost', async () => {
    await Promise.all([store.accept([event()]), store.accounts(), store.counts(), store.lock('a', works)]);
    await terminateAll();
    expect(await works()).toMatchObject({ inbox: 1 });
    expect(await waitFor('the door', () => store.accept([event()]).catch(() => undefined))).toEqual([true]);
    expect(await waitFor('the directory', () => store.accounts().catch(() => undefined))).toEqual([]);
    expect(await waitFor('a lock', () => store.lock('a', async () => 'in').catch(() => undefined))).toBe(
      'in',
    );
  });

  it('in the middle of a commit leave nothing of it', async () => {
    await store.accept([event()]);
    const [claimed] = await claims(store).events();
    const wish = commitOf({
      facts: [{ entity: 'invoice', id: 'in_1' } as never],
      rows: [row()],
      desired: [desired(10)],
      scopes: ['cus_1'],
      finish: { events: [claimed!.id], work: [] },
      work: [work()],
    });
    // Facts and rows are written, the desired state waits.
    const letGo = await holding('outbox');
    const failed = expect(store.commit(wish)).rejects.toMatchObject({ code: 'store_unavailable' });
    await waitFor('the commit to wait', async () => (await opened.database.isWaiting()) || undefined);
    await terminateAll();
    await failed;
    await letGo();
    await works();
    expect(await store.allFacts('ws_1', 0, 10)).toEqual([]);
    expect(await store.findRows('ws_1', 'invoice', ['in_1'])).toEqual([]);
    expect(await claims(store).work()).toEqual([]);
    expect(await store.claimEvents(later(LEASE_MS), 10, LEASE_MS)).toHaveLength(1);
    expect(await store.commit(wish)).toMatchObject({ committed: true, newFacts: 1, changedRecords: 1 });
  });

  it('that listen are made anew, and what came meanwhile is looked at', async () => {
    const told = { times: 0 };
    store.onWork?.(() => void (told.times += 1));
    const toldMore = async (): Promise<void> => {
      const before = told.times;
      await waitFor('being told', () => (told.times > before ? true : undefined));
    };
    await toldMore();
    const again = toldMore();
    await terminateAll();
    await again;
    await works();
    const accepted = toldMore();
    await store.accept([event()]);
    await accepted;
  });
});

describe('a lock that is held too long', () => {
  it('fails the call in time, with nothing of it done, and the next one goes through', async () => {
    const impatient = await openStore(`${opened.database.url}?lock_timeout=200`);
    const letGo = await holding('body');
    await expect(impatient.accept([event()])).rejects.toMatchObject({ code: 'store_unavailable' });
    await letGo();
    expect(await impatient.counts()).toMatchObject({ inbox: 0 });
    expect(await impatient.accept([event()])).toEqual([true]);
    await impatient.close();
  });

  it('by another process keeps the work from beginning', async () => {
    const impatient = await openStore(`${opened.database.url}?lock_timeout=200`);
    const ending = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const held = store.lock('one', () => {
      begun.resolve();
      return ending.promise;
    });
    await begun.promise;
    const began: string[] = [];
    const waiting = impatient.lock('one', async () => void began.push('begun'));
    await expect(waiting).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(began).toEqual([]);
    ending.resolve();
    await held;
    expect(await impatient.lock('one', async () => 'in')).toBe('in');
    await impatient.close();
  });
});

describe('two transactions that wait for each other', () => {
  it('are both done: the one the server ends is run again, whole', async () => {
    const connections = connect(opened.database.url, () => undefined);
    await store.commit(commitOf({ rows: [row()], scopes: ['a', 'b'] }));
    const raise = (sql: Sql, scope: string) =>
      sql.run('UPDATE scope SET version = version + 1 WHERE scope = $1', scope);
    const bothHaveOne = Promise.withResolvers<void>();
    const state = { begun: 0, holding: 0 };
    const inOrder = (first: string, second: string) =>
      connections.app(['ws_1'], async (sql) => {
        state.begun += 1;
        await raise(sql, first);
        state.holding += 1;
        if (state.holding === 2) bothHaveOne.resolve();
        await bothHaveOne.promise;
        await raise(sql, second);
      });
    await Promise.all([inOrder('a', 'b'), inOrder('b', 'a')]);
    expect(state.begun).toBeGreaterThan(2);
    const touched = { owners: ['a', 'b'], ids: [], records: [] };
    expect((await store.loadCluster('ws_1', touched)).versions).toEqual({ a: 3, b: 3 });
    await connections.close();
  });
});

describe('a server that is silent', () => {
  it('costs a caller no more than the time it is given, and is asked anew afterwards', async () => {
    const impatient = await openStore(`${opened.database.url}?query_timeout=300`);
    await impatient.counts();
    const frozen = await opened.database.admin<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE ${OURS} AND state = 'idle'`,
    );
    for (const { pid } of frozen) process.kill(pid, 'SIGSTOP');
    try {
      await expect(impatient.counts()).rejects.toMatchObject({ code: 'store_unavailable' });
      expect(await impatient.counts()).toMatchObject({ inbox: 0 });
    } finally {
      for (const { pid } of frozen) process.kill(pid, 'SIGCONT');
    }
    await impatient.close();
  });
});

describe('a connector that is killed', () => {
  it('has kept every event it acknowledged, wherever it was killed', async () => {
    const acknowledged: string[] = [];
    for (let point = 0; point < 6; point += 1) {
      child = acceptingChild(opened.database.url);
      await child.said('kept', 1 + Math.floor(Math.random() * 200));
      await child.kill();
      acknowledged.push(...after(child.lines, 'kept'));
    }
    const kept = new Set<string>();
    for (let events = await claims(store).events(); events.length > 0; events = await claims(store).events())
      for (const { dedupeKey } of events) kept.add(dedupeKey);
    expect(acknowledged.length).toBeGreaterThanOrEqual(6);
    expect(acknowledged.filter((key) => !kept.has(key))).toEqual([]);
  });
});

describe('a server that is restarted under load', () => {
  it('in order or at once, ends no process and loses nothing that was acknowledged', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'payside-restart-'));
    try {
      const port = await sharedServer(folder);
      const database = await databaseOn(port);
      child = acceptingChild(database.url);
      for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
        const failed = after(child.lines, 'failed').length;
        await child.said('kept', after(child.lines, 'kept').length + 50);
        await stopServer(folder, signal);
        await child.said('failed', failed + 5);
        await startOn(folder, port);
      }
      await child.said('kept', after(child.lines, 'kept').length + 50);
      await child.kill();
      const kept = await database.admin<{ key: string }>('SELECT dedupe_key AS key FROM payside.inbox');
      const keys = new Set(kept.map(({ key }) => key));
      expect(after(child.lines, 'kept').filter((key) => !keys.has(key))).toEqual([]);
      const codes = after(child.lines, 'failed').map((line) => line.split(' ')[0]);
      expect(new Set(codes)).toEqual(new Set(['store_unavailable']));
    } finally {
      await stopServer(folder);
      await rm(folder, { recursive: true, force: true });
    }
  });
});
