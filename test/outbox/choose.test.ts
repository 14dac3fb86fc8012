// What of all that is due goes now: full batches before the rest, for no more calls than are free.
import { describe, expect, it } from 'vitest';
import { choose, type Choice } from '../../src/outbox/choose.ts';
import type { Bundling, Target } from '../../src/outbox/batches.ts';
import type { DueDelivery } from '../../src/store/store.ts';

const NOW = new Date('2026-03-10T12:00:00.000Z');
const ago = (ms: number): string => new Date(NOW.getTime() - ms).toISOString();

/** So many records of a kind, due for so long. */
const due = (kind: string, count: number, forMs = 100): DueDelivery[] =>
  Array.from({ length: count }, (_, nth) => ({
    key: kind.startsWith('contact') ? `inst_1|${kind}|${forMs}${nth}` : `inst_1|${kind}|acct|${forMs}${nth}`,
    since: ago(forMs),
  }));

const writeTogether: Target['crm']['writeTogether'] = async () => [];
const hubspot = { batchSize: 100, crm: { writeTogether: null } };
const salesforce = { batchSize: 200, crm: { writeTogether } };

const chosen = (all: DueDelivery[], calls: number, target: Bundling = hubspot): Choice =>
  choose(
    all.toSorted((a, b) => a.since.localeCompare(b.since)),
    target,
    calls,
    NOW,
  );
/** How many of each kind. */
const counts = ({ keys }: Choice): Record<string, number> =>
  Object.fromEntries(
    [...Map.groupBy(keys, (key) => key.split('|')[1]!)].map(([kind, list]) => [kind, list.length]),
  );

describe('what is due', () => {
  it('goes at once where it fills no batch', () => {
    const choice = chosen([...due('contacts', 1), ...due('invoice', 1), ...due('links of invoice', 1)], 8);
    expect(counts(choice)).toEqual({ contacts: 1, invoice: 1, 'links of invoice': 1 });
    expect(choice.isLimited).toBe(false);
  });

  it('waits for more where others of its kind fill a batch', () => {
    const choice = chosen(due('contacts', 150), 8);
    expect(counts(choice)).toEqual({ contacts: 100 });
    expect(choice.isLimited).toBe(false);
  });

  it('waits for ten seconds at most', () => {
    const of = (forMs: number) => [...due('contacts', 100, forMs + 1), ...due('contacts', 30, forMs)];
    expect(counts(chosen(of(9_999), 8))).toEqual({ contacts: 100 });
    expect(counts(chosen(of(10_000), 8))).toEqual({ contacts: 130 });
  });

  it('waits for three seconds at most where its kind fills no batch', () => {
    const all = [...due('contacts', 1, 3_000), ...due('invoice', 100), ...due('payment', 40, 2_999)];
    expect(counts(chosen(all, 8))).toEqual({ contacts: 1, invoice: 100 });
  });

  it('goes for no more calls than are free, and says that more would go', () => {
    const all = [...due('contacts', 250), ...due('invoice', 200)];
    const choice = chosen(all, 3);
    expect(counts(choice)).toEqual({ contacts: 200, invoice: 100 });
    expect(choice.isLimited).toBe(true);
    expect(chosen(all, 4).isLimited).toBe(false);
    expect(chosen(due('contacts', 1), 0)).toEqual({ keys: [], isLimited: true });
  });

  it('goes with the oldest of each kind first', () => {
    const [old, young] = [due('contacts', 100, 500), due('contacts', 100, 200)];
    expect(chosen([...young, ...old], 1).keys.toSorted()).toEqual(old.map(({ key }) => key).toSorted());
  });

  it('is nothing that hangs on a record which waits on', () => {
    const old = [...due('invoice', 100, 5_000), ...due('links of invoice', 100, 5_000)];
    const young = [...due('invoice', 50, 900), ...due('payment', 100, 900), ...due('contacts', 100, 100)];
    expect(counts(chosen([...old, ...young], 8))).toEqual({ contacts: 100, invoice: 100 });
  });

  it('is what hangs on older records than those that wait on', () => {
    const old = [...due('invoice', 100, 12_000), ...due('links of invoice', 70, 12_000)];
    const young = [...due('invoice', 50, 900), ...due('links of invoice', 50, 900)];
    expect(counts(chosen([...old, ...young], 8))).toEqual({ invoice: 100, 'links of invoice': 70 });
  });

  it('goes in one call where a CRM takes several kinds together', () => {
    const all = [...due('contacts', 60), ...due('invoice', 70), ...due('payment', 70), ...due('refund', 10)];
    const one = chosen(all, 1, salesforce);
    expect(counts(one)).toEqual({ contacts: 60, invoice: 70, payment: 70 });
    expect(one.isLimited).toBe(true);
    expect(chosen(all, 2, salesforce).keys).toHaveLength(210);
  });
});
