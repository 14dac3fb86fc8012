// Erasing a workspace where something stands in the way: a move that is not done, or a vendor that cannot be told.
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { gatewayUnavailable } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';
import { createKeyRing } from '../../src/secrets/key-ring/index.ts';
import { createEraseWorkspace, type EraseWorkspace } from '../../src/workspaces/erase-workspace.ts';
import { newFolder, openInFolder } from '../store/folders.ts';
import { account, installation, NOW, workspace } from '../store/samples.ts';
import type { Opened } from '../store/store.contract.ts';

let opened: Opened;
let erasing: EraseWorkspace;

beforeEach(async () => {
  opened = await openInFolder(await newFolder());
  erasing = createEraseWorkspace({
    store: opened.store,
    clock: { now: () => NOW },
    log: createLog('silent'),
    secrets: createKeyRing([{ id: 'k1', key: randomBytes(32) }]),
    gateway: { removeWebhook: () => Promise.reject(gatewayUnavailable()) },
    crmOf: () => ({ label: 'HubSpot', revoke: () => Promise.resolve() }),
  });
  for (const id of ['ws_1', 'ws_2']) await opened.store.saveWorkspace(workspace({ id }));
});
afterEach(() => opened.close());

const joining = {
  id: 'request',
  workspaceId: 'ws_2',
  from: 'ws_1',
  askedBy: '1',
  askedAt: NOW.toISOString(),
  ended: null,
};

it.each(['ws_1', 'ws_2'])('leaves %s alone while a request to join is not answered', async (id) => {
  await opened.store.saveInstallation(installation({ joining }));
  await expect(erasing.erase(id, true)).rejects.toMatchObject({ code: 'request_invalid' });
  expect(await opened.store.erasures()).toEqual([]);
});

it('takes along what a joined installation left, and nothing of where it is not', async () => {
  await opened.store.saveWorkspace(workspace({ id: 'ws_1', leftFor: 'ws_2' }));
  await opened.store.saveWorkspace(workspace({ id: 'ws_3' }));
  const ended = { how: 'joined', at: NOW.toISOString() } as const;
  await opened.store.saveInstallation(installation({ workspaceId: 'ws_2', joining: { ...joining, ended } }));
  expect((await erasing.erase('ws_2', true)).state).toBe('erased');
  expect((await opened.store.workspaces()).map(({ id }) => id)).toEqual(['ws_3']);
  expect((await opened.store.erasures()).map(({ workspaceId }) => workspaceId)).toEqual(['ws_1', 'ws_2']);
});

it('goes on where the gateway cannot be told, and says what is left to do there', async () => {
  await opened.store.saveAccount(account({ webhook: { endpointId: 'we_1', secrets: [] } }));
  const { state, vendors } = await erasing.erase('ws_1', true);
  expect(state).toBe('erased');
  expect(vendors).toMatchObject([{ did: expect.stringContaining('we_1') as string }]);
  expect(vendors[0]?.problem).not.toBeNull();
  expect((await opened.store.workspaces()).map(({ id }) => id)).toEqual(['ws_2']);
});
