// Fills the accounts with their seeds, and fills them anew on reset.
import { associateAtScreen, createAtScreen, existing, screenOf } from './doors.ts';
import type { Kind } from './kinds.ts';
import type { PortalSeed, RecordSeed } from './types.ts';
import { createPortal, type World } from './world.ts';

function recordsOf(seed: PortalSeed): [Kind, readonly RecordSeed[]][] {
  return [
    ['contacts', seed.contacts ?? []],
    ['companies', seed.companies ?? []],
    ['deals', seed.deals ?? []],
    ['products', seed.products ?? []],
    ['line_items', seed.lineItems ?? []],
    ['quotes', seed.quotes ?? []],
    ['invoices', seed.invoices ?? []],
    ['commerce_payments', seed.commercePaymentRecords ?? []],
  ];
}

/** Puts the world back to what the seeds say; ids go on counting. */
export function sow(world: World, seeds: readonly PortalSeed[]): void {
  world.portals.clear();
  world.tokens.clear();
  world.codes.clear();
  for (const seed of seeds) {
    const portal = createPortal(seed);
    world.portals.set(seed.id, portal);
    const place = screenOf(world, seed.id);
    for (const [kind, records] of recordsOf(seed))
      for (const { ref, properties } of records) {
        const record = createAtScreen(place, kind, properties);
        // Seeds are old news: search must not wait for them.
        record.versions = [{ at: 0, properties: record.properties }];
        if (ref !== undefined) portal.refs.set(ref, { kind, id: record.id });
      }
    for (const { from, to } of seed.associations ?? []) {
      const [one, other] = [from, to].map((ref) => {
        const found = portal.refs.get(ref);
        if (!found) throw new Error(`seed of account ${seed.id}: no record is called ${ref}`);
        return existing(place, found.kind, found.id);
      });
      if (one && other) associateAtScreen(place, one, other);
    }
  }
}
