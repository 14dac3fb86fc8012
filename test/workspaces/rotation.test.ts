// Refresh tokens that rotate: many calls, several keepers of tokens, one refresh, and never a used token a second time.
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Crm } from '../../src/crms/crm.ts';
import { ConnectorError } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';
import { createKeyRing } from '../../src/secrets/key-ring/index.ts';
import { createDirectory } from '../../src/workspaces/directory.ts';
import { renewingCrm } from '../../src/workspaces/renewal.ts';
import { createTokens, sealTokens, type CrmTokens } from '../../src/workspaces/tokens.ts';
import { startSalesforceRig, type SalesforceRig } from '../crms/salesforce/rig.ts';
import { openInFolder } from '../store/folders.ts';
import { installation } from '../store/samples.ts';

const secrets = createKeyRing([{ id: 'k1', key: randomBytes(32) }]);
const OWNER = { id: 'inst_1', workspaceId: 'ws_1' };

let rig: SalesforceRig;
let opened: Awaited<ReturnType<typeof openInFolder>>;
/** As two processes on one store would have them. */
let keepers: { tokens: CrmTokens; crm: Crm }[];

beforeEach(async () => {
  rig = await startSalesforceRig({ timeoutMs: 1_000 });
  opened = await openInFolder();
  const { store } = opened;
  const { apiBase, ...tokens } = rig.grant.tokens;
  await store.saveInstallation(
    installation({
      ...OWNER,
      crm: 'salesforce',
      portalId: rig.grant.portalId,
      ...(apiBase ? { apiBase } : {}),
      tokens: sealTokens(secrets, OWNER, tokens),
    }),
  );
  const deps = {
    store,
    clock: rig.clock,
    log: createLog('silent'),
    secrets,
    directory: createDirectory(store),
  };
  keepers = [1, 2].map(() => {
    const made = createTokens({ ...deps, crmOf: () => rig.crm });
    return { tokens: made, crm: renewingCrm(rig.crm, made.renewed) };
  });
});
afterEach(async () => {
  await rig.close();
  await opened.close();
});

const call = async (nth: number): Promise<string> => {
  const { tokens, crm } = keepers[nth % keepers.length]!;
  const users = await crm.users(await tokens.connectionFor(OWNER.id));
  return users.length > 0 ? 'answered' : 'empty';
};
const fifty = (): Promise<string[]> =>
  Promise.all(
    Array.from({ length: 50 }, (_, nth) =>
      call(nth).catch((error: unknown) => (error instanceof ConnectorError ? error.code : 'other')),
    ),
  );
const family = async (): Promise<{ rotations: number; reused: number; ended: boolean }> => {
  const found = await (await fetch(`${rig.salesforce.url}/_sandbox/objects/tokens`)).json();
  return (found as { rotations: number; reused: number; ended: boolean }[])[0]!;
};
const refreshes = (): number =>
  rig.salesforce.calls.filter(
    ({ path, body }) => path === '/services/oauth2/token' && body.includes('refresh'),
  ).length;
const all = (answer: string): string[] => Array.from({ length: 50 }, () => answer);

describe('fifty calls of two keepers', () => {
  it('whose session was ended cost one refresh, and no token is used twice', async () => {
    rig.org.expireSessions();
    expect(await fifty()).toEqual(all('answered'));
    expect(await family()).toMatchObject({ rotations: 1, reused: 0, ended: false });
  });

  it('whose session is about to end cost one refresh as well', async () => {
    rig.clock.advance(116 * 60_000);
    expect(await fifty()).toEqual(all('answered'));
    expect(await family()).toMatchObject({ rotations: 1, reused: 0, ended: false });
  });

  it('go on over many ends of a session', async () => {
    for (let nth = 0; nth < 5; nth += 1) {
      rig.org.expireSessions();
      rig.clock.advance(60_000);
      expect(await fifty()).toEqual(all('answered'));
    }
    expect(await family()).toMatchObject({ rotations: 5, reused: 0, ended: false });
  });

  it('while nobody answers end with an outage, and ask a few times at most', async () => {
    rig.org.expireSessions();
    const before = refreshes();
    rig.salesforce.faults.arm('status-503', 1_000, 0);
    expect(await fifty()).toEqual(all('crm_unavailable'));
    rig.salesforce.faults.clear();
    expect(refreshes() - before).toBeLessThanOrEqual(2);
    expect(await fifty()).toEqual(all('answered'));
    expect(await family()).toMatchObject({ reused: 0, ended: false });
  });

  it('that are refused whatever token they bring do not refresh for ever', async () => {
    const before = refreshes();
    rig.salesforce.faults.arm('session-expired', 1_000, 0);
    expect(await fifty()).toEqual(all('reauth_required'));
    expect(await fifty()).toEqual(all('reauth_required'));
    expect(refreshes() - before).toBeLessThanOrEqual(2);
    rig.salesforce.faults.clear();
    rig.clock.advance(60_000);
    expect(await fifty()).toEqual(all('answered'));
  });

  it('notice an uninstall, and leave nothing to decrypt', async () => {
    rig.org.uninstall();
    expect(await fifty()).toEqual(all('reauth_required'));
    expect((await opened.store.installations())[0]).toMatchObject({ tokens: null, state: 'uninstalled' });
    expect(await family()).toMatchObject({ reused: 0 });
  });
});

describe('a token that was given but never arrived', () => {
  it('ends the installation at the next call, and is not tried for ever', async () => {
    rig.clock.advance(116 * 60_000);
    rig.salesforce.faults.arm('reset-after', 1, 0);
    await expect(call(0)).rejects.toMatchObject({ code: 'crm_unavailable' });
    expect(await fifty()).toEqual(all('reauth_required'));
    expect((await opened.store.installations())[0]?.state).toBe('uninstalled');
    expect(await family()).toMatchObject({ reused: 1, ended: true });
  });
});
