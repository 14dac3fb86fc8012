// Embedded stores in folders of their own, which go when a test ends.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedStore } from '../../src/store/embedded/index.ts';
import type { Store } from '../../src/store/store.ts';
import type { Opened } from './store.contract.ts';

export const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'payside-store-'));

export async function openInFolder(folder?: string): Promise<Opened & { folder: string }> {
  const place = folder ?? (await newFolder());
  let store: Store = await openEmbeddedStore(place);
  return {
    folder: place,
    store,
    async reopen() {
      await store.close();
      store = await openEmbeddedStore(place);
      return store;
    },
    async close() {
      await store.close();
      await rm(place, { recursive: true, force: true });
    },
  };
}
