// An account that is connected by a process that is killed: its history is read all the same, or nothing of it is left.
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeyRing } from '../../src/secrets/key-ring/index.ts';
import type { Store } from '../../src/store/store.ts';
import { connectAccount } from '../../src/workspaces/accounts.ts';
import { createDirectory } from '../../src/workspaces/directory.ts';
import { stripeRig, type StripeRig } from '../contract/stripe-rig.ts';
import { openInFolder } from '../store/folders.ts';
import { workspace } from '../store/samples.ts';

const MINUTE = 60_000;
const secrets = createKeyRing([{ id: 'k1', key: randomBytes(32) }]);

let rig: StripeRig;
let opened: Awaited<ReturnType<typeof openInFolder>>;
let store: Store;
beforeEach(async () => {
  rig = await stripeRig();
  opened = await openInFolder();
  store = opened.store;
  await store.saveWorkspace(workspace());
});
afterEach(async () => {
  await rig.close();
  await opened.close();
});

function connect(on: Store) {
  const { clock, gateway, definition } = rig;
  const directory = createDirectory(on);
  const deps = {
    store: on,
    clock,
    secrets,
    directory,
    gateway,
    publicBaseUrl: 'https://payside.example.com',
  };
  const { restrictedKey: secretKey, publishableKey } = definition;
  const admin = { workspaceId: 'ws_1', userId: '1' };
  return connectAccount({ ...deps, wake: () => undefined }, admin, { secretKey, publishableKey });
}
const due = async (ms: number) => {
  const at = new Date(rig.clock.now().getTime() + ms);
  return (await store.claimWork(['backfill'], at, 9, 1)).map(({ payload }) => payload);
};
const ids = async () => (await store.accounts()).map(({ id }) => id);

describe('the history of a new account', () => {
  it('is read at once when the account is saved', async () => {
    expect(await connect(store)).toMatchObject({ ok: true });
    expect(await due(0)).toEqual([{ account: (await ids())[0] }]);
  });

  it('is read later where the process is killed as soon as the account is saved', async () => {
    const reached = Promise.withResolvers<void>();
    const saveAccount: Store['saveAccount'] = async (account) => {
      await store.saveAccount(account);
      reached.resolve();
      return new Promise<never>(() => undefined);
    };
    void connect({ ...store, saveAccount });
    await reached.promise;
    store = await opened.reopen();
    expect(await ids()).toHaveLength(1);
    expect(await due(MINUTE)).toEqual([{ account: (await ids())[0] }]);
  });

  it('is not read, and no endpoint is left, where the account could not be saved', async () => {
    const saveAccount = () => Promise.reject(new Error('the disk is full'));
    await expect(connect({ ...store, saveAccount })).rejects.toThrow('the disk is full');
    expect(await ids()).toEqual([]);
    expect(rig.at.all('webhook_endpoints')).toEqual([]);
    expect(await due(0)).toEqual([]);
  });
});
