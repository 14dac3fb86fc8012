// Files of the embedded store that are missing, cut short or overwritten: a clear refusal, never an empty start.
import { randomBytes } from 'node:crypto';
import { copyFile, cp, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedStore } from '../../src/store/embedded/index.ts';
import { createNote, isUntouched } from '../../src/store/embedded/untouched.ts';
import { newFolder } from './folders.ts';
import { claims, commitOf, event, NOW, row, workspace } from './samples.ts';

const PAGE = 4_096;
/** What is looked for in the file. */
const NOISE = new Uint8Array(randomBytes(4_000));

let sound: string;
let folder: string;

beforeAll(async () => {
  sound = await newFolder();
  const store = await openEmbeddedStore(sound);
  await store.saveWorkspace(workspace());
  await store.accept(Array.from({ length: 200 }, () => event({ raw: NOISE.slice(0, 500) })));
  await store.commit(commitOf({ rows: [row()], scopes: ['cus_1'] }));
  await store.audit({
    workspaceId: 'ws_1',
    at: NOW.toISOString(),
    actor: 'hubspot:1',
    action: 'void-invoice',
    operationId: null,
    record: null,
    before: { status: 'open' },
    after: { status: 'void' },
  });
  await store.close();
});
afterAll(() => rm(sound, { recursive: true, force: true }));

beforeEach(async () => {
  folder = await newFolder();
  await cp(sound, folder, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (file: string): string => join(folder, file);

async function refusal(): Promise<string> {
  try {
    const store = await openEmbeddedStore(folder);
    const { inbox } = await store.counts();
    await store.close();
    return `opened with ${inbox} events`;
  } catch (error) {
    return (error as { publicMessage?: string }).publicMessage ?? String(error);
  }
}

describe('an installed folder', () => {
  it('opens as it was left', async () => {
    expect(await refusal()).toBe('opened with 200 events');
  });

  it.each(['payside.db', 'documents.json'])('does not open without %s', async (file) => {
    await rm(at(file));
    expect(await refusal()).toBe(`${at(file)} is missing; restore it from a backup`);
  });

  it.each(['payside.db', 'documents.json'])(
    'does not open without %s, also when the marker is gone',
    async (file) => {
      await rm(at(file));
      if (file === 'payside.db') await rm(at('installed'));
      expect(await refusal()).toBe(`${at(file)} is missing; restore it from a backup`);
    },
  );

  it('does not open with a database cut short at any of 20 places', async () => {
    const { size } = await stat(at('payside.db'));
    const answers = new Set<string>();
    for (let place = 0; place < 20; place += 1) {
      await copyFile(join(sound, 'payside.db'), at('payside.db'));
      await truncate(at('payside.db'), Math.floor((size * place) / 20));
      answers.add(await refusal());
    }
    expect([...answers]).toEqual([
      `${at('payside.db')} is damaged or cannot be opened; restore it from a backup`,
    ]);
  });

  it('does not open with documents cut short at any of 20 places', async () => {
    const text = await readFile(at('documents.json'), 'utf8');
    const answers = new Set<string>();
    for (let place = 0; place < 20; place += 1) {
      await writeFile(at('documents.json'), text.slice(0, Math.floor((text.length * place) / 20)));
      answers.add(await refusal());
    }
    expect([...answers]).toEqual([`${at('documents.json')} is damaged; restore it from a backup`]);
  });

  it.each(['null', '{}', '[]', '5', '{"workspaces":[{}],"installations":[],"accounts":[]}', 'garbage'])(
    'does not open with %s as documents',
    async (text) => {
      await writeFile(at('documents.json'), text);
      expect(await refusal()).toBe(`${at('documents.json')} is damaged; restore it from a backup`);
    },
  );

  it('does not open with documents that have lost every workspace', async () => {
    await writeFile(at('documents.json'), '{"workspaces":[],"installations":[],"accounts":[]}');
    expect(await refusal()).toBe(`${at('documents.json')} has lost its workspaces; restore it from a backup`);
  });

  it.each([0, 100, 4096, 20_000])('does not open with a database overwritten from byte %i', async (from) => {
    const bytes = await readFile(at('payside.db'));
    await writeFile(at('payside.db'), bytes.fill(0xa5, from, from + 4096));
    expect(await refusal()).toBe(
      `${at('payside.db')} is damaged or cannot be opened; restore it from a backup`,
    );
  });

  it('does not take another, empty database for its own', async () => {
    await rm(at('payside.db'));
    new DatabaseSync(at('payside.db')).exec('CREATE TABLE other (a); ');
    expect(await refusal()).toBe(
      `${at('payside.db')} is damaged or cannot be opened; restore it from a backup`,
    );
  });
});

describe('the check of the whole file', () => {
  /** A page that holds nothing but bodies, which counting does not read. */
  const damaged = async (): Promise<void> => {
    const bytes = await readFile(at('payside.db'));
    const page = Math.floor(bytes.indexOf(NOISE.slice(0, 400)) / PAGE) * PAGE;
    await writeFile(at('payside.db'), bytes.fill(0xa5, page, page + PAGE));
  };

  it('is left out where nobody has touched the file since it was sound', async () => {
    await damaged();
    createNote(at('payside.db'))();
    expect(await refusal()).toBe('opened with 200 events');
  });

  it('is made of a file that was touched, whatever was noted of it before', async () => {
    createNote(at('payside.db'))();
    await damaged();
    expect(await refusal()).toBe(
      `${at('payside.db')} is damaged or cannot be opened; restore it from a backup`,
    );
  });

  it('is not needed after a stop', async () => {
    await (await openEmbeddedStore(folder)).close();
    expect(isUntouched(at('payside.db'))).toBe(true);
  });

  it('is not needed after a kill, however much was written to the file before', async () => {
    const { size } = await stat(at('payside.db'));
    const store = await openEmbeddedStore(folder);
    // More than one log holds before it goes into the file.
    for (let part = 0; part < 4; part += 1)
      await store.accept(Array.from({ length: 3_000 }, () => event({ raw: NOISE })));
    // The answer to a call comes after what the one before it left to do.
    await store.counts();
    expect((await stat(at('payside.db'))).size).toBeGreaterThan(size * 10);
    expect(isUntouched(at('payside.db'))).toBe(true);
    await store.close();
  });

  it('is made of a copy, and of a file without a note', async () => {
    await (await openEmbeddedStore(folder)).close();
    await copyFile(at('payside.db'), at('copy'));
    await rename(at('copy'), at('payside.db'));
    expect(isUntouched(at('payside.db'))).toBe(false);
    await rm(at('payside.db-sound'));
    expect(await refusal()).toBe('opened with 200 events');
  });
});

describe('the file of the database', () => {
  const inFile = <T>(read: (database: DatabaseSync) => T): T => {
    const database = new DatabaseSync(at('payside.db'));
    try {
      return read(database);
    } finally {
      database.close();
    }
  };

  it('lets nobody change or delete an audit row', () => {
    inFile((database) => {
      expect(() => database.exec(`UPDATE audit SET actor = 'nobody'`)).toThrow('audit rows are final');
      expect(() => database.exec('DELETE FROM audit')).toThrow('audit rows are final');
      expect(database.prepare('SELECT actor, before, after FROM audit').all()).toEqual([
        { actor: 'hubspot:1', before: '{"status":"open"}', after: '{"status":"void"}' },
      ]);
    });
  });

  it.each(['inbox', 'outbox', 'work'])('finds the dead letters of the %s without reading it all', (queue) => {
    const plan = inFile((database) =>
      database.prepare(`EXPLAIN QUERY PLAN SELECT count(*) FROM ${queue} WHERE state = 'dead'`).all(),
    );
    expect(JSON.stringify(plan)).toContain(`INDEX ${queue}_dead`);
  });

  it('keeps raw bodies apart from everything else, so that they can be erased alone', async () => {
    inFile((database) => database.exec('DELETE FROM body'));
    const store = await openEmbeddedStore(folder);
    expect(await store.findRows('ws_1', 'invoice', ['in_1'])).toEqual([row()]);
    const events = await claims(store, NOW, 1_000).events();
    expect(events).toHaveLength(200);
    expect(events.every(({ raw }) => raw.length === 0)).toBe(true);
    await store.close();
  });
});
