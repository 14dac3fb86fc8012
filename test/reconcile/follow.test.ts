// A record that was merged into another: what was made from it is the other's from then on, and stays there.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MergeHow } from '../../sandbox/hubspot/types.ts';
import {
  customerFact,
  invoiceFact,
  linkFact,
  ONE,
  startOutboxWorld,
  WORKSPACE,
  type OutboxWorld,
} from '../outbox/world.ts';

let world: OutboxWorld;
beforeEach(async () => {
  world = await startOutboxWorld();
});
afterEach(() => world.close());

const door = () => world.rig.hubspot.portal(ONE);
const deal = (dealname: string) => door().create('deals', { dealname });
const owed = (id: string) => door().properties('deals', id)?.['payside_owed'];
const record = (recordId: string, objectType = 'deals') => ({
  installationId: world.installation(ONE),
  objectType,
  recordId,
});

/** What the gateway says of an invoice that was made from a deal: it never hears of a merge. */
const billed = (id: string, dealId: string, remainingMinor: number, number = 1) =>
  world.post(WORKSPACE, [
    invoiceFact(
      id,
      'ada',
      10_000,
      { record: record(dealId), paidMinor: 10_000 - remainingMinor, remainingMinor },
      { number },
    ),
  ]);

const merge = (kept: string, gone: string, how: MergeHow = { redirect: true }) =>
  door().merge('deals', kept, gone, how);

beforeEach(async () => {
  const id = door().create('contacts', { email: 'ada@acorn.test' });
  const to = { portal: ONE, objectType: 'contacts', id } as const;
  await world.post(WORKSPACE, [customerFact('ada'), linkFact('ada', to)]);
});

describe('a deal that was merged into another', () => {
  it.each([
    ['that keeps its id', { redirect: true, newId: false }],
    ['that gets a new one', { redirect: true }],
  ])('%s leaves it the money of both, also of what happens later', async (_name, how) => {
    const [old, kept] = [deal('Stairs'), deal('Stairs and rail')];
    await billed('in_old', old, 10_000);
    await billed('in_kept', kept, 10_000);
    await world.drain();
    const survivor = merge(kept, old, how);
    await billed('in_old', old, 7_000, 2);
    await billed('in_kept', kept, 9_000, 2);
    await world.drain();
    expect(owed(survivor)).toBe('160.00');
    await billed('in_old', old, 1_000, 3);
    await world.drain();
    expect(owed(survivor)).toBe('100.00');
  });

  it('and that one into a third leaves it the money of all', async () => {
    const [first, second, third] = [deal('One'), deal('Two'), deal('Three')];
    await billed('in_first', first, 10_000);
    await world.drain();
    const then = merge(second, first);
    await billed('in_first', first, 8_000, 2);
    await world.drain();
    const last = merge(third, then);
    await billed('in_first', first, 5_000, 3);
    await world.drain();
    expect(owed(last)).toBe('50.00');
  });

  it('is not written to any more', async () => {
    const [old, kept] = [deal('Stairs'), deal('Stairs and rail')];
    await billed('in_old', old, 10_000);
    await world.drain();
    const survivor = merge(kept, old, { redirect: true, newId: false });
    await billed('in_old', old, 7_000, 2);
    await world.drain();
    world.forgetCalls();
    await billed('in_old', old, 4_000, 3);
    await world.drain();
    const written = world.rig.hubspot.calls.flatMap(
      ({ body }) => (JSON.parse(body) as { inputs: { id: string }[] }).inputs,
    );
    expect(written.map(({ id }) => id)).not.toContain(old);
    expect(owed(survivor)).toBe('40.00');
  });

  it('gives it nothing of a payer whom a person took off', async () => {
    const [old, kept] = [deal('Stairs'), deal('Stairs and rail')];
    await billed('in_old', old, 10_000);
    const there = { portal: ONE, objectType: 'deals', id: old } as const;
    await world.post(WORKSPACE, [linkFact('ada', there, { active: false, released: true })]);
    await world.drain();
    const survivor = merge(kept, old);
    await world.post(WORKSPACE, [invoiceFact('in_bea', 'bea', 5_000, { record: record(old) })]);
    await world.drain();
    expect(owed(survivor)).toBe('50.00');
  });
});
