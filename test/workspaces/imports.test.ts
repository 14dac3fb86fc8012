// What admins and operators want of an import: told once, kept beside its progress, and carried out by the work row.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backfill } from '../../src/control/backfill.ts';
import { createDirectory } from '../../src/workspaces/directory.ts';
import { createHalted, createProgress, steerImport, type ImportWish } from '../../src/workspaces/imports.ts';
import { importText } from '../../src/views/import-text.ts';
import type { Opened } from '../store/store.contract.ts';
import { openInFolder } from '../store/folders.ts';
import { account, NOW } from '../store/samples.ts';

let opened: Opened;
beforeEach(async () => {
  opened = await openInFolder();
  await opened.store.saveAccount(account({ state: 'importing', importing: { done: 5, total: 10 } }));
});
afterEach(() => opened.close());

const deps = () => ({
  store: opened.store,
  clock: { now: () => NOW },
  directory: createDirectory(opened.store),
});
const steer = (wish: ImportWish, workspaceId: string | null = null) =>
  steerImport(deps(), workspaceId, { account: 'acct_a', wish, actor: 'operator', operationId: null });
const told = (finished = false) =>
  createProgress(deps())('acct_a', { done: 7, total: 12, secondsLeft: 90, finished });
const due = async () => (await opened.store.claimWork(['backfill'], NOW, 9, 1)).map(({ key }) => key);
const stored = async () => (await opened.store.accounts())[0];

const unasked = (): Promise<never> => Promise.reject(new Error('nobody asks for it here'));
const untouched = {
  rebuild: unasked,
  storeChecks: unasked,
  inspect: unasked,
  examine: unasked,
  rotateKeys: unasked,
  moveEndpoints: unasked,
  eraseWhom: { find: unasked, begin: unasked },
  workspaces: { erase: unasked },
};

describe('an import', () => {
  it('is told to pause with its next page, and is due at once when it may go on', async () => {
    expect(await told()).toEqual({ paused: false });
    await steer('pause');
    expect(await told()).toEqual({ paused: true });
    expect((await stored())?.importing).toEqual({ done: 7, total: 12, secondsLeft: 90, paused: true });
    expect(await due()).toEqual([]);
    await steer('resume');
    expect(await told()).toEqual({ paused: false });
    expect(await due()).toEqual(['acct_a']);
  });

  it('says that it waits for the gateway until it is gone on with, and not while it is paused', async () => {
    const halted = () => createHalted(deps())('acct_a');
    await told();
    await halted();
    expect((await stored())?.importing).toEqual({ done: 7, total: 12, halted: true });
    await told();
    expect((await stored())?.importing?.halted).toBeUndefined();
    await steer('pause');
    await halted();
    expect((await stored())?.importing).toMatchObject({ paused: true });
    expect((await stored())?.importing?.halted).toBeUndefined();
    await told(true);
    await halted();
    expect((await stored())?.importing).toBeNull();
  });

  it('is done again when it had ended, with what it read before as its size', async () => {
    await told(true);
    expect(await stored()).toMatchObject({ state: 'connected', importing: null });
    await steer('again');
    expect(await stored()).toMatchObject({ state: 'importing', importing: { done: 0, total: 7 } });
    expect(await due()).toEqual(['acct_a']);
  });

  it('is out of reach for another workspace', async () => {
    await expect(steer('pause', 'ws_of_others')).rejects.toMatchObject({ code: 'not_found' });
    expect((await stored())?.importing?.paused).toBeUndefined();
  });

  it('is shown to an operator, paused or not', async () => {
    const run = (options: Record<string, string | boolean>) =>
      backfill.run(
        {
          ...deps(),
          ...untouched,
          steerImport: async (_, wish) => (wish ? steer(wish) : (await stored())!),
        },
        { words: [], options },
      );
    expect(backfill.text(await run({ account: 'acct_a' }))).toBe(
      'acct_a importing: 5 of about 10 objects read',
    );
    expect(await run({ account: 'acct_a', pause: true })).toMatchObject({ state: 'paused', done: 5 });
    await expect(run({ account: 'acct_a', pause: true, again: true })).rejects.toMatchObject({
      code: 'request_invalid',
    });
    await expect(run({})).rejects.toMatchObject({ code: 'request_invalid' });
  });

  it('says how far it is and about how long it still takes', () => {
    expect(importText({ done: 1_200, total: null })).toBe('Reading history: 1,200 objects so far');
    expect(importText({ done: 1_200, total: 5_000, secondsLeft: 150 })).toBe(
      'Reading history: 1,200 of about 5,000 objects so far, about 3 minutes left',
    );
    expect(importText({ done: 1_200, total: 5_000, secondsLeft: 150, paused: true })).toBe(
      'Reading history is paused: 1,200 of about 5,000 objects so far',
    );
    expect(importText({ done: 1_200, total: 5_000, halted: true })).toBe(
      'Reading history waits for the payment gateway, which is asked again: 1,200 of about 5,000 objects so far',
    );
  });
});
