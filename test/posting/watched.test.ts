// What a post changes is seen by whoever watches it: where rows are now, where they were, and the people they are of.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fact } from '../../src/ledger/facts.ts';
import { createPost, type Post } from '../../src/posting/post.ts';
import { openInFolder } from '../store/folders.ts';
import { NOW } from '../store/samples.ts';
import type { Opened } from '../store/store.contract.ts';

let opened: Opened;
let post: Post;

beforeEach(async () => {
  opened = await openInFolder();
  post = createPost({
    store: opened.store,
    clock: { now: () => NOW },
    contextOf: async () => ({ zone: 'Europe/Berlin', counts: () => true }),
    wake: () => undefined,
  });
});
afterEach(() => opened.close());

const stated = (entity: 'invoice' | 'customer', id: string, owner: string, more: object): Fact =>
  ({ entity, id, owner, account: 'acct_a', aspect: entity, source: 'gateway', number: 1, ...more }) as Fact;

const invoice = (owner: string, number: number): Fact =>
  stated('invoice', 'in_1', owner, { number, body: { status: 'open', currency: 'EUR', customerId: owner } });

const named = (name: string): Fact =>
  stated('customer', 'cus_1', 'cus_1', { body: { currency: 'EUR' }, personal: { name, email: null } });

/** Which of these owners' stamps the facts change. */
async function seenBy(owners: string[], facts: Fact[]): Promise<string[]> {
  const stamps = () =>
    Promise.all(owners.map((owner) => opened.store.stampOf('ws_1', { scopes: [owner], record: 'none' })));
  const before = await stamps();
  await post('ws_1', facts);
  const after = await stamps();
  return owners.filter((_owner, index) => before[index] !== after[index]);
}

describe('who watches a payer', () => {
  it('sees their invoice come, and go to another payer', async () => {
    const owners = ['cus_1', 'cus_2', 'cus_3'];
    expect(await seenBy(owners, [invoice('cus_1', 1)])).toEqual(['cus_1']);
    expect(await seenBy(owners, [invoice('cus_2', 2)])).toEqual(['cus_1', 'cus_2']);
  });

  it('sees another name, although nothing about money is new', async () => {
    await post('ws_1', [named('Ada Byron')]);
    expect(await seenBy(['cus_1', 'cus_2'], [named('Ada Lovelace')])).toEqual(['cus_1']);
  });

  it('sees nothing of facts that are known', async () => {
    await post('ws_1', [invoice('cus_1', 1)]);
    expect(await seenBy(['cus_1'], [invoice('cus_1', 1)])).toEqual([]);
  });
});
