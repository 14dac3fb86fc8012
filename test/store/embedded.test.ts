// The embedded store keeps the contract of all stores, and remembers no more versions of scopes than it has to.
import { expect, it } from 'vitest';
import { openInFolder } from './folders.ts';
import { commitOf, row } from './samples.ts';
import { storeContract } from './store.contract.ts';

storeContract('the embedded store', () => openInFolder());

it('takes a scope whose version it has forgotten for changed, and lets whoever reads it again through', async () => {
  const bench = await openInFolder();
  const { store } = bench;
  const read = async () =>
    (await store.loadCluster('ws_1', { owners: ['cus_1'], ids: [], records: [] })).versions;
  const versions = await read();
  const wish = commitOf({ rows: [row()], scopes: ['cus_1'], versions });
  const many = Array.from({ length: 25_000 }, (_, nth) => `cus_other_${nth}`);
  await store.commit(commitOf({ scopes: many }));
  expect(await read()).toEqual(versions);
  await store.commit(commitOf({ scopes: many }));
  await store.commit(commitOf({ scopes: many }));
  expect(await store.commit(wish)).toEqual({ committed: false, reason: 'stale' });
  expect(await store.commit({ ...wish, versions: await read() })).toMatchObject({ committed: true });
  await bench.close();
});
