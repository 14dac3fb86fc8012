// Stamps of every store: another one after each change of what is watched, so that whoever kept something reads it again.
import { expect, it } from 'vitest';
import { recordKey } from '../../src/ledger/facts.ts';
import { commitOf, later, operation, RECORD, row } from './samples.ts';
import type { Bench } from './store.contract.ts';

const RECORD_KEY = recordKey(RECORD);
const WATCHED = { scopes: ['cus_1', RECORD_KEY], record: RECORD_KEY };

export function stamps(bench: Bench): void {
  const stamp = (workspaceId = 'ws_1'): Promise<string> => bench.store.stampOf(workspaceId, WATCHED);

  const isChangedBy = async (change: () => Promise<unknown>): Promise<boolean> => {
    const before = await stamp();
    await change();
    const after = await stamp();
    expect(await stamp()).toBe(after);
    return after !== before;
  };

  it('is another one after each commit over a watched scope, also one that only says more about a person', async () => {
    const rows = () => bench.store.commit(commitOf({ rows: [row()], scopes: ['cus_1', 'in_1'] }));
    expect(await isChangedBy(rows)).toBe(true);
    expect(await isChangedBy(rows)).toBe(true);
    const linked = commitOf({ rows: [row({ owner: 'cus_2' })], scopes: ['cus_2', RECORD_KEY] });
    expect(await isChangedBy(() => bench.store.commit(linked))).toBe(true);
    const personal = { name: 'Ada', email: null } as never;
    const person = commitOf({
      personal: [{ account: 'acct_a', customerId: 'cus_1', number: 1, personal }],
      scopes: ['cus_1'],
    });
    expect(await isChangedBy(() => bench.store.commit(person))).toBe(true);
  });

  it('stays the same while nothing that is watched changes, whatever else does', async () => {
    await bench.store.commit(commitOf({ rows: [row()], scopes: ['cus_1'] }));
    const other = commitOf({ rows: [row({ id: 'in_9', owner: 'cus_9' })], scopes: ['cus_9', 'in_9'] });
    expect(await isChangedBy(() => bench.store.commit(other))).toBe(false);
    const theirs = commitOf({ workspaceId: 'ws_2', rows: [row()], scopes: ['cus_1'] });
    expect(await isChangedBy(() => bench.store.commit(theirs))).toBe(false);
    expect(await isChangedBy(() => bench.store.beginOperation(operation({ workspaceId: 'ws_2' })))).toBe(
      false,
    );
    expect(await isChangedBy(() => bench.store.drawNumber())).toBe(false);
  });

  it('is another one when an operation of the record begins, turns to checking and ends', async () => {
    const asked = operation();
    const { id, workspaceId } = asked;
    expect(await isChangedBy(() => bench.store.beginOperation(asked))).toBe(true);
    const checking = () => bench.store.postponeOperation(workspaceId, id, later(1_000), 'checking');
    expect(await isChangedBy(checking)).toBe(true);
    const end = () => bench.store.endOperation(workspaceId, id, { state: 'done', outcome: {} }, null);
    expect(await isChangedBy(end)).toBe(true);
  });

  it('is told when the commit is, however many come at once', async () => {
    const found = new Set<string>();
    const commits = Array.from({ length: 12 }, async () => {
      await bench.store.commit(commitOf({ rows: [row()], scopes: ['cus_1'] }));
      found.add(await stamp());
    });
    await Promise.all(commits);
    const last = await stamp();
    // Whoever ended last saw all of them.
    expect(found).toContain(last);
    expect(await isChangedBy(() => bench.store.commit(commitOf({ scopes: [RECORD_KEY] })))).toBe(true);
  });
}
