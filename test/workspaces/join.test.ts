// Asking to join another workspace: what a code is worth, what stands in the way, and how a request ends without a move.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beginAuthorization, finishAuthorization } from '../../src/workspaces/authorize.ts';
import { makeJoinCode, takeJoinCode } from '../../src/workspaces/join-codes.ts';
import { requestsTo } from '../../src/workspaces/join.ts';
import { account, installation, later, NOW, workspace } from '../store/samples.ts';
import { ASKER, HUB, HUB_ADMIN, openJoinScene, ORG, ORG_ADMIN, type JoinScene } from './join-scene.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

let scene: JoinScene;
beforeEach(async () => {
  scene = await openJoinScene();
});
afterEach(() => scene.close());

const waiting = async (): Promise<string[]> => (await requestsTo(scene.deps, HUB)).map(({ id }) => id);

/** Actions of both workspaces' audits, once the store has let go of the file. */
async function audited(): Promise<unknown[]> {
  await scene.store.close();
  const database = new DatabaseSync(join(scene.folder, 'payside.db'), { readOnly: true });
  const rows = database.prepare('SELECT workspace, actor, action FROM audit ORDER BY id').all();
  database.close();
  await scene.reopen();
  return rows.map((row) => Object.values(row).join(' '));
}

describe('a code', () => {
  it('is random, in groups of four, and leaves nothing behind by which it could be known', async () => {
    const [one, two] = [await scene.code(), await scene.code()];
    expect(one).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(two).not.toBe(one);
    for (const name of await readdir(scene.folder)) {
      const text = await readFile(join(scene.folder, name), 'latin1');
      expect(text).not.toContain(one);
      expect(text).not.toContain(one.replaceAll('-', ''));
    }
  });

  it('works as people type it, once', async () => {
    const typed = `  ${(await scene.code()).toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o')} `;
    expect(await takeJoinCode(scene.deps, typed)).toBe(HUB);
    expect(await takeJoinCode(scene.deps, typed)).toBeNull();
  });

  it('that two installations use at the same time lets one ask', async () => {
    const code = await scene.code();
    const taken = await Promise.all([1, 2, 3].map(() => takeJoinCode(scene.deps, code)));
    expect(taken.filter((workspaceId) => workspaceId === HUB)).toHaveLength(1);
  });

  it('gets the same answer whether it ran out, was used, is unknown or is no code', async () => {
    const late = await scene.code();
    scene.time.now = later(30 * MINUTE + 1);
    expect(await scene.ask(late)).toEqual({ ok: false, reason: 'code' });
    const used = await scene.code();
    await takeJoinCode(scene.deps, used);
    const { text: unknown } = await makeJoinCode({ ...scene.deps, store: await elsewhere() }, HUB);
    for (const code of [used, unknown, '', '4242 4242 4242 4242', 'x'.repeat(500)])
      expect(await scene.ask(code)).toEqual({ ok: false, reason: 'code' });
    expect(await waiting()).toEqual([]);
  });

  it('holds until its half hour is over', async () => {
    const code = await scene.code();
    scene.time.now = later(30 * MINUTE);
    expect(await scene.ask(code)).toEqual({ ok: true });
  });

  it('is no way into a consent, and the state of a consent is no code', async () => {
    const seen: string[] = [];
    await beginAuthorization(scene.deps, 'hubspot', (state) => {
      seen.push(state);
      return 'https://crm.example.com';
    });
    expect(await takeJoinCode(scene.deps, seen[0]!)).toBeNull();
    const code = await scene.code();
    expect(await finishAuthorization(scene.deps, 'hubspot', code, '')).toEqual({
      ok: false,
      reason: 'unknown',
    });
    expect(await takeJoinCode(scene.deps, code)).toBe(HUB);
  });
});

/** A store that knows nothing of what the scene's keeps. */
async function elsewhere() {
  const other = await openJoinScene();
  others.push(other);
  return other.store;
}
const others: JoinScene[] = [];
afterEach(async () => {
  for (const other of others.splice(0)) await other.close();
});

describe('asking', () => {
  it('leaves a request and moves nothing', async () => {
    expect(await scene.ask()).toEqual({ ok: true });
    expect(await waiting()).toEqual(['inst_org']);
    expect(await scene.found()).toMatchObject({
      workspaceId: ORG,
      joining: { workspaceId: HUB, from: ORG, askedBy: ASKER, ended: null },
    });
    expect(await audited()).toEqual([
      `${HUB} salesforce:${ASKER} join_ask`,
      `${ORG} salesforce:${ASKER} join_ask`,
    ]);
  });

  it('again replaces the request before, wherever that was left', async () => {
    await scene.store.saveWorkspace(workspace({ id: 'ws_else' }));
    await scene.ask(await scene.code('ws_else'));
    const first = await scene.requestId();
    await scene.ask();
    expect(await waiting()).toEqual(['inst_org']);
    expect(await requestsTo(scene.deps, 'ws_else')).toEqual([]);
    expect(await scene.confirm(first, { ...HUB_ADMIN, workspaceId: 'ws_else' })).toEqual({
      ok: false,
      reason: 'no_request',
    });
  });

  it('is refused where the workspace has a gateway of its own, and the code stays good', async () => {
    const code = await scene.code();
    await scene.store.saveAccount(account({ id: 'acct_own', workspaceId: ORG }));
    expect(await scene.ask(code)).toEqual({ ok: false, reason: 'own_gateway' });
    expect(await takeJoinCode(scene.deps, code)).toBe(HUB);
  });

  it('is refused where another CRM would be left behind', async () => {
    await scene.store.saveInstallation(installation({ id: 'inst_more', workspaceId: ORG }));
    expect(await scene.ask()).toEqual({ ok: false, reason: 'not_alone' });
  });

  it.each(['installed', 'uninstalled'] as const)(
    'is refused where one of its kind is there and %s',
    async (state) => {
      await scene.store.saveInstallation(
        scene.org({ id: 'inst_first', workspaceId: HUB, portalId: '00D000000000009AAA', state }),
      );
      expect(await scene.ask()).toEqual({ ok: false, reason: 'same_crm' });
    },
  );

  it('is refused where it is there already', async () => {
    expect(await scene.ask(await scene.code(ORG))).toEqual({ ok: false, reason: 'same_workspace' });
  });

  it('is refused for an installation that is not the caller’s', async () => {
    const stranger = { ...ORG_ADMIN, workspaceId: 'ws_stranger' };
    expect(await scene.ask(undefined, 'inst_org', stranger)).toEqual({ ok: false, reason: 'not_installed' });
  });

  it('with a code of a workspace that was left meanwhile opens nothing', async () => {
    const code = await scene.code(ORG);
    await scene.ask();
    await scene.confirm();
    await scene.store.saveWorkspace(workspace({ id: 'ws_third' }));
    await scene.store.saveInstallation(
      scene.org({ id: 'inst_third', workspaceId: 'ws_third', portalId: '00D000000000003AAA' }),
    );
    const third = { ...ORG_ADMIN, workspaceId: 'ws_third' };
    expect(await scene.ask(code, 'inst_third', third)).toEqual({ ok: false, reason: 'code' });
  });
});

describe('a request ends', () => {
  beforeEach(() => scene.ask());
  const NO_REQUEST = { ok: false, reason: 'no_request' };

  it('when it is taken back, and cannot be confirmed any more', async () => {
    const id = await scene.requestId();
    expect(await scene.takeBack()).toEqual({ ok: true });
    expect(await waiting()).toEqual([]);
    expect(await scene.confirm(id)).toEqual(NO_REQUEST);
    expect((await scene.found()).workspaceId).toBe(ORG);
    expect(await audited()).toContain(`${HUB} salesforce:${ASKER} join_take_back`);
  });

  it('when it is declined, of which the other side is told', async () => {
    expect(await scene.decline()).toEqual({ ok: true });
    expect(await waiting()).toEqual([]);
    expect((await scene.found()).joining?.ended).toEqual({ how: 'declined', at: NOW.toISOString() });
    expect(await scene.confirm()).toEqual(NO_REQUEST);
    expect(await audited()).toEqual(
      expect.arrayContaining([`${ORG} hubspot:1 join_decline`, `${HUB} hubspot:1 join_decline`]),
    );
  });

  it('when nobody has answered for a week', async () => {
    scene.time.now = later(7 * DAY);
    expect(await waiting()).toEqual(['inst_org']);
    scene.time.now = later(7 * DAY + 1);
    expect(await waiting()).toEqual([]);
    expect(await scene.confirm()).toEqual(NO_REQUEST);
  });

  it('when the CRM that asked was uninstalled', async () => {
    await scene.store.saveInstallation({ ...(await scene.found()), tokens: null, state: 'uninstalled' });
    expect(await waiting()).toEqual([]);
    expect(await scene.confirm()).toEqual(NO_REQUEST);
  });

  it('but not by a stranger, who is told the same as of a request that never was', async () => {
    const stranger = { ...HUB_ADMIN, workspaceId: 'ws_stranger' };
    await scene.store.saveWorkspace(workspace({ id: 'ws_stranger' }));
    expect(await scene.decline(stranger)).toEqual(NO_REQUEST);
    expect(await scene.confirm(undefined, stranger)).toEqual(NO_REQUEST);
    expect(await scene.confirm('ffffffff-ffff-4fff-8fff-ffffffffffff', stranger)).toEqual(NO_REQUEST);
    expect(await scene.takeBack(stranger)).toEqual(NO_REQUEST);
    expect(await waiting()).toEqual(['inst_org']);
  });

  it('for the side that asked not by its own confirmation', async () => {
    expect(await scene.confirm(undefined, ORG_ADMIN)).toEqual(NO_REQUEST);
    expect(await scene.decline(ORG_ADMIN)).toEqual(NO_REQUEST);
  });
});
