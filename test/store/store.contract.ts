// What every store must do, whatever it is made of: one suite that each adapter passes.
import { afterEach, beforeEach, describe } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { commits } from './contract-commits.ts';
import { crowds } from './contract-crowds.ts';
import { doubts } from './contract-doubts.ts';
import { dueKeys, waiting } from './contract-due.ts';
import { keptEdits } from './contract-edits.ts';
import { erasedWorkspaces } from './contract-erased-workspaces.ts';
import { erasing } from './contract-erasing.ts';
import { forgetting } from './contract-forgetting.ts';
import { inbox } from './contract-inbox.ts';
import { inspections } from './contract-inspect.ts';
import { locks } from './contract-locks.ts';
import { kept } from './contract-kept.ts';
import { lanes } from './contract-lanes.ts';
import { operations } from './contract-operations.ts';
import { outbox } from './contract-outbox.ts';
import { parts } from './contract-parts.ts';
import { offeredAgain, pages } from './contract-renewal.ts';
import { stamps } from './contract-stamps.ts';
import { queuedWork } from './contract-work.ts';

export type Opened = {
  store: Store;
  /** Ends the store and opens the same data again. */
  reopen: () => Promise<Store>;
  /** Ends the store and removes its data. */
  close: () => Promise<void>;
};

/** The store of the running test; `reopen` makes it a new one over the same data. */
export type Bench = { store: Store; reopen: () => Promise<void> };

export function storeContract(name: string, open: () => Promise<Opened>): void {
  describe(`${name} keeps the store's contract:`, () => {
    const bench = {} as Bench;
    let opened: Opened;
    beforeEach(async () => {
      opened = await open();
      bench.store = opened.store;
      bench.reopen = async () => {
        bench.store = await opened.reopen();
      };
    });
    afterEach(() => opened.close());
    describe('inbox', () => inbox(bench));
    describe('parts', () => parts(bench));
    describe('work', () => queuedWork(bench));
    describe('commits', () => commits(bench));
    describe('crowds', () => crowds(bench));
    describe('outbox', () => outbox(bench));
    describe('lanes', () => lanes(bench));
    describe('due keys', () => dueKeys(bench));
    describe('a wait for the rest of history', () => waiting(bench));
    describe('outbox in doubt', () => doubts(bench));
    describe('renewal', () => offeredAgain(bench));
    describe('pages', () => pages(bench));
    describe('edits in the CRM', () => keptEdits(bench));
    describe('operations', () => operations(bench));
    describe('stamps', () => stamps(bench));
    describe('forgetting', () => forgetting(bench));
    describe('kept', () => kept(bench));
    describe('inspections', () => inspections(bench));
    describe('erasing', () => erasing(bench));
    describe('erased workspaces', () => erasedWorkspaces(bench));
    describe('locks', () => locks(bench));
  });
}
