// How far a first sync is, kept beside an admin who changes keys meanwhile.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedStore } from '../../src/store/embedded/index.ts';
import type { Store } from '../../src/store/store.ts';
import { createProgress } from '../../src/workspaces/imports.ts';
import { createDirectory } from '../../src/workspaces/directory.ts';
import { inTurn } from '../../src/in-turn.ts';
import { account, NOW } from '../store/samples.ts';

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'payside-progress-'));
  store = await openEmbeddedStore(folder);
  await store.saveAccount(account({ state: 'importing', importing: { done: 0, total: null } }));
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const progress = (done: number, finished = false) =>
  createProgress({ store, directory: createDirectory(store), clock: { now: () => NOW } })('acct_a', {
    done,
    total: null,
    secondsLeft: null,
    finished,
  });
const stored = async () => (await store.accounts())[0];

describe('the progress of a sync', () => {
  it('knows no total the first time, and says when everything is read', async () => {
    await progress(10);
    expect(await stored()).toMatchObject({ state: 'importing', importing: { done: 10, total: null } });
    await progress(25, true);
    expect(await stored()).toMatchObject({
      state: 'connected',
      importing: null,
      imported: 25,
      verifiedAt: NOW.toISOString(),
    });
  });

  it('takes what the last sync read as the total of the next, and grows with what is found', async () => {
    await progress(25, true);
    await progress(5);
    expect((await stored())?.importing).toMatchObject({ done: 5, total: 25 });
    await progress(40);
    expect((await stored())?.importing).toMatchObject({ done: 40, total: 40 });
  });

  it('never brings back keys that an admin replaced at the same moment', async () => {
    const replace = store.lock('account:acct_a', async () => {
      const [known] = await store.accounts();
      await store.saveAccount({ ...known!, credentials: 'v1.k1.new' });
    });
    await Promise.all([progress(1), replace, progress(2), progress(3)]);
    expect(await stored()).toMatchObject({ credentials: 'v1.k1.new', importing: { done: 3 } });
  });

  it('leaves a disconnected account as it is', async () => {
    await store.saveAccount(account({ state: 'disconnected' }));
    await progress(9, true);
    expect((await stored())?.state).toBe('disconnected');
  });
});

describe('work in turn', () => {
  it('waits for what came before under the same key, also when that failed', async () => {
    const seen: string[] = [];
    const step = (name: string) => async () => {
      seen.push(`${name} begins`);
      await Promise.resolve();
      seen.push(`${name} ends`);
      if (name === 'first') throw new Error('broken');
    };
    const both = await Promise.allSettled([
      inTurn(store, 'a', step('first')),
      inTurn(store, 'a', step('second')),
    ]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(seen).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  });

  it('lets other keys go on', async () => {
    let open: () => void = () => undefined;
    const held = inTurn(store, 'a', () => new Promise<void>((resolve) => (open = resolve)));
    expect(await inTurn(store, 'b', async () => 'done')).toBe('done');
    open();
    await held;
  });
});
