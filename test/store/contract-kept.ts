// What every store hands over and takes: all of it, of one moment, in one shape.
import { expect, it } from 'vitest';
import type { Kept } from '../../src/store/store.ts';
import {
  account,
  claims,
  commitOf,
  desired,
  event,
  installation,
  later,
  NOW,
  operation,
  row,
  work,
  workspace,
} from './samples.ts';
import type { Bench } from './store.contract.ts';

export async function keptIn({ copyOut }: Pick<Bench['store'], 'copyOut'>): Promise<Kept[]> {
  const all: Kept[] = [];
  for await (const page of copyOut()) all.push(...page);
  return all;
}

const fact = (id: string) =>
  ({
    entity: 'invoice',
    account: 'acct_a',
    id,
    aspect: 'invoice',
    owner: 'cus_1',
    source: 'gateway',
    number: 0,
    body: { status: 'open', dueAt: '2026-03-20T00:00:00.000Z', memo: 'Größe \u2028 👍' },
  }) as never;

/** Something of every kind, in every state it can be in. */
export async function fillStore({ store }: Pick<Bench, 'store'>): Promise<void> {
  await store.saveWorkspace(workspace());
  await store.saveWorkspace(workspace({ id: 'ws_2' }));
  await store.saveInstallation(installation());
  await store.saveAccount(account());
  await store.accept([event(), event({ workspaceId: 'ws_2' }), event({ state: 'ignored', reason: 'kind' })]);
  await store.accept([event({ raw: new Uint8Array([0, 255, 10, 13]) })]);
  const [first] = await claims(store).events();
  await store.addWork([work(), work({ key: 'other' }), work({ kind: 'sweep', key: 'acct_a' })]);
  const [claimed] = await claims(store).work();
  await store.postponeWork(claimed!.id, later(1_000), 'crm_unavailable');
  for (let number = 0; number < 7; number += 1) await store.drawNumber();
  await store.commit(
    commitOf({
      facts: [fact('in_2'), fact('in_1')],
      rows: [row({ aspects: { invoice: fact('in_1') } }), row({ id: 'in_2', record: 'inst_1|deals|1' })],
      desired: [desired(10), { ...desired(20), key: 'other' }],
      personal: [{ account: 'acct_a', customerId: 'cus_1', number: 3, personal: { name: 'Ada' } as never }],
      scopes: ['cus_1', 'in_1'],
      finish: { events: [first!.id], work: [] },
    }),
  );
  const [delivery] = await claims(store).deliveries();
  await store.postponeDelivery(delivery!.key, later(60_000), 'crm_unavailable', { ...delivery!, at: NOW });
  await store.beginOperation(operation({ steps: { start: { account: 'acct_a' } } }));
  const trail = { workspaceId: 'ws_1', actor: 'hubspot:1', operationId: null, record: null };
  for (const action of ['first', 'second'])
    await store.audit({ ...trail, at: NOW.toISOString(), action, before: { a: 1 }, after: null });
  await store.eraseBodies(later(1_000));
  await store.beginErasure('ws_gone', NOW);
  await store.endErasure('ws_gone', later(1_000));
}

export function kept(bench: Bench): void {
  it('hands over all that is kept, in the order in which it came', async () => {
    await fillStore(bench);
    const all = await keptIn(bench.store);
    const count = Object.entries(Object.groupBy(all, ({ of }) => of)).map(([of, list]) => [of, list?.length]);
    expect(Object.fromEntries(count)).toEqual({
      document: 4,
      number: 1,
      event: 4,
      work: 3,
      fact: 2,
      row: 2,
      person: 1,
      delivery: 2,
      operation: 1,
      audit: 2,
      erased: 1,
    });
    const of = (kind: Kept['of']) => all.filter((one) => one.of === kind).map(({ is }) => is);
    expect(of('number')).toEqual([{ value: (await bench.store.drawNumber()) - 1 }]);
    expect(of('fact').map((one) => (JSON.parse(String(one['fact'])) as { id: string }).id)).toEqual([
      'in_2',
      'in_1',
    ]);
    expect(of('audit').map((one) => one['action'])).toEqual(['first', 'second']);
    expect(of('event').map((one) => one['raw'] === null)).toEqual([true, false, true, false]);
    expect(of('event').at(-1)?.['raw']).toBe('AP8KDQ==');
    expect(of('delivery').filter((one) => one['doubt_until'] !== null)).toHaveLength(1);
  });

  it('hands over one moment: what is written meanwhile is not in it, or in it whole', async () => {
    await fillStore(bench);
    const pages = bench.store.copyOut()[Symbol.asyncIterator]();
    const begun = await pages.next();
    const later = commitOf({ facts: [fact('in_3')], rows: [row({ id: 'in_3' })], scopes: ['in_3'] });
    await bench.store.commit(later);
    const all: Kept[] = [...((begun.value as Kept[] | undefined) ?? [])];
    for (let page = await pages.next(); !page.done; page = await pages.next()) all.push(...page.value);
    expect(all.filter(({ is }) => JSON.stringify(is).includes('in_3'))).toEqual([]);
    expect(await bench.store.findRows('ws_1', 'invoice', ['in_3'])).toHaveLength(1);
  });

  it('walks over all rows, a page at a time', async () => {
    const names = ['a', 'b', 'ß', 'z'];
    await bench.store.commit(commitOf({ rows: names.map((id) => row({ id })) }));
    await bench.store.commit(commitOf({ rows: [row({ id: 'b', entity: 'payment' })] }));
    await bench.store.commit(commitOf({ workspaceId: 'ws_2', rows: [row({ id: 'other' })] }));
    const first = await bench.store.rowsAfter('ws_1', null, 3);
    expect(first.map(({ id, entity }) => [id, entity])).toEqual([
      ['a', 'invoice'],
      ['b', 'invoice'],
      ['b', 'payment'],
    ]);
    const rest = await bench.store.rowsAfter('ws_1', first[2]!, 3);
    expect(rest.map(({ id }) => id)).toEqual(['z', 'ß']);
    expect(await bench.store.rowsAfter('ws_1', rest[1]!, 3)).toEqual([]);
  });

  it('takes rows away that no fact speaks of, and says so to whoever read them', async () => {
    await bench.store.commit(commitOf({ rows: [row(), row({ id: 'in_2' })], scopes: ['in_1'] }));
    const { versions } = await bench.store.loadCluster('ws_1', { owners: [], ids: ['in_1'], records: [] });
    const wish = commitOf({ gone: [row()], scopes: ['in_1'], versions });
    expect((await bench.store.commit(wish)).committed).toBe(true);
    expect((await bench.store.commit(wish)).committed).toBe(false);
    expect((await bench.store.rowsAfter('ws_1', null, 9)).map(({ id }) => id)).toEqual(['in_2']);
  });
}
