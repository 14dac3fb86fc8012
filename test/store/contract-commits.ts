// Commits of every store: facts, rows, desired states and finished claims together or not at all, never over newer rows.
import { expect, it } from 'vitest';
import type { Fact } from '../../src/ledger/facts.ts';
import type { Personal } from '../../src/ledger/entities.ts';
import { canonical } from '../../src/canonical-json.ts';
import { claims, commitOf, desired, event, later, LEASE_MS, row, work } from './samples.ts';
import type { Bench } from './store.contract.ts';

const fact = (change: Partial<Fact> = {}): Fact =>
  ({
    entity: 'invoice',
    account: 'acct_a',
    id: 'in_1',
    aspect: 'invoice',
    owner: 'cus_1',
    source: 'gateway',
    number: 0,
    body: {
      status: 'open',
      memo: 'Größe 10 € – „naïve“ 日本 👍',
      totalMinor: Number.MAX_SAFE_INTEGER,
      dueAt: null,
    },
    ...change,
  }) as Fact;

const nothing = { owners: [], ids: [], records: [] };

export function commits(bench: Bench): void {
  const rowIds = async (touched: Partial<typeof nothing>): Promise<string[]> => {
    const { rows } = await bench.store.loadCluster('ws_1', { ...nothing, ...touched } as never);
    return rows.map(({ id }) => id).toSorted();
  };

  it('keeps facts, each once, as they were stated, in the order they came', async () => {
    const facts = [fact(), fact({ number: 1 }), fact()];
    expect(await bench.store.commit(commitOf({ facts }))).toEqual({
      committed: true,
      newFacts: 2,
      changedRecords: 0,
    });
    expect(await bench.store.commit(commitOf({ facts }))).toMatchObject({ newFacts: 0 });
    await bench.store.commit(commitOf({ workspaceId: 'ws_2', facts: [fact({ id: 'in_2' })] }));
    await bench.reopen();
    const kept = await bench.store.allFacts('ws_1', 0, 10);
    expect(kept.map((one) => canonical(one.fact))).toEqual(facts.slice(0, 2).map(canonical));
    expect(await bench.store.allFacts('ws_1', kept[0]!.id, 10)).toEqual(kept.slice(1));
    expect(await bench.store.allFacts('ws_1', 0, 1)).toEqual(kept.slice(0, 1));
  });

  it('keeps rows, and replaces them whole', async () => {
    const first = row({ record: 'inst_1|deals|1', aspects: { invoice: fact() } });
    const second = row({ owner: 'cus_2', aspects: { invoice: fact({ number: 3 }) } });
    await bench.store.commit(commitOf({ rows: [first] }));
    expect(await bench.store.findRows('ws_1', 'invoice', ['in_1'])).toEqual([first]);
    await bench.store.commit(commitOf({ rows: [second] }));
    expect(await bench.store.findRows('ws_1', 'invoice', ['in_1', 'in_9'])).toEqual([second]);
    expect(await bench.store.findRows('ws_1', 'payment', ['in_1'])).toEqual([]);
    expect(await bench.store.findRows('ws_2', 'invoice', ['in_1'])).toEqual([]);
  });

  it('loads a cluster: what is touched, what hangs on it, all of its payers and of who shares a record with them', async () => {
    const record = 'inst_1|companies|7';
    const rows = [
      row(),
      row({ entity: 'refund', id: 're_1', parent: 'pi_1', owner: 'cus_1' }),
      row({ entity: 'link', id: 'cus_1>7', owner: 'cus_1', record }),
      row({ entity: 'link', id: 'cus_2>7', owner: 'cus_2', record }),
      row({ id: 'in_2', owner: 'cus_2' }),
      row({ id: 'in_3', owner: 'cus_3' }),
      row({ entity: 'refund', id: 're_9', parent: 'pi_9', owner: null }),
    ];
    await bench.store.commit(commitOf({ rows }));
    const shared = ['cus_1>7', 'cus_2>7', 'in_1', 'in_2', 're_1'];
    expect(await rowIds({ owners: ['cus_1'] } as never)).toEqual(shared);
    expect(await rowIds({ ids: ['pi_1'] } as never)).toEqual(shared);
    expect(await rowIds({ records: [record] } as never)).toEqual(shared);
    expect(await rowIds({ ids: ['pi_9'] } as never)).toEqual(['re_9']);
    expect(await rowIds({ ids: ['re_9'] } as never)).toEqual(['re_9']);
    expect(await rowIds({})).toEqual([]);
    expect((await bench.store.loadCluster('ws_2', { ...nothing, owners: ['cus_1'] as never })).rows).toEqual(
      [],
    );
  });

  it('refuses a commit over a scope that someone else has changed since it was read', async () => {
    const touched = { owners: ['cus_1'], ids: ['in_1'], records: ['inst_1|deals|1'] };
    for (const scope of ['cus_1', 'in_1', 'inst_1|deals|1']) {
      const { versions } = await bench.store.loadCluster('ws_1', touched);
      const wish = commitOf({ rows: [row()], scopes: [scope], versions });
      expect((await bench.store.commit(wish)).committed).toBe(true);
      expect(await bench.store.commit(wish)).toEqual({ committed: false, reason: 'stale' });
    }
  });

  it('lets a commit through when only scopes it did not read have changed', async () => {
    const { versions } = await bench.store.loadCluster('ws_1', { ...nothing, owners: ['cus_1'] as never });
    await bench.store.commit(
      commitOf({ rows: [row({ id: 'in_2', owner: 'cus_2' })], scopes: ['cus_2', 'in_2'] }),
    );
    await bench.store.commit(commitOf({ workspaceId: 'ws_2', rows: [row()], scopes: ['cus_1'] }));
    expect(
      (await bench.store.commit(commitOf({ rows: [row()], scopes: ['cus_1'], versions }))).committed,
    ).toBe(true);
  });

  it('leaves nothing of a commit that was refused as stale', async () => {
    await bench.store.accept([event()]);
    await bench.store.addWork([work()]);
    const [claimedEvent] = await claims(bench.store).events();
    const [claimedWork] = await claims(bench.store).work();
    await bench.store.commit(commitOf({ rows: [row()], scopes: ['cus_1'] }));
    const refused = await bench.store.commit(
      commitOf({
        facts: [fact()],
        rows: [row({ id: 'in_2' })],
        desired: [desired(10)],
        personal: [{ account: 'acct_a', customerId: 'cus_1', number: 1, personal: person('Ada') }],
        versions: { cus_1: 0 },
        scopes: ['cus_1'],
        finish: { events: [claimedEvent!.id], work: [claimedWork!.id] },
        work: [work({ key: 'more' })],
      }),
    );
    expect(refused.committed).toBe(false);
    await expectNothingOf(claimedEvent!.id, claimedWork!.id);
  });

  it('leaves nothing of a commit that broke in the middle, and goes on with what came beside it', async () => {
    await bench.store.accept([event()]);
    await bench.store.addWork([work()]);
    const [claimedEvent] = await claims(bench.store).events();
    const [claimedWork] = await claims(bench.store).work();
    const broken = work({ key: 'more', nextAt: undefined as never });
    const beside = bench.store.accept([event({ dedupeKey: 'beside' })]);
    const failed = bench.store.commit(
      commitOf({
        facts: [fact()],
        rows: [row({ id: 'in_2' })],
        desired: [desired(10)],
        personal: [{ account: 'acct_a', customerId: 'cus_1', number: 1, personal: person('Ada') }],
        scopes: ['cus_1'],
        finish: { events: [claimedEvent!.id], work: [claimedWork!.id] },
        work: [broken],
      }),
    );
    await expect(failed).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(await beside).toEqual([true]);
    expect(
      (await bench.store.loadCluster('ws_1', { ...nothing, owners: ['cus_1'] as never })).versions,
    ).toEqual({ cus_1: 0 });
    await expectNothingOf(claimedEvent!.id, claimedWork!.id, ['beside']);
  });

  async function expectNothingOf(eventId: number, workId: number, others: string[] = []): Promise<void> {
    await bench.reopen();
    expect(await bench.store.allFacts('ws_1', 0, 10)).toEqual([]);
    expect(await bench.store.findRows('ws_1', 'invoice', ['in_2'])).toEqual([]);
    expect(await bench.store.loadPersonal('ws_1', ['cus_1'])).toEqual({});
    expect(await bench.store.installationsDue(later(LEASE_MS))).toEqual([]);
    const events = await claims(bench.store, later(LEASE_MS)).events();
    expect(events.filter(({ dedupeKey }) => !others.includes(dedupeKey)).map(({ id }) => id)).toEqual([
      eventId,
    ]);
    expect((await claims(bench.store, later(LEASE_MS)).work()).map(({ id }) => id)).toEqual([workId]);
  }

  it('keeps everything of a commit together, and finishes its claims', async () => {
    await bench.store.accept([event()]);
    await bench.store.addWork([work()]);
    const [claimedEvent] = await claims(bench.store).events();
    const [claimedWork] = await claims(bench.store).work();
    await bench.store.commit(
      commitOf({
        facts: [fact()],
        rows: [row()],
        desired: [desired(10)],
        finish: { events: [claimedEvent!.id], work: [claimedWork!.id] },
        work: [work({ key: 'more' })],
      }),
    );
    await bench.reopen();
    expect(await bench.store.counts()).toMatchObject({ inbox: 0, work: 1, outbox: 1 });
    expect(await claims(bench.store, later(LEASE_MS)).events()).toEqual([]);
    expect(await claims(bench.store, later(LEASE_MS)).work()).toMatchObject([{ key: 'more' }]);
    expect(await rowIds({ owners: ['cus_1'] } as never)).toEqual(['in_1']);
  });

  const person = (name: string): Personal => ({ name, email: null, phone: null });
  const know = (name: string, number: number, account = 'acct_a') =>
    bench.store.commit(
      commitOf({ personal: [{ account, customerId: 'cus_1', number, personal: person(name) }] }),
    );

  it('never lets an older read of a person overwrite a newer one', async () => {
    await know('Second', 2);
    await know('First', 1);
    expect(await bench.store.loadPersonal('ws_1', ['cus_1', 'cus_2'])).toEqual({ cus_1: person('Second') });
    await know('Third', 3);
    expect(await bench.store.loadPersonal('ws_1', ['cus_1'])).toEqual({ cus_1: person('Third') });
    expect(await bench.store.loadPersonal('ws_2', ['cus_1'])).toEqual({});
  });

  it('draws numbers that only rise, also at once and over restarts', async () => {
    const drawn = await Promise.all(Array.from({ length: 20 }, () => bench.store.drawNumber()));
    await bench.reopen();
    drawn.push(await bench.store.drawNumber());
    expect(new Set(drawn).size).toBe(21);
    expect(drawn).toEqual(drawn.toSorted((a, b) => a - b));
    expect(drawn[0]).toBeGreaterThan(0);
  });
}
