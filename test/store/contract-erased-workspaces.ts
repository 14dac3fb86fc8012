// What every store does with a workspace that is erased: nobody is handed it, nobody writes to it, and nothing of it stays but a mark.
import { expect, it } from 'vitest';
import type { ErasePlace } from '../../src/store/store.ts';
import { fillStore, keptIn } from './contract-kept.ts';
import {
  account,
  claims,
  commitOf,
  event,
  installation,
  later,
  NOW,
  operation,
  work,
  workspace,
} from './samples.ts';
import type { Bench } from './store.contract.ts';

const MINE = 'ws_1';
const THEIRS = 'ws_2';

/** Few at a time, so that it takes several calls for each table. */
export async function eraseAll({ store }: Pick<Bench, 'store'>, workspaceId: string): Promise<void> {
  let place: ErasePlace | null = null;
  do place = await store.eraseRows(workspaceId, place, 2);
  while (place);
}

const trail = (workspaceId: string) => ({
  workspaceId,
  at: NOW.toISOString(),
  actor: 'hubspot:1',
  action: 'connect',
  operationId: null,
  record: null,
  before: null,
  after: null,
});

export function erasedWorkspaces(bench: Bench): void {
  const fill = async (): Promise<void> => {
    await fillStore(bench);
    await bench.store.saveInstallation(installation({ id: 'inst_2', workspaceId: THEIRS, portalId: '2' }));
    await bench.store.saveAccount(account({ id: 'acct_b', workspaceId: THEIRS }));
    await bench.store.addWork([work({ workspaceId: THEIRS })]);
    for (const workspaceId of [MINE, THEIRS]) await bench.store.audit(trail(workspaceId));
    for (const subject of [MINE, `${MINE}.61`, THEIRS, null])
      await bench.store.putAuthorization({
        state: `state of ${subject}`,
        browser: 'b',
        verifier: 'v',
        provider: 'join',
        subject,
        expiresAt: later(60_000).toISOString(),
      });
  };
  const of = async (workspaceId: string) =>
    (await keptIn(bench.store)).filter(
      ({ of: kind, is }) => kind !== 'erased' && is['workspace'] === workspaceId,
    );
  const erasureOf = async (workspaceId: string) =>
    (await bench.store.erasures()).find((one) => one.workspaceId === workspaceId);
  const refused = async (asked: Promise<unknown>): Promise<void> =>
    expect(asked).rejects.toMatchObject({ code: 'store_unavailable' });

  it('hands nobody its documents from the moment it is marked, also after a restart', async () => {
    await fill();
    await bench.store.beginErasure(MINE, NOW);
    for (let turn = 0; turn < 2; turn += 1) {
      expect((await bench.store.workspaces()).map(({ id }) => id)).toEqual([THEIRS]);
      expect((await bench.store.installations()).map(({ id }) => id)).toEqual(['inst_2']);
      expect((await bench.store.accounts()).map(({ id }) => id)).toEqual(['acct_b']);
      const erased = await erasureOf(MINE);
      expect(erased).toMatchObject({ workspaceId: MINE, at: NOW.toISOString(), doneAt: null });
      expect(erased?.workspace?.id).toBe(MINE);
      expect(erased?.installations.map(({ id }) => id)).toEqual(['inst_1']);
      expect(erased?.accounts.map(({ workspaceId }) => workspaceId)).toEqual([MINE]);
      await bench.reopen();
    }
  });

  it('refuses whatever is written of it, leaves its events out, and takes those of others beside them', async () => {
    await fill();
    await bench.store.beginErasure(MINE, NOW);
    const { store } = bench;
    await refused(store.addWork([work({ key: 'late' })]));
    await refused(store.commit(commitOf({ scopes: ['cus_9'], work: [] })));
    await refused(store.beginOperation(operation()));
    await refused(store.audit(trail(MINE)));
    await refused(store.addTombstones(MINE, ['mark']));
    await refused(store.saveWorkspace(workspace({ id: MINE })));
    await refused(store.saveAccount(account()));
    await refused(store.saveInstallation(installation()));
    await refused(store.saveInstallation(installation({ id: 'inst_2', workspaceId: MINE, portalId: '2' })));
    const before = (await of(MINE)).length;
    const told = [event({ workspaceId: MINE }), event({ workspaceId: THEIRS })];
    expect(await store.accept(told)).toEqual([false, true]);
    expect(await of(MINE)).toHaveLength(before);
    expect(
      (await claims(store).events()).filter(({ dedupeKey }) => dedupeKey === told[1]?.dedupeKey),
    ).toHaveLength(1);
  });

  it('keeps nothing of it but the mark, and every byte of another one', async () => {
    await fill();
    const [mine, theirs] = [await of(MINE), await of(THEIRS)];
    const kinds = new Set(mine.map(({ of: kind }) => kind));
    for (const kind of [
      'document',
      'event',
      'work',
      'fact',
      'row',
      'person',
      'delivery',
      'operation',
      'audit',
    ])
      expect([...kinds]).toContain(kind);
    await bench.store.beginErasure(MINE, NOW);
    await eraseAll(bench, MINE);
    expect(Object.entries(await bench.store.countRows(MINE)).filter(([, rows]) => rows > 0)).toEqual([]);
    await bench.store.scrub();
    await bench.store.endErasure(MINE, later(1_000));
    expect(await of(MINE)).toEqual([]);
    expect(await of(THEIRS)).toEqual(theirs);
    expect(await bench.store.takeAuthorization(`state of ${MINE}`)).toBeUndefined();
    expect(await bench.store.takeAuthorization(`state of ${MINE}.61`)).toBeUndefined();
    expect(await bench.store.takeAuthorization(`state of ${THEIRS}`)).toBeDefined();
    expect(await bench.store.takeAuthorization('state of null')).toBeDefined();
    const marks = (await keptIn(bench.store)).filter(
      ({ of: kind, is }) => kind === 'erased' && is['workspace'] === MINE,
    );
    expect(marks.map(({ is }) => is)).toEqual([
      { workspace: MINE, at: NOW.toISOString(), done_at: later(1_000).toISOString() },
    ]);
    await bench.reopen();
    await refused(bench.store.addWork([work()]));
    expect(await bench.store.accept([event({ workspaceId: MINE })])).toEqual([false]);
  });

  it('is erased once, however often it is asked for and wherever it was cut off', async () => {
    await fill();
    await bench.store.beginErasure(MINE, NOW);
    const place = await bench.store.eraseRows(MINE, null, 1);
    expect(place).not.toBeNull();
    await bench.reopen();
    await bench.store.beginErasure(MINE, later(5_000));
    await eraseAll(bench, MINE);
    await eraseAll(bench, MINE);
    await bench.store.endErasure(MINE, later(1_000));
    await bench.store.endErasure(MINE, later(9_000));
    await bench.store.beginErasure(MINE, later(9_000));
    expect(await erasureOf(MINE)).toEqual({
      workspaceId: MINE,
      at: NOW.toISOString(),
      doneAt: later(1_000).toISOString(),
      workspace: null,
      installations: [],
      accounts: [],
    });
  });

  it('counts rows of one workspace, and erases none of one that is not marked', async () => {
    await fill();
    const theirs = await of(THEIRS);
    const counted = await bench.store.countRows(THEIRS);
    const found = (kind: string) => theirs.filter(({ of: one }) => one === kind).length;
    expect(counted).toMatchObject({ inbox: found('event'), work: found('work'), audit: found('audit') });
    expect(counted['audit']).toBeGreaterThan(0);
    await bench.store.eraseRows(THEIRS, null, 100).catch(() => undefined);
    for (const table of ['inbox', 'audit'])
      await bench.store.eraseRows(THEIRS, { table, after: 0 }, 100).catch(() => undefined);
    await bench.store.endErasure(THEIRS, NOW).catch(() => undefined);
    expect(await of(THEIRS)).toEqual(theirs);
  });
}
