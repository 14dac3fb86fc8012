// What every store does for a person who is forgotten: each call takes out what it names, and nothing of anybody else.
import { expect, it } from 'vitest';
import type { Fact } from '../../src/ledger/facts.ts';
import { claims, commitOf, desired, event, later, NOW, operation } from './samples.ts';
import type { Bench } from './store.contract.ts';

const person = (name: string) => ({ name, email: `${name.toLowerCase()}@example.com`, phone: null });

const fact = (id: string, memo: string | null): Fact => ({
  entity: 'invoice',
  account: 'acct_a',
  id,
  aspect: 'invoice',
  owner: 'cus_1',
  source: 'gateway',
  number: 0,
  body: { memo },
});

const EVER = new Date(0).toISOString();
/** As long as events are: a store may keep those in another form. */
const LONG = ' '.repeat(2_000);

export function erasing(bench: Bench): void {
  const save = (customerId: string, number: number, name: string, workspaceId = 'ws_1') =>
    bench.store.commit(
      commitOf({
        workspaceId,
        personal: [{ account: 'acct_a', customerId, number, personal: person(name) }],
      }),
    );
  const factsOf = async (workspaceId = 'ws_1') =>
    (await bench.store.allFacts(workspaceId, 0, 100)).map(({ fact: said }) => said);

  it('shows persons of a workspace page by page, in order of their ids', async () => {
    await save('cus_2', 1, 'Bea');
    await save('cus_1', 1, 'Ada');
    await save('cus_3', 1, 'Cy', 'ws_2');
    const first = await bench.store.personsAfter('ws_1', '', 1);
    expect(first).toEqual([{ account: 'acct_a', customerId: 'cus_1', number: 1, personal: person('Ada') }]);
    expect(await bench.store.personsAfter('ws_1', 'cus_1', 5)).toMatchObject([{ customerId: 'cus_2' }]);
    expect(await bench.store.personsAfter('ws_1', 'cus_2', 5)).toEqual([]);
  });

  it('never puts another person over one of the highest number there is', async () => {
    await save('cus_1', Number.MAX_SAFE_INTEGER, 'Nobody');
    await save('cus_1', Number.MAX_SAFE_INTEGER - 1, 'Ada');
    expect(await bench.store.loadPersonal('ws_1', ['cus_1'])).toEqual({ cus_1: person('Nobody') });
  });

  it('puts facts in the place of others, and keeps one of those that say the same then', async () => {
    const facts = [fact('in_1', 'for Ada'), fact('in_1', 'for Ada again'), fact('in_2', 'for Ada')];
    await bench.store.commit(commitOf({ facts }));
    await bench.store.commit(commitOf({ workspaceId: 'ws_2', facts }));
    const found = await bench.store.allFacts('ws_1', 0, 100);
    const clean = found.map(({ id, fact: said }) => ({ id, fact: fact(said.id, null) }));
    await bench.store.replaceFacts('ws_1', clean);
    expect(await factsOf()).toEqual([fact('in_1', null), fact('in_2', null)]);
    await bench.store.replaceFacts('ws_1', clean.slice(0, 1));
    expect(await factsOf()).toHaveLength(2);
    expect(await factsOf('ws_2')).toEqual(facts);
    const known = await bench.store.commit(commitOf({ facts: [fact('in_1', null)] }));
    expect(known).toMatchObject({ committed: true, newFacts: 0 });
  });

  it('leaves facts of another workspace alone, whatever id it is given', async () => {
    await bench.store.commit(commitOf({ facts: [fact('in_1', 'for Ada')] }));
    const [found] = await bench.store.allFacts('ws_1', 0, 1);
    await bench.store.replaceFacts('ws_2', [{ id: found!.id, fact: fact('in_1', null) }]);
    expect(await factsOf()).toEqual([fact('in_1', 'for Ada')]);
  });

  it('erases bodies that mention somebody, page by page: not those of others, nor what still waits', async () => {
    const told = (text: string, more: object = {}) =>
      event({
        raw: new Uint8Array(Buffer.from(text + LONG)),
        state: 'ignored',
        reason: 'unknown_kind',
        ...more,
      });
    const about = [told('{"customer":"cus_1"}'), told('{"email":"ädä@example.com"}')];
    const others = [told('{"customer":"cus_12"}'), told('{}')];
    const theirs = told('{"customer":"cus_1"}', { workspaceId: 'ws_2', source: 'acct_b' });
    const old = told('{"customer":"cus_1"}', { receivedAt: later(-9_000).toISOString() });
    const waiting = told('{"customer":"cus_1"}', { state: 'waiting', reason: null });
    await bench.store.accept([old, ...about, ...others, theirs, waiting]);
    const texts = ['"cus_1"', 'ädä@example.com'];
    const since = later(-5_000).toISOString();
    let erased = 0;
    for (let after: number | null = 0; after !== null;) {
      const page = await bench.store.eraseMentions('ws_1', { after, since, texts }, 2);
      erased += page.erased;
      after = page.last;
    }
    expect(erased).toBe(2);
    expect(await bench.store.eraseMentions('ws_1', { after: 0, since: EVER, texts }, 100)).toMatchObject({
      erased: 1,
    });
    expect(await bench.store.eraseMentions('ws_2', { after: 0, since: EVER, texts }, 100)).toMatchObject({
      erased: 1,
    });
    const [claimed] = await claims(bench.store).events();
    expect(Buffer.from(claimed!.raw).toString()).toBe(`{"customer":"cus_1"}${LONG}`);
  });

  it('erases what was typed into operations that have ended, of a record or about an id, and counts those that have not', async () => {
    const of = (change: object) => operation({ request: { memo: 'for Ada' }, ...change });
    const [here, about, other, open] = [
      of({ record: 'record of Ada' }),
      of({ outcome: null, steps: { made: { invoiceId: 'in_1' } } }),
      of({ steps: { made: { invoiceId: 'in_11' } } }),
      of({ record: 'record of Ada' }),
    ];
    const elsewhere = { ...here, workspaceId: 'ws_2' };
    for (const one of [here, about, other, open, elsewhere]) await bench.store.beginOperation(one);
    const ending = { state: 'done', outcome: { invoiceId: 'in_1' } } as const;
    for (const one of [here, about, other, elsewhere])
      await bench.store.endOperation(
        one.workspaceId,
        one.id,
        one === other ? { ...ending, outcome: {} } : ending,
        null,
      );
    const named = { records: ['record of Ada'], ids: ['in_1'] };
    expect(await bench.store.eraseRequests('ws_1', named)).toBe(1);
    const requests = await Promise.all(
      [here, about, other, open, elsewhere].map(
        async ({ workspaceId, id }) => (await bench.store.findOperation(workspaceId, id))?.request,
      ),
    );
    const kept = { memo: 'for Ada' };
    expect(requests).toEqual([{}, {}, kept, kept, kept]);
    await bench.store.endOperation('ws_1', open.id, ending, null);
    expect(await bench.store.eraseRequests('ws_1', named)).toBe(0);
    expect((await bench.store.findOperation('ws_1', open.id))?.request).toEqual({});
  });

  it('takes desired states away of one workspace, and offers them as new when they are computed anew', async () => {
    const here = [desired(10), { ...desired(20), key: 'other' }];
    await bench.store.commit(commitOf({ desired: here }));
    const delivered = await claims(bench.store).deliveries();
    await bench.store.delivered(delivered);
    await bench.store.dropDesired('ws_2', [desired(10).key]);
    await bench.store.dropDesired('ws_1', [desired(10).key, 'unknown']);
    const left = await bench.store.desiredAfter('ws_1', '', 9);
    expect(left.map(({ key }) => key)).toEqual(['other']);
    await bench.store.commit(commitOf({ desired: here }));
    expect((await claims(bench.store).deliveries()).map(({ key }) => key)).toEqual([desired(10).key]);
  });

  it('knows marks again, each of its own workspace, and over a restart', async () => {
    await bench.store.addTombstones('ws_1', ['one', 'two', 'one']);
    await bench.store.addTombstones('ws_1', ['two']);
    await bench.reopen();
    const among = async (workspaceId: string) =>
      (await bench.store.tombstonesAmong(workspaceId, ['one', 'two', 'three'])).sort();
    expect([await among('ws_1'), await among('ws_2')]).toEqual([['one', 'two'], []]);
  });

  it('wipes what was left behind while others are at work', async () => {
    const all = Array.from({ length: 20 }, () => event({ receivedAt: NOW.toISOString() }));
    const [kept] = await Promise.all([bench.store.accept(all), bench.store.scrub(), save('cus_1', 1, 'Ada')]);
    expect(kept).toEqual(all.map(() => true));
    await bench.store.scrub();
    expect(await bench.store.loadPersonal('ws_1', ['cus_1'])).toEqual({ cus_1: person('Ada') });
  });
}
