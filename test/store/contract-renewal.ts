// Renewal in every store: what was delivered is offered again, and pages of all there is to offer.
import type { Row } from '../../src/ledger/facts.ts';
import { expect, it } from 'vitest';
import { claims, commitOf, desired, later, LEASE_MS, NOW, RECORD, row } from './samples.ts';
import type { Bench } from './store.contract.ts';

const KEY = desired(0).key;

export function offeredAgain(bench: Bench): void {
  const offer = async (owedMinor: number): Promise<number> => {
    const outcome = await bench.store.commit(commitOf({ desired: [desired(owedMinor)] }));
    return outcome.committed ? outcome.changedRecords : -1;
  };
  const claim = async (at = NOW) => (await claims(bench.store, at).deliveries())[0];
  const deliver = async (): Promise<void> => bench.store.delivered([(await claim())!]);
  const again = (at = NOW): Promise<number> => bench.store.offerAgain('ws_1', [KEY], at);

  it('writes a state again that was offered again, once, although it says the same', async () => {
    await offer(10);
    await deliver();
    expect(await again()).toBe(1);
    expect((await bench.store.counts()).outbox).toBe(1);
    await deliver();
    expect(await offer(10)).toBe(0);
    expect(await claim(later(LEASE_MS))).toBeUndefined();
  });

  it('never has two deliveries of a record in flight, also when it is offered again', async () => {
    await offer(10);
    const first = await claim();
    await again();
    expect(await claim(later(LEASE_MS - 1))).toBeUndefined();
    await bench.store.delivered([first!]);
    const second = await claim();
    expect(second).toMatchObject({ digest: 'owed 10', attempts: 1 });
    expect(second!.generation).toBeGreaterThan(first!.generation);
    await bench.store.delivered([second!]);
    expect(await claim(later(LEASE_MS))).toBeUndefined();
  });

  it('does not take what was in flight for what was offered again, whatever was posted meanwhile', async () => {
    await offer(10);
    const first = await claim();
    await again();
    await offer(10);
    await bench.store.delivered([first!]);
    expect(await offer(10)).toBe(0);
    await offer(20);
    await offer(10);
    expect(await claim()).toMatchObject({ digest: 'owed 10' });
  });

  it('writes a change that was taken back after the record was offered again', async () => {
    await offer(10);
    await deliver();
    await offer(20);
    await again();
    await offer(10);
    expect(await claim()).toMatchObject({ digest: 'owed 10' });
  });

  it('gives a buried delivery one more try when it is offered again, and a postponed one at once', async () => {
    await offer(10);
    const first = await claim();
    await bench.store.buryDelivery(first!.key, first!.generation, 'refused', NOW);
    await again(NOW);
    expect(await bench.store.deadLetters()).toEqual([]);
    const second = await claim();
    expect(second).toMatchObject({ attempts: 1 });
    await bench.store.postponeDelivery(KEY, later(9_000), 'crm_unavailable');
    await again(later(1));
    const third = await claim(later(1));
    expect(third).toMatchObject({ attempts: 1 });
    await bench.store.buryDelivery(KEY, third!.generation, 'refused', NOW);
    expect(await offer(10)).toBe(0);
    expect(await claim(later(LEASE_MS))).toBeUndefined();
  });

  it('offers again only what is there and of this workspace, over a restart', async () => {
    await offer(10);
    await deliver();
    expect(await bench.store.offerAgain('ws_2', [KEY], NOW)).toBe(0);
    expect(await bench.store.offerAgain('ws_1', ['inst_1|contacts|999'], NOW)).toBe(0);
    expect(await claim(later(LEASE_MS))).toBeUndefined();
    await again();
    await bench.reopen();
    expect(await claim()).toMatchObject({ digest: 'owed 10' });
  });
}

export function pages(bench: Bench): void {
  it('names owners page by page, and invoices and payments that nobody owns by themselves', async () => {
    const rows = [
      row({ id: 'in_1', owner: 'cus_b' }),
      row({ id: 'in_2', owner: 'cus_b' }),
      row({ entity: 'link', id: 'cus_a>7', owner: 'cus_a' }),
      row({ entity: 'payment', id: 'pi_1', owner: null }),
      row({ entity: 'payment', id: 'pi_2', owner: 'cus_c' }),
      row({ entity: 'refund', id: 're_1', owner: null, parent: 'pi_1' }),
      row({ id: 'in_9', owner: null }),
    ];
    await bench.store.commit(commitOf({ rows }));
    await bench.store.commit(commitOf({ workspaceId: 'ws_2', rows: [row({ owner: 'cus_z' })] }));
    const all = ['cus_a', 'cus_b', 'cus_c', 'in_9', 'pi_1'];
    expect(await bench.store.ownersAfter('ws_1', '', 10)).toEqual(all);
    for (const [index, owner] of all.entries())
      expect(await bench.store.ownersAfter('ws_1', owner, 2)).toEqual(all.slice(index + 1, index + 3));
  });

  it('reads the rows of owners by kind, and of what nobody owns with what hangs on it', async () => {
    const mine = [
      row({ id: 'in_1', owner: 'cus_b' }),
      row({ entity: 'refund', id: 're_2', owner: 'cus_b', parent: 'pi_9' }),
      row({ entity: 'payment', id: 'pi_1', owner: null }),
      row({ entity: 'refund', id: 're_1', owner: null, parent: 'pi_1' }),
    ];
    const others = [
      row({ entity: 'line', id: 'li_1', owner: 'cus_b', parent: 'in_1' }),
      row({ id: 'in_3', owner: 'cus_c' }),
      row({ entity: 'payment', id: 'cus_b', owner: 'cus_c' }),
      row({ entity: 'refund', id: 're_3', owner: 'cus_c', parent: 'pi_1' }),
    ];
    await bench.store.commit(commitOf({ rows: [...mine, ...others] }));
    await bench.store.commit(commitOf({ workspaceId: 'ws_2', rows: [row({ id: 'in_8', owner: 'cus_b' })] }));
    const byId = (rows: Row[]): Row[] => rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const found = await bench.store.rowsOf('ws_1', ['cus_b', 'pi_1'], ['invoice', 'payment', 'refund']);
    expect(byId(found)).toEqual(byId(mine));
    expect(await bench.store.rowsOf('ws_1', [], ['invoice'])).toEqual([]);
    expect(await bench.store.rowsOf('ws_1', ['cus_b'], [])).toEqual([]);
  });

  it('lists desired states page by page, whatever became of them, of one workspace, and says which are settled', async () => {
    const records = ['103', '101', '102'].map((recordId) => ({ ...RECORD, recordId }));
    const states = records.map((record) => desired(10, record));
    await bench.store.commit(commitOf({ desired: states }));
    await bench.store.commit(
      commitOf({ workspaceId: 'ws_2', desired: [desired(1, { ...RECORD, recordId: '100' })] }),
    );
    const [done, dead] = await claims(bench.store).deliveries();
    await bench.store.delivered([done!]);
    await bench.store.buryDelivery(dead!.key, dead!.generation, 'refused', NOW);
    const all = states
      .map(({ key, state }) => ({
        key,
        desired: state,
        generation: 1,
        settled: key === done!.key,
        written: key === done!.key,
        keptSince: null,
      }))
      .toSorted((a, b) => (a.key < b.key ? -1 : 1));
    expect(await bench.store.desiredAfter('ws_1', '', 10)).toEqual(all);
    expect(await bench.store.desiredAfter('ws_1', '', 2)).toEqual(all.slice(0, 2));
    expect(await bench.store.desiredAfter('ws_1', all[1]!.key, 2)).toEqual(all.slice(2));
    expect(await bench.store.desiredAfter('ws_1', all[2]!.key, 2)).toEqual([]);
    await bench.store.offerAgain('ws_1', [done!.key], NOW);
    const again = await bench.store.desiredAfter('ws_1', '', 10);
    expect(again.map(({ settled }) => settled)).toEqual([false, false, false]);
    expect(again.map(({ generation }) => generation).toSorted()).toEqual([1, 1, 2]);
  });

  it('counts what is due and taken by nobody, of the installations asked for, up to a limit', async () => {
    const records = ['1', '2', '3'].map((recordId) => ({ ...RECORD, recordId }));
    const elsewhere = { ...RECORD, installationId: 'inst_2' };
    await bench.store.commit(
      commitOf({ desired: [...records, elsewhere].map((record) => desired(1, record)) }),
    );
    const due = (ids: string[], at = NOW, limit = 10) => bench.store.dueDeliveries(ids, at, limit);
    expect([await due(['inst_1']), await due(['inst_1', 'inst_2']), await due([])]).toEqual([3, 4, 0]);
    expect([await due(['inst_1'], NOW, 2), await due(['inst_1'], later(-1))]).toEqual([2, 0]);
    await claims(bench.store, NOW, 2).deliveries();
    expect(await due(['inst_1'])).toBe(1);
  });
}
