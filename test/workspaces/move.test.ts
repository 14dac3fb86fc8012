// Moving into another workspace: all of it or none, once, whoever presses when, and wherever it was cut off.
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Crm } from '../../src/crms/crm.ts';
import { createHubspotCrm } from '../../src/crms/hubspot/index.ts';
import { createStripeGateway } from '../../src/gateways/stripe/index.ts';
import { createLog } from '../../src/log.ts';
import { turnDays } from '../../src/reconcile/day.ts';
import type { Store } from '../../src/store/store.ts';
import { take } from '../../src/workspaces/accounts.ts';
import { roleOf } from '../../src/workspaces/directory.ts';
import { requestsTo } from '../../src/workspaces/join.ts';
import { confirmJoin } from '../../src/workspaces/move.ts';
import { saveSettings } from '../../src/workspaces/settings.ts';
import { createTokens } from '../../src/workspaces/tokens.ts';
import { account, installation, later, LEASE_MS, workspace } from '../store/samples.ts';
import { ASKER, HUB, HUB_ADMIN, openJoinScene, ORG, REP, type JoinScene } from './join-scene.ts';

let scene: JoinScene;
beforeEach(async () => {
  scene = await openJoinScene();
  await scene.ask();
});
afterEach(() => scene.close());

/** Everything that a move decides. */
async function whole() {
  const { workspaceId, tokens, joining } = await scene.found();
  const left = await scene.deps.directory.workspace(ORG);
  const renewals = await scene.store.waitingWork(HUB, 'renew');
  return {
    workspaceId,
    ended: joining?.ended?.how,
    access: tokens && scene.secrets.open(tokens.access, { workspaceId, column: 'inst_org.access' }),
    refresh: tokens && scene.secrets.open(tokens.refresh, { workspaceId, column: 'inst_org.refresh' }),
    roles: await scene.roles(HUB),
    left: { roles: left.settings.roles, for: left.leftFor },
    renewals: renewals.map(({ payload, nextAt }) => ({ payload, nextAt })),
    waiting: (await requestsTo(scene.deps, HUB)).length,
  };
}

const MOVED = {
  workspaceId: HUB,
  ended: 'joined',
  access: 'access sample',
  refresh: 'refresh sample',
  roles: { 'hubspot:1': 'admin', [`salesforce:${ASKER}`]: 'admin', [`salesforce:${REP}`]: 'rep' },
  left: { roles: {}, for: HUB },
  renewals: [
    {
      payload: { again: null, installationId: 'inst_org', anew: true, match: true },
      nextAt: later(0).toISOString(),
    },
  ],
  waiting: 0,
};

describe('a confirmed move', () => {
  it('brings the installation with its tokens and roles, and leaves nobody behind', async () => {
    expect(await scene.confirm()).toEqual({ ok: true });
    expect(await whole()).toEqual(MOVED);
  });

  it('ends the days of what was left', async () => {
    await scene.confirm();
    const { store, clock } = scene.deps;
    const none = () => Promise.reject(new Error('nothing is posted where nobody is'));
    const zoneOf = async (id: string) => {
      const { leftFor, settings } = await scene.deps.directory.workspace(id);
      return leftFor === undefined ? settings.timeZone : null;
    };
    const log = createLog('silent');
    await turnDays({ store, clock, log, post: none, zoneOf, retryBaseMs: 1, leaseMs: LEASE_MS });
    expect(await store.waitingWork(ORG, 'day')).toEqual([]);
  });

  it('lets nobody connect a gateway to what was left, however long ago they began', async () => {
    const gateway = createStripeGateway({ apiBase: nowhere, app: undefined }, scene.deps.clock);
    const { store, directory, clock, secrets, wake } = scene.deps;
    await scene.confirm();
    const keys = take(
      { store, directory, clock, secrets, wake, gateway, publicBaseUrl: nowhere },
      {
        workspaceId: ORG,
        userId: ASKER,
        credentials: { kind: 'key', secretKey: 'sample' },
        publishableKey: 'sample',
        found: { externalId: 'acct_own', name: 'Own', livemode: true, currency: 'EUR', country: 'DE' },
      },
    );
    await expect(keys).rejects.toMatchObject({ code: 'not_found' });
    expect(await directory.accountsOf(ORG)).toEqual([]);
  });

  it('confirmed again changes nothing', async () => {
    await scene.confirm();
    expect(await scene.confirm()).toEqual({ ok: true });
    expect(await whole()).toEqual(MOVED);
  });

  it('confirmed by two admins at the same time happens once', async () => {
    expect(await Promise.all([scene.confirm(), scene.confirm()])).toEqual([{ ok: true }, { ok: true }]);
    expect(await whole()).toEqual(MOVED);
  });

  it('is not called back by whoever takes it back at the same time', async () => {
    const [confirmed, back] = await Promise.all([scene.confirm(), scene.takeBack()]);
    const { workspaceId } = await scene.found();
    expect(confirmed.ok).toBe(!back.ok);
    expect(workspaceId).toBe(confirmed.ok ? HUB : ORG);
  });

  it('leaves a role alone that was given there meanwhile', async () => {
    const { directory, store } = scene.deps;
    const there = await directory.workspace(HUB);
    const roles = { ...there.settings.roles, [`salesforce:${REP}`]: 'viewer' as const };
    await store.saveWorkspace({ ...there, settings: { ...there.settings, roles } });
    await scene.confirm();
    expect(roleOf(await directory.workspace(HUB), 'salesforce', REP)).toBe('viewer');
  });
});

/** A store that fails at its n-th write, as if the process were killed there. */
function killedAt(store: Store, nth: number): Store {
  const writes = new Set(['saveWorkspace', 'saveInstallation', 'saveAccount', 'audit', 'addWork']);
  let count = 0;
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function' || !writes.has(String(name))) return member;
      return async (...args: unknown[]) => {
        count += 1;
        if (count >= nth) throw new Error('killed');
        return Reflect.apply(member, target, args) as unknown;
      };
    },
  });
}

/** Work to do, the move, both roles, two audit rows, the end, and the work once more. */
const WRITES = 8;

describe('a move that was cut off', () => {
  it.each(Array.from({ length: WRITES }, (_, index) => index + 1))(
    'at its write number %i is finished by the same answer',
    async (nth) => {
      const id = await scene.requestId();
      const killed = scene.depsOn(killedAt(scene.store, nth));
      await expect(confirmJoin(killed, HUB_ADMIN, id)).rejects.toThrow('killed');
      expect(await scene.confirm(id)).toEqual({ ok: true });
      // A kill after the last but one leaves its work for a minute later: nothing is lost of it.
      expect(await whole()).toEqual(nth === WRITES ? { ...MOVED, renewals: expect.anything() } : MOVED);
    },
  );

  it('has no more writes than these', async () => {
    const id = await scene.requestId();
    expect(await confirmJoin(scene.depsOn(killedAt(scene.store, WRITES + 1)), HUB_ADMIN, id)).toEqual({
      ok: true,
    });
  });

  it('still waits for that answer, and can be neither declined nor taken back', async () => {
    const id = await scene.requestId();
    const killed = scene.depsOn(killedAt(scene.store, 3));
    await expect(confirmJoin(killed, HUB_ADMIN, id)).rejects.toThrow('killed');
    expect((await scene.found()).workspaceId).toBe(HUB);
    scene.time.now = later(30 * 86_400_000);
    expect((await requestsTo(scene.deps, HUB)).map((one) => one.id)).toEqual(['inst_org']);
    expect(await scene.decline()).toEqual({ ok: false, reason: 'no_request' });
    expect(await scene.takeBack()).toEqual({ ok: false, reason: 'no_request' });
    expect(await scene.confirm()).toEqual({ ok: true });
  });
});

describe('a move is refused', () => {
  it('when the workspace it would leave was connected to a gateway meanwhile', async () => {
    await scene.store.saveAccount(account({ id: 'acct_own', workspaceId: ORG }));
    expect(await scene.confirm()).toEqual({ ok: false, reason: 'own_gateway' });
    expect((await scene.found()).workspaceId).toBe(ORG);
    expect(await scene.roles(HUB)).toEqual({ 'hubspot:1': 'admin' });
  });

  it('when whoever asked is no admin any more', async () => {
    const { store, directory, clock } = scene.deps;
    await saveSettings(
      { store, directory, clock, holdsCardNumber: () => false },
      {
        workspaceId: ORG,
        crm: 'salesforce',
        userId: ASKER,
        request: {
          operationId: randomUUID(),
          roles: [
            { userId: REP, role: 'admin' },
            { userId: ASKER, role: 'viewer' },
          ],
        },
      },
    );
    expect(await scene.confirm()).toEqual({ ok: false, reason: 'asker_gone' });
    expect((await scene.found()).workspaceId).toBe(ORG);
  });

  it('for the second of two of a kind that are confirmed at the same time', async () => {
    const other = { workspaceId: 'ws_two', crm: 'salesforce', userId: '005000000000009AAA' } as const;
    const { settings } = workspace();
    const roles = { [`salesforce:${other.userId}`]: 'admin' as const };
    await scene.store.saveWorkspace(workspace({ id: 'ws_two', settings: { ...settings, roles } }));
    await scene.store.saveInstallation(
      scene.org({ id: 'inst_two', workspaceId: 'ws_two', portalId: '00D000000000002AAA' }),
    );
    expect(await scene.ask(undefined, 'inst_two', other)).toEqual({ ok: true });
    const ids = [await scene.requestId('inst_org'), await scene.requestId('inst_two')];
    const outcomes = await Promise.all(ids.map((id) => scene.confirm(id)));
    expect(outcomes).toEqual([{ ok: true }, { ok: false, reason: 'same_crm' }]);
    expect((await scene.found('inst_two')).workspaceId).toBe('ws_two');
  });

  it('for one of two workspaces that were asked by each other', async () => {
    await scene.store.saveWorkspace(workspace({ id: 'ws_a' }));
    await scene.store.saveInstallation(
      installation({ id: 'inst_a', workspaceId: 'ws_a', portalId: '77', tokens: scene.org().tokens }),
    );
    const ofA = { workspaceId: 'ws_a', crm: 'hubspot', userId: '1' } as const;
    await scene.ask(await scene.code(ORG), 'inst_a', ofA);
    await scene.ask(await scene.code('ws_a'));
    const ofOrg = { workspaceId: ORG, crm: 'salesforce', userId: ASKER } as const;
    const first = scene.confirm(await scene.requestId('inst_org'), ofA);
    const second = scene.confirm(await scene.requestId('inst_a'), ofOrg);
    expect(await Promise.all([first, second])).toEqual([{ ok: true }, { ok: false, reason: 'not_alone' }]);
    expect((await scene.found('inst_a')).workspaceId).toBe('ws_a');
    expect((await scene.found('inst_org')).workspaceId).toBe('ws_a');
  });
});

describe('a token that is being renewed while its installation moves', () => {
  it('is kept, sealed for where it is then', async () => {
    const { store, clock, directory } = scene.deps;
    scene.time.now = new Date('2026-03-10T14:30:00.000Z');
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    let hasBegun: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      hasBegun = resolve;
    });
    const crm: Crm = {
      ...hubspot,
      async refresh() {
        hasBegun();
        await answered;
        return { access: 'access newer', refresh: 'refresh newer', expiresAt: '2026-03-10T18:00:00.000Z' };
      },
    };
    const tokens = createTokens({
      store,
      clock,
      directory,
      secrets: scene.secrets,
      log: createLog('silent'),
      crmOf: () => crm,
    });
    const renewing = tokens.connectionFor('inst_org');
    await begun;
    const moving = scene.confirm();
    answer();
    expect(await Promise.all([renewing, moving])).toMatchObject([
      { accessToken: 'access newer' },
      { ok: true },
    ]);
    expect(await whole()).toMatchObject({
      workspaceId: HUB,
      access: 'access newer',
      refresh: 'refresh newer',
    });
    expect((await tokens.connectionFor('inst_org')).accessToken).toBe('access newer');
  });
});

const nowhere = 'http://127.0.0.1:9';
const hubspot = createHubspotCrm(
  {
    apiBase: nowhere,
    appBase: nowhere,
    clientId: 'a',
    clientSecret: 'b',
    redirectUri: nowhere,
    publicBaseUrl: nowhere,
  },
  { now: () => later(0) },
);
