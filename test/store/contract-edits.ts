// Edits that are kept in every store: what was seen of records, since when, and what ends it.
import { expect, it } from 'vitest';
import type { StoredState } from '../../src/store/store.ts';
import { keptIn } from './contract-kept.ts';
import { claims, commitOf, desired, later, LEASE_MS, NOW, RECORD } from './samples.ts';
import type { Bench } from './store.contract.ts';

const KEY = desired(0).key;
const other = (recordId: string) => ({ ...RECORD, recordId });

export function keptEdits(bench: Bench): void {
  const offer = (owedMinor: number, record = RECORD) =>
    bench.store.commit(commitOf({ desired: [desired(owedMinor, record)] }));
  const deliver = async (at = NOW): Promise<void> =>
    bench.store.delivered(await claims(bench.store, at).deliveries());
  const stored = () => bench.store.desiredAfter('ws_1', '', 10);
  const state = async (): Promise<StoredState> => (await stored()).find(({ key }) => key === KEY)!;
  const keep = async (at = NOW): Promise<void> =>
    bench.store.compared('ws_1', { same: [], kept: await stored() }, at);
  const edits = (most = 10) => bench.store.keptEdits('ws_1', 'inst_1', most);
  const NONE = { count: 0, oldest: [] };

  /** A record that says what was written to it last, and an edit of it that is kept. */
  const edited = async (at = NOW): Promise<void> => {
    await offer(10);
    await deliver();
    await keep(at);
  };

  it('are kept since they were first seen, over a restart, and told of the oldest first', async () => {
    await edited();
    await offer(20, other('102'));
    await deliver();
    await keep(later(5));
    await bench.reopen();
    expect((await stored()).map(({ keptSince }) => keptSince)).toEqual([
      NOW.toISOString(),
      later(5).toISOString(),
    ]);
    const { count, oldest } = await edits(1);
    expect([count, oldest]).toEqual([
      2,
      [{ key: KEY, desired: desired(10).state, since: NOW.toISOString() }],
    ]);
    expect(await bench.store.keptEdits('ws_1', 'inst_2', 10)).toEqual(NONE);
    expect(await bench.store.keptEdits('ws_2', 'inst_1', 10)).toEqual(NONE);
  });

  it('are not kept of another workspace, nor of what is waiting', async () => {
    await offer(10);
    await keep();
    expect(await edits()).toEqual(NONE);
    await deliver();
    await bench.store.compared('ws_2', { same: [], kept: await stored() }, NOW);
    expect(await edits()).toEqual(NONE);
  });

  it('are not kept of what was offered again after it was compared', async () => {
    await offer(10);
    await deliver();
    const seen = await stored();
    await bench.store.offerAgain('ws_1', [KEY], NOW);
    await deliver();
    await bench.store.compared('ws_1', { same: [], kept: seen }, NOW);
    expect(await edits()).toEqual(NONE);
  });

  it('end where the record shows again what it should', async () => {
    await edited();
    await bench.store.compared('ws_1', { same: [await state()], kept: [] }, NOW);
    expect([await edits(), (await state()).keptSince]).toEqual([NONE, null]);
  });

  it('end with the next change, and are no longer told of once it waits', async () => {
    await edited();
    await offer(20);
    expect(await edits()).toEqual(NONE);
    await deliver();
    expect([await edits(), (await state()).keptSince]).toEqual([NONE, null]);
  });

  it('stay, since the same moment, where a change was taken back before it was written', async () => {
    await edited();
    await offer(20);
    await offer(10);
    expect(await edits()).toMatchObject({ count: 1, oldest: [{ since: NOW.toISOString() }] });
  });

  it('end where the record is written again although it says the same', async () => {
    await edited();
    await bench.store.offerAgain('ws_1', [KEY], NOW);
    expect(await edits()).toEqual(NONE);
    await deliver();
    expect(await state()).toMatchObject({ settled: true, written: true, keptSince: null });
  });

  it('go with the desired state, and with the workspace', async () => {
    await edited();
    await bench.store.dropDesired('ws_1', [KEY]);
    expect(await edits()).toEqual(NONE);
    await edited();
    await bench.store.beginErasure('ws_1', NOW);
    let from = await bench.store.eraseRows('ws_1', null, 10);
    while (from !== null) from = await bench.store.eraseRows('ws_1', from, 10);
    expect((await keptIn(bench.store)).filter(({ of }) => of === 'delivery')).toEqual([]);
  });

  it('are handed over with what is kept, as a moment and nothing else', async () => {
    await edited(later(3));
    const row = (await keptIn(bench.store)).find(({ of }) => of === 'delivery');
    expect(row!.is['kept_since']).toBe(later(3).toISOString());
  });

  it('are told from what was never known to be written', async () => {
    await offer(10);
    expect(await state()).toMatchObject({ settled: false, written: false });
    const [claimed] = await claims(bench.store).deliveries();
    await bench.store.postponeDelivery(KEY, later(1), 'crm_unavailable', { ...claimed!, at: NOW });
    expect(await state()).toMatchObject({ settled: false, written: false });
    await deliver(later(LEASE_MS));
    expect(await state()).toMatchObject({ settled: true, written: true });
    await bench.store.doubtDelivery(KEY, NOW);
    expect(await state()).toMatchObject({ settled: false, written: false });
  });
}
