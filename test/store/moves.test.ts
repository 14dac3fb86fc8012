// Stores that nobody has open: filled from one another, whole, and never over anything; each left for good.
import { existsSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { closedEmbeddedStore } from '../../src/store/embedded/closed.ts';
import { openEmbeddedStore } from '../../src/store/embedded/index.ts';
import { closedPostgresStore } from '../../src/store/postgres/whole.ts';
import { KEPT } from '../../src/store/kept.ts';
import type { ClosedStore, Kept, KeptPages, Store } from '../../src/store/store.ts';
import { newDatabase } from '../postgres/database.ts';
import { fillStore, keptIn } from './contract-kept.ts';
import { openStore } from './databases.ts';
import { newFolder } from './folders.ts';
import { claims, event, workspace } from './samples.ts';

type Place = {
  closed: ClosedStore;
  open: () => Promise<Store>;
  /** Columns by table. */
  columns: () => Promise<Record<string, string[]>>;
};

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function folder(): Promise<Place & { path: string }> {
  const path = await newFolder();
  ends.push(() => rm(path, { recursive: true, force: true }));
  return {
    path,
    closed: closedEmbeddedStore(path),
    open: () => opened(openEmbeddedStore(path)),
    async columns() {
      const database = new DatabaseSync(join(path, 'payside.db'));
      const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all();
      const found = tables.map(({ name }) => [
        String(name),
        database
          .prepare(`SELECT name FROM pragma_table_info(?)`)
          .all(String(name))
          .map((one) => String(one['name'])),
      ]);
      database.close();
      return Object.fromEntries(found) as Record<string, string[]>;
    },
  };
}

async function database(): Promise<Place> {
  const { url, drop, admin } = await newDatabase();
  ends.push(drop);
  return {
    closed: closedPostgresStore(url),
    open: () => opened(openStore(url)),
    async columns() {
      const rows = await admin<{ table_name: string; column_name: string }>(
        `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'payside'`,
      );
      const grouped = Object.groupBy(rows, (one) => one.table_name);
      return Object.fromEntries(
        Object.entries(grouped).map(([table, list = []]) => [table, list.map((one) => one.column_name)]),
      );
    },
  };
}

/** Closed when the test ends, if it was not before. */
async function opened(opening: Promise<Store>): Promise<Store> {
  const store = await opening;
  const state = { isOpen: true };
  const close = async (): Promise<void> => {
    if (state.isOpen) await store.close();
    state.isOpen = false;
  };
  ends.push(close);
  return { ...store, close };
}

async function filled(place: Place): Promise<Kept[]> {
  const store = await place.open();
  await fillStore({ store });
  const all = await keptIn(store);
  await store.close();
  return all;
}

async function readOf({ closed }: Place): Promise<Kept[]> {
  const all: Kept[] = [];
  for await (const page of closed.read()) all.push(...page);
  return all;
}

const sorted = (all: Kept[]): string[] => all.map((one) => JSON.stringify(one)).toSorted();
const inOrder = (all: Kept[]): string[] =>
  all.filter(({ of }) => ['event', 'fact', 'audit'].includes(of)).map((one) => JSON.stringify(one));

const move = (from: Place, to: Place): Promise<void> =>
  from.closed.moveOut(to.closed.name, (pages) => to.closed.fill(pages));

const refusal = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'allowed',
    (error: { publicMessage?: string }) => error.publicMessage ?? String(error),
  );

async function* cut(pages: KeptPages): KeptPages {
  for await (const page of pages) {
    yield page;
    if (page.some(({ of }) => of === 'fact')) throw new Error('cut');
  }
}

const PLACES = { folder, database };
const WAYS = (['folder', 'database'] as const).flatMap((from) =>
  (['folder', 'database'] as const).map((to) => ({ from, to })),
);

describe.each(WAYS)('a $from moved to a $to', ({ from, to }) => {
  it('is there whole, in its order, and goes on', async () => {
    const [source, target] = [await PLACES[from](), await PLACES[to]()];
    const all = await filled(source);
    await move(source, target);
    const there = await readOf(target);
    expect(sorted(there)).toEqual(sorted(all));
    expect(inOrder(there)).toEqual(inOrder(all));
    const store = await target.open();
    expect(await store.drawNumber()).toBe(8);
    expect((await store.workspaces()).map(({ id }) => id)).toEqual(['ws_1', 'ws_2']);
    expect(await store.accept([event()])).toEqual([true]);
    const due = new Date('2100-01-01');
    expect(await claims(store, due).deliveries()).toHaveLength(2);
    expect((await claims(store, due).events()).length).toBeGreaterThan(1);
    await store.saveWorkspace(workspace({ id: 'ws_3' }));
    await store.close();
    expect((await readOf(target)).filter(({ of }) => of === 'document')).toHaveLength(5);
  });

  it('cannot be opened any more where it was, and is told of', async () => {
    const [source, target] = [await PLACES[from](), await PLACES[to]()];
    await filled(source);
    await move(source, target);
    expect(await refusal(source.open())).toContain(
      `was moved to ${target.closed.name}. Set STORE_URL to that.`,
    );
    const third = await folder();
    expect(await refusal(move(source, third))).toContain(`was moved to ${target.closed.name}`);
  });
});

describe.each(['folder', 'database'] as const)('a %s', (kind) => {
  it('hands over and takes every table and column there is', async () => {
    const place = await PLACES[kind]();
    await filled(place);
    const { body, inbox = [], ...tables } = await place.columns();
    const names = {
      inbox: 'event',
      ledger_row: 'row',
      outbox: 'delivery',
      erased_workspace: 'erased',
    } as Record<string, string>;
    const known = { ...KEPT } as Record<string, Record<string, string>>;
    const left = new Set([
      'counter',
      'moved',
      'migration',
      'authorization',
      'pending_authorization',
      'scope',
    ]);
    /** Drawn, or derived from what is kept. */
    const own = new Set([
      'fact.id',
      'work.id',
      'inbox.id',
      'audit.id',
      'document.version',
      'erased_workspace.version',
      'ledger_row.open_due_at',
    ]);
    const unkept = Object.entries({
      ...tables,
      inbox: inbox.concat((body ?? []).filter((one) => one === 'raw')),
    })
      .filter(([table]) => !left.has(table))
      .flatMap(([table, columns]) =>
        columns
          .map((column) => (column === 'user' ? 'user_id' : column))
          .filter((column) => !((names[table] ?? table) in known && column in known[names[table] ?? table]!))
          .map((column) => `${table}.${column}`),
      );
    expect(unkept.filter((one) => !own.has(one))).toEqual([]);
  });

  it('is never filled over what it keeps', async () => {
    const [source, target] = [await folder(), await PLACES[kind]()];
    await filled(source);
    const store = await target.open();
    await store.saveWorkspace(workspace({ id: 'ws_9' }));
    await store.close();
    expect(await refusal(move(source, target))).toContain('is not empty');
    expect((await readOf(target)).map(({ is }) => is['id'] ?? is['value'])).toEqual(
      expect.arrayContaining(['ws_9', 0]),
    );
    // Nothing was taken, so nothing has moved.
    expect(await (await source.open()).workspaces()).toHaveLength(2);
  });

  it('is filled where it was opened once and nothing was kept', async () => {
    const [source, target] = [await folder(), await PLACES[kind]()];
    await (await target.open()).close();
    const all = await filled(source);
    await move(source, target);
    expect(sorted(await readOf(target))).toEqual(sorted(all));
  });

  it('that was half filled is filled anew, and keeps nothing of before', async () => {
    const [source, target] = [await folder(), await PLACES[kind]()];
    const all = await filled(source);
    expect(await refusal(target.closed.fill(cut(source.closed.read())))).not.toBe('allowed');
    await target.closed.fill(source.closed.read());
    expect(sorted(await readOf(target))).toEqual(sorted(all));
  });

  it('is neither filled nor left while somebody has it open', async () => {
    const [source, target] = [await PLACES[kind](), await PLACES[kind]()];
    await filled(source);
    const store = await source.open();
    store.onWork?.(() => undefined);
    await store.ready();
    expect(await refusal(move(source, target))).toContain('in use by');
    const there = await target.open();
    there.onWork?.(() => undefined);
    await store.close();
    expect(await refusal(move(source, target))).toContain('in use by');
  });
});

describe('a half filled folder', () => {
  it('is opened by nobody until it is whole', async () => {
    const [source, target] = [await folder(), await folder()];
    await filled(source);
    await refusal(target.closed.fill(cut(source.closed.read())));
    expect(await refusal(target.open())).toContain('did not come to its end');
  });
});

describe('an embedded store that is copied', () => {
  it('leaves nothing behind, also where nobody reads on', async () => {
    const place = await folder();
    await filled(place);
    const store = await place.open();
    for await (const page of store.copyOut()) if (page[0]?.of === 'fact') break;
    const copies = (await readdir(place.path)).filter((name) => name.startsWith('copy-'));
    expect(copies).toEqual([]);
    await store.close();
    await writeFile(join(place.path, 'copy-left.db'), 'by a killed process');
    await place.open();
    expect(existsSync(join(place.path, 'copy-left.db'))).toBe(false);
  });

  it('goes on keeping events meanwhile, and the copy has each of them or not at all', async () => {
    const place = await folder();
    await filled(place);
    const store = await place.open();
    const state = { isOver: false, sent: 0 };
    const sending = (async () => {
      for (; !state.isOver; state.sent += 2) {
        await store.accept([event({ source: 'load' }), event({ source: 'load' })]);
        await setImmediate();
      }
    })();
    const sizes: number[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      const all = await keptIn(store);
      sizes.push(all.filter(({ of, is }) => of === 'event' && is['source'] === 'load' && is['raw']).length);
    }
    state.isOver = true;
    await sending;
    expect(sizes.every((size) => size % 2 === 0)).toBe(true);
    expect(sizes.toSorted((a, b) => a - b)).toEqual(sizes);
    expect(sizes.at(-1)).toBeLessThanOrEqual(state.sent);
    expect(sizes.at(-1)).toBeGreaterThan(0);
  });
});
