// What a change leaves to be done, whether its save went well, failed, or never ended.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store, WorkKind } from '../../src/store/store.ts';
import { createDirectory } from '../../src/workspaces/directory.ts';
import { dayWork, renewWork, saveAndLeave } from '../../src/workspaces/leave-renewal.ts';
import { saveSettings } from '../../src/workspaces/settings.ts';
import { openInFolder } from '../store/folders.ts';
import { later, NOW, workspace } from '../store/samples.ts';
import type { Opened } from '../store/store.contract.ts';

let opened: Opened;
let store: Store;
beforeEach(async () => {
  opened = await openInFolder();
  store = opened.store;
});
afterEach(() => opened.close());

const clock = { now: () => NOW };
const ANEW = { again: null, installationId: null, anew: true } as const;
const MINUTE = 60_000;

const due = async (at = NOW, ...kinds: WorkKind[]) => {
  const claimed = await store.claimWork(kinds.length > 0 ? kinds : ['renew', 'day'], at, 10, 1);
  return claimed.map(({ kind, payload }) => ({ kind, payload }));
};

describe('work that follows from a change', () => {
  it('is due as soon as the change is saved, and not before', async () => {
    const seen: unknown[] = [];
    await saveAndLeave({ store, clock }, [renewWork('ws_1', ANEW)], async () => {
      seen.push(...(await due()));
    });
    expect(seen).toEqual([]);
    expect(await due()).toEqual([{ kind: 'renew', payload: ANEW }]);
  });

  it('is done later where the process is killed in the middle of the save', async () => {
    const reached = Promise.withResolvers<void>();
    void saveAndLeave({ store, clock }, [renewWork('ws_1', ANEW), dayWork('ws_1')], () => {
      reached.resolve();
      return new Promise<never>(() => undefined);
    });
    await reached.promise;
    store = await opened.reopen();
    expect(await due(later(MINUTE - 1))).toEqual([]);
    expect((await due(later(MINUTE))).map(({ kind }) => kind)).toEqual(['renew', 'day']);
  });

  it('is of its own for each change', async () => {
    const save = async (): Promise<void> => undefined;
    for (const _ of [1, 2]) await saveAndLeave({ store, clock }, [renewWork('ws_1', ANEW)], save);
    expect(await due()).toHaveLength(2);
  });
});

describe('settings', () => {
  const save = async (request: object): Promise<void> => {
    const deps = { store, clock, directory: createDirectory(store), holdsCardNumber: () => false };
    const call = { workspaceId: 'ws_1', crm: 'hubspot' as const, userId: '1' };
    const outcome = await saveSettings(deps, { ...call, request: { operationId: 'op_1', ...request } });
    expect(outcome.ok).toBe(true);
  };
  beforeEach(() => store.saveWorkspace(workspace()));

  it('leave work for what records show, and for nothing else', async () => {
    const brand = { name: 'Other Company', logoUrl: null, color: '#112233' };
    await save({ brand, payPage: 'hosted', timeZone: 'Europe/Berlin', linkOnRecord: true });
    expect(await due(later(MINUTE))).toEqual([]);
    await save({ linkOnRecord: false });
    expect(await due()).toEqual([
      { kind: 'renew', payload: { again: 'links', installationId: null, anew: false } },
    ]);
  });

  it('have the day looked at again when their time zone is another', async () => {
    await store.addWork([{ ...dayWork('ws_1'), nextAt: later(9 * MINUTE).toISOString() }]);
    const [day] = await store.claimWork(['day'], later(9 * MINUTE), 1, 1);
    await store.postponeWork(day!.id, later(99 * MINUTE), 'next day', { from: NOW.toISOString() });
    await save({ timeZone: 'Asia/Tokyo' });
    expect(await due()).toEqual([
      { kind: 'day', payload: { from: NOW.toISOString() } },
      { kind: 'renew', payload: ANEW },
    ]);
  });
});
