// What an older key sealed is sealed anew, on a real store, until the older key can go.
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createAddresses } from '../../src/forgetting/addresses.ts';
import { createResealing } from '../../src/forgetting/reseal.ts';
import { withPersonsSealed, type StoredPerson } from '../../src/forgetting/sealed-persons.ts';
import { createKeyRing } from '../../src/secrets/key-ring/index.ts';
import type { Secrets } from '../../src/secrets/secrets.ts';
import { openEmbeddedStore } from '../../src/store/embedded/index.ts';
import type { Store } from '../../src/store/store.ts';
import { openCredentials, sealCredentials } from '../../src/workspaces/account-access.ts';
import { sealWebhook, webhookSecrets } from '../../src/workspaces/accounts.ts';
import { createDirectory } from '../../src/workspaces/directory.ts';
import { createRotateKeys, type Rotation } from '../../src/workspaces/rotate-keys.ts';
import { resealTokens, sealTokens } from '../../src/workspaces/tokens.ts';
import { newFolder } from '../store/folders.ts';
import { account, commitOf, installation, workspace } from '../store/samples.ts';

const [old, next] = ['k1', 'k2'].map((id) => ({ id, key: randomBytes(32) })) as [RingKey, RingKey];
type RingKey = { id: string; key: Buffer };

const before = createKeyRing([old]);
const both = createKeyRing([next, old]);
const after = createKeyRing([next]);
const SECRET_KEY = 'rk of a test';
const ADDRESS = 'gone@example.com';
const PERSONS = ['cus_1', 'cus_2'].map((customerId, index) => ({
  account: 'ga_1',
  customerId,
  number: index + 1,
  personal: { name: `Person ${index}`, email: null, phone: null },
}));
const TOKENS = { access: 'access token', refresh: 'refresh token', expiresAt: '2026-05-04T10:00:00.000Z' };

let folder: string;
/** As it keeps persons. */
let kept: Store<StoredPerson>;
let store: Store;

beforeEach(async () => {
  folder = await newFolder();
  kept = await openEmbeddedStore<StoredPerson>(folder);
  store = withPersonsSealed(kept, before);
  await store.saveWorkspace(workspace());
  await store.commit(commitOf({ personal: PERSONS }));
  await createAddresses({ store, secrets: before }).bury('ws_1', [ADDRESS]);
  for (const id of ['ga_1', 'ga_2']) {
    const owner = { id, workspaceId: 'ws_1' };
    const credentials = sealCredentials(before, owner, { kind: 'key', secretKey: SECRET_KEY });
    const secrets = ['newer', 'older'].map((secret) => sealWebhook(before, owner, secret));
    await store.saveAccount(
      account({ ...owner, externalId: id, credentials, webhook: { endpointId: 'we_1', secrets } }),
    );
  }
  const owner = { id: 'inst_1', workspaceId: 'ws_1' };
  await store.saveInstallation(installation({ ...owner, tokens: sealTokens(before, owner, TOKENS) }));
  await store.saveInstallation(installation({ id: 'inst_2', portalId: '2', tokens: null }));
});
afterEach(async () => {
  await kept.close();
  await rm(folder, { recursive: true, force: true });
});

const rotate = (secrets: Secrets, on: Store = store): Promise<Rotation> =>
  createRotateKeys({
    store: on,
    secrets,
    directory: createDirectory(on),
    persons: createResealing(kept, secrets),
  })();

/** @throws where something is sealed by a key that is not in the ring */
async function openAll(secrets: Secrets): Promise<void> {
  for (const one of await store.accounts()) {
    expect(openCredentials(secrets, one)).toEqual({ kind: 'key', secretKey: SECRET_KEY });
    expect(webhookSecrets(secrets, one)).toEqual(['newer', 'older']);
  }
  const persons = await withPersonsSealed(kept, secrets).loadPersonal('ws_1', ['cus_1', 'cus_2']);
  expect(Object.values(persons).map(({ name }) => name)).toEqual(['Person 0', 'Person 1']);
  const erased = await createAddresses({ store, secrets }).erasedAmong('ws_1', [ADDRESS, 'else@example.com']);
  expect([...erased]).toEqual([ADDRESS]);
  const installed = (await store.installations()).find(({ id }) => id === 'inst_1');
  expect(resealTokens(secrets, installed!, 'ws_1')).toMatchObject({ expiresAt: TOKENS.expiresAt });
}

it('leaves nothing that needs the old key, and says so', async () => {
  await expect(openAll(after)).rejects.toMatchObject({ publicMessage: expect.stringContaining('k1') });
  expect(await rotate(both)).toEqual({ resealed: 6, left: { k2: 11 } });
  await openAll(after);
});

it('says what is left of each key, and changes nothing where nothing is outdated', async () => {
  expect(await rotate(before)).toEqual({ resealed: 0, left: { k1: 11 } });
  await rotate(both);
  const rows = [await store.accounts(), await store.installations()];
  expect(await rotate(both)).toEqual({ resealed: 0, left: { k2: 11 } });
  expect([await store.accounts(), await store.installations()]).toEqual(rows);
});

it.each([1, 2, 3])('that is killed at row %i goes on where it was', async (nth) => {
  let count = 0;
  const dies =
    <T>(save: (row: T) => Promise<void>) =>
    async (row: T): Promise<void> => {
      count += 1;
      if (count >= nth) throw new Error('killed');
      await save(row);
    };
  const dying = {
    ...store,
    saveAccount: dies(store.saveAccount.bind(store)),
    saveInstallation: dies(store.saveInstallation.bind(store)),
  };
  await expect(rotate(both, dying)).rejects.toThrow('killed');
  await openAll(both);
  expect(await rotate(both)).toEqual({ resealed: 7 - nth, left: { k2: 11 } });
  await openAll(after);
});
