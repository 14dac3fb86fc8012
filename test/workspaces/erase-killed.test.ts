// Erasing a workspace by a process that is killed: at whichever call to the store or a vendor, whoever goes on leaves nothing of it, and every byte of others.
import { randomBytes } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../../src/log.ts';
import { createKeyRing } from '../../src/secrets/key-ring/index.ts';
import type { Kept, Store } from '../../src/store/store.ts';
import { sealCredentials } from '../../src/workspaces/account-access.ts';
import { createEraseWorkspace, type EraseWorkspace } from '../../src/workspaces/erase-workspace.ts';
import { sealTokens } from '../../src/workspaces/tokens.ts';
import { stripeRig, type StripeRig } from '../contract/stripe-rig.ts';
import { installIn, portalSeed, startHubspotRig, type HubspotRig } from '../crms/hubspot/rig.ts';
import { fillStore, keptIn } from '../store/contract-kept.ts';
import { openInDatabase } from '../store/databases.ts';
import { newFolder, openInFolder } from '../store/folders.ts';
import { account, event, installation, NOW, work, workspace } from '../store/samples.ts';
import type { Opened } from '../store/store.contract.ts';

const MINE = 'ws_1';
/** Left when their CRM joined another one, which left its own when it joined. */
const LEFT = ['ws_left', 'ws_older'];
const THEIRS = 'ws_2';
const PORTALS = { [MINE]: 4_311_001, [THEIRS]: 4_311_002 };

const log = createLog('silent');
const secrets = createKeyRing([{ id: 'k1', key: randomBytes(32) }]);

let stripe: StripeRig;
let hubspot: HubspotRig;
let opened: Opened;
let store: Store;
beforeEach(async () => {
  stripe = await stripeRig();
  hubspot = await startHubspotRig({ portals: Object.values(PORTALS).map((id) => portalSeed(id)) });
});
afterEach(async () => {
  await opened.close();
  await Promise.all([stripe.close(), hubspot.close()]);
});

type Moment = 'before' | 'after';
type Death = {
  through<T extends object>(real: T): T;
  /** The call it died of; null while it lives. */
  diedOf(): string | null;
};

/** A process that is killed at one of its calls: before it is made, or when it was done and its answer was not heard yet. */
function killedAt(moment: Moment, isIt: (name: string, nth: number) => boolean): Death {
  const state: { calls: number; diedOf: string | null } = { calls: 0, diedOf: null };
  const alive = (): void => {
    if (state.diedOf !== null) throw new Error('killed');
  };
  const called = async (name: string, call: () => unknown): Promise<unknown> => {
    alive();
    const isLast = isIt(name, (state.calls += 1));
    if (isLast && moment === 'before') state.diedOf = name;
    alive();
    const answer = await call();
    if (isLast) state.diedOf = name;
    alive();
    return answer;
  };
  return {
    diedOf: () => state.diedOf,
    through: (real) =>
      new Proxy(real, {
        get(target, name) {
          const member: unknown = Reflect.get(target, name);
          if (typeof member !== 'function') return member;
          return (...given: unknown[]) => called(String(name), () => Reflect.apply(member, target, given));
        },
      }),
  };
}

/** What a process that may die has in its hands. */
function erasing({ through }: Pick<Death, 'through'> = { through: (real) => real }): EraseWorkspace {
  const crm = through({ label: 'HubSpot', revoke: hubspot.crm.revoke });
  return createEraseWorkspace({
    store: through(store),
    clock: { now: () => NOW },
    log,
    secrets,
    gateway: through({ removeWebhook: stripe.gateway.removeWebhook }),
    crmOf: () => crm,
  });
}

const endpoints = (): string[] => stripe.at.all('webhook_endpoints').map(({ id }) => id);
const refreshTokens: Record<string, string> = {};

/** Two tenants who know the same vendors. */
async function fill(): Promise<void> {
  await fillStore({ store });
  for (const [workspaceId, portalId] of Object.entries(PORTALS)) {
    const id = workspaceId === MINE ? 'inst_1' : 'inst_2';
    const { tokens } = await installIn(hubspot.hubspot, hubspot.crm, portalId);
    refreshTokens[workspaceId] = tokens.refresh;
    const sealed = sealTokens(secrets, { workspaceId, id }, tokens);
    await store.saveInstallation(
      installation({ id, workspaceId, portalId: String(portalId), tokens: sealed }),
    );
    await store.saveAccount(connected(workspaceId, workspaceId === MINE ? 'acct_a' : 'acct_b'));
    await store.accept([event({ workspaceId }), event({ workspaceId })]);
    await store.addWork([work({ workspaceId, key: 'last' })]);
  }
}

async function leaveTwoBehind(): Promise<void> {
  const [left, older] = [LEFT[0] ?? '', LEFT[1] ?? ''];
  await store.saveWorkspace(workspace({ id: left, leftFor: MINE }));
  await store.saveWorkspace(workspace({ id: older, leftFor: left }));
  for (const workspaceId of LEFT) await store.addWork([work({ workspaceId })]);
}

function connected(workspaceId: string, id: string) {
  const made = stripe.at.request('POST', '/v1/webhook_endpoints', {
    url: `https://payside.example.com/webhooks/stripe/${id}`,
    enabled_events: ['invoice.paid'],
  });
  const key = { kind: 'key', secretKey: stripe.definition.restrictedKey } as const;
  return account({
    id,
    workspaceId,
    livemode: false,
    credentials: sealCredentials(secrets, { id, workspaceId }, key),
    webhook: { endpointId: made.id, secrets: [] },
  });
}

const isOf =
  (ids: readonly string[]) =>
  ({ of, is }: Kept): boolean =>
    of !== 'erased' && ids.includes(String(is['workspace']));

type Before = { kept: Kept[]; endpoints: string[] };
const look = async (): Promise<Before> => ({ kept: await keptIn(store), endpoints: endpoints() });

/** Tries to erase as a process that dies. @returns of which call; null where it lived to the end */
async function die(death: Death): Promise<string | null> {
  await erasing(death)
    .erase(MINE, true)
    .catch(() => undefined);
  return death.diedOf();
}

/** Who was not marked is whole; whoever was gets erased by the next connector, and by the command typed again. */
async function expectErased({ kept, endpoints: made }: Before): Promise<void> {
  const marked = (await store.erasures()).map(({ workspaceId }) => workspaceId);
  if (!marked.includes(MINE))
    expect((await keptIn(store)).filter(isOf([MINE]))).toEqual(kept.filter(isOf([MINE])));
  await erasing().resume();
  expect(['erased', 'erased_before']).toContain((await erasing().erase(MINE, true)).state);
  const after = await keptIn(store);
  expect(after.filter(isOf([MINE, ...LEFT]))).toEqual([]);
  expect(after.filter(isOf([THEIRS]))).toEqual(kept.filter(isOf([THEIRS])));
  const marks = (await store.erasures()).map(({ workspaceId, doneAt }) => [workspaceId, doneAt !== null]);
  const behind = LEFT.filter((id) => kept.some(isOf([id])));
  expect(marks.filter(([id]) => id !== 'ws_gone')).toEqual([MINE, ...behind].map((id) => [id, true]));
  expect(endpoints()).toEqual(made.slice(1));
  expect((await store.workspaces()).map(({ id }) => id)).toEqual([THEIRS]);
}

async function expectTokens(): Promise<void> {
  const refreshed = (id: string) => hubspot.crm.refresh(refreshTokens[id] ?? '');
  await expect(refreshed(MINE)).rejects.toMatchObject({ code: 'reauth_required' });
  expect(await refreshed(THEIRS)).toMatchObject({ refresh: expect.any(String) as string });
}

/** Every kind of call that an erasure makes. */
const CALLS = [
  'erasures',
  'workspaces',
  'installations',
  'accounts',
  // The first of several marks; what the lock is held for is all of them.
  'beginErasure',
  'lock',
  'countRows',
  'removeWebhook',
  'revoke',
  'eraseRows',
  'scrub',
  'endErasure',
];

describe('a workspace whose erasure is cut off', () => {
  it.each<Moment>(['before', 'after'])(
    'in the embedded store %s any of its calls is erased by whoever goes on, and nobody else’s is',
    async (moment) => {
      const filled = await openInFolder();
      store = filled.store;
      await fill();
      const before = await look();
      await store.close();
      const died = new Set<string>();
      for (let nth = 1; ; nth += 1) {
        const folder = await newFolder();
        await cp(filled.folder, folder, { recursive: true });
        const reopened = await openInFolder(folder);
        opened = {
          ...reopened,
          close: () => Promise.all([reopened.close(), filled.close()]).then(() => undefined),
        };
        store = opened.store;
        const last = await die(killedAt(moment, (_, count) => count === nth));
        store = await opened.reopen();
        await expectErased(before);
        if (last === null) break;
        died.add(last);
        await reopened.close();
      }
      expect([...died].toSorted()).toEqual(CALLS.toSorted());
      await expectTokens();
    },
    240_000,
  );

  it.each<Moment>(['before', 'after'])(
    'on PostgreSQL %s each kind of call, each time by another process, ends all the same',
    async (moment) => {
      opened = await openInDatabase();
      store = opened.store;
      await fill();
      await leaveTwoBehind();
      const before = await look();
      for (const call of CALLS) {
        expect(await die(killedAt(moment, (name) => name === call))).not.toBeNull();
        store = await opened.reopen();
      }
      await expectErased(before);
      await expectTokens();
      const told = [event({ workspaceId: MINE }), event({ workspaceId: THEIRS })];
      expect(await store.accept(told)).toEqual([false, true]);
    },
    120_000,
  );
});

describe('a workspace that another one left behind', () => {
  it('is erased by the command that is typed again, where no connector runs', async () => {
    opened = await openInFolder();
    store = opened.store;
    await fill();
    await leaveTwoBehind();
    for (const id of LEFT.toReversed()) await store.beginErasure(id, NOW);
    store = await opened.reopen();
    expect((await erasing().erase(MINE, true)).state).toBe('erased');
    expect((await keptIn(store)).filter(isOf([MINE, ...LEFT]))).toEqual([]);
    expect((await store.erasures()).filter(({ doneAt }) => doneAt === null)).toEqual([]);
  });
});
