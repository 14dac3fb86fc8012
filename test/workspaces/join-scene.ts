// Two companies' halves for tests of joining: a HubSpot workspace with a gateway account, and a Salesforce org alone in its own.
import { randomBytes } from 'node:crypto';
import { createKeyRing } from '../../src/secrets/key-ring/index.ts';
import type { Store } from '../../src/store/store.ts';
import { createDirectory } from '../../src/workspaces/directory.ts';
import { makeJoinCode } from '../../src/workspaces/join-codes.ts';
import {
  askToJoin,
  declineJoin,
  takeBack,
  type JoinAdmin,
  type JoinOutcome,
} from '../../src/workspaces/join.ts';
import { dayWork } from '../../src/workspaces/leave-renewal.ts';
import { confirmJoin } from '../../src/workspaces/move.ts';
import { sealTokens } from '../../src/workspaces/tokens.ts';
import type { Installation } from '../../src/workspaces/workspace.ts';
import { openInFolder } from '../store/folders.ts';
import { account, installation, NOW, workspace } from '../store/samples.ts';

export const HUB = 'ws_hub';
export const ORG = 'ws_org';
export const ASKER = '005000000000001AAA';
export const REP = '005000000000002AAA';

export const HUB_ADMIN: JoinAdmin = { workspaceId: HUB, crm: 'hubspot', userId: '1' };
export const ORG_ADMIN: JoinAdmin = { workspaceId: ORG, crm: 'salesforce', userId: ASKER };

const TOKENS = { access: 'access sample', refresh: 'refresh sample', expiresAt: '2026-03-10T14:00:00.000Z' };

export type JoinScene = Awaited<ReturnType<typeof openJoinScene>>;

export async function openJoinScene() {
  const opened = await openInFolder();
  const { store } = opened;
  const secrets = createKeyRing([{ id: 'k1', key: randomBytes(32) }]);
  const time = { now: NOW };
  const clock = { now: () => time.now };
  const depsOn = (on: Store) => ({
    store: on,
    clock,
    secrets,
    directory: createDirectory(on),
    wake: () => undefined,
  });
  const deps = depsOn(store);
  const { settings } = workspace();
  const withRoles = (roles: (typeof settings)['roles']) => ({ ...settings, roles });
  const org = (change: Partial<Installation> = {}): Installation => {
    const owner = { id: 'inst_org', workspaceId: ORG, ...change };
    const tokens = sealTokens(secrets, owner, TOKENS);
    return installation({ crm: 'salesforce', portalId: '00D000000000001AAA', tokens, ...owner });
  };
  await store.saveWorkspace(
    workspace({ id: HUB, name: 'Brightwell', settings: withRoles({ 'hubspot:1': 'admin' }) }),
  );
  await store.saveInstallation(installation({ id: 'inst_hub', workspaceId: HUB }));
  await store.saveAccount(account({ workspaceId: HUB }));
  await store.saveWorkspace(
    workspace({
      id: ORG,
      name: 'Brightwell org',
      settings: withRoles({ [`salesforce:${ASKER}`]: 'admin', [`salesforce:${REP}`]: 'rep' }),
    }),
  );
  await store.saveInstallation(org());
  await store.addWork([{ ...dayWork(ORG), nextAt: NOW.toISOString() }]);
  const code = async (workspaceId = HUB): Promise<string> => (await makeJoinCode(deps, workspaceId)).text;
  const ask = async (given?: string, id = 'inst_org', admin: JoinAdmin = ORG_ADMIN): Promise<JoinOutcome> =>
    askToJoin(deps, admin, id, given ?? (await code()));
  const found = async (id = 'inst_org'): Promise<Installation> => {
    const one = await deps.directory.installation(id);
    if (!one) throw new Error(`no installation ${id}`);
    return one;
  };
  const requestId = async (id = 'inst_org'): Promise<string> => (await found(id)).joining?.id ?? 'none';
  return {
    ...opened,
    deps,
    depsOn,
    secrets,
    time,
    org,
    code,
    ask,
    found,
    requestId,
    confirm: async (id?: string, admin = HUB_ADMIN) => confirmJoin(deps, admin, id ?? (await requestId())),
    decline: async (admin = HUB_ADMIN) => declineJoin(deps, admin, await requestId()),
    takeBack: (admin = ORG_ADMIN, id = 'inst_org') => takeBack(deps, admin, id),
    roles: async (id: string) => (await deps.directory.workspace(id)).settings.roles,
  };
}
