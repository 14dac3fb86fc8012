// Asks a CRM what it shows of records that were written to it: at the outbox's pace, and behind what is to be written.
import type { Shown } from '../crms/crm.ts';
import { batchesOf, shownOf, type Stated, type Target } from './batches.ts';
import type { Pace } from './pace.ts';

export type CompareDeps = { pace: Pace; targetOf: (installationId: string) => Promise<Target> };

/** @returns null where the installation should not be asked right now */
export async function compare(
  { pace, targetOf }: CompareDeps,
  installationId: string,
  states: Stated[],
): Promise<Shown | null> {
  if (!pace.mayFlush(installationId)) return null;
  const target = await targetOf(installationId);
  const shown = new Set<string>();
  const missing = new Set<string>();
  const unlinked = new Set<string>();
  for (const { deliveries } of batchesOf(states, target.batchSize)) {
    await mayCall(pace, target);
    const found = await shownOf(target, deliveries);
    for (const key of found.shown) shown.add(key);
    for (const key of found.missing) missing.add(key);
    for (const key of found.unlinked) unlinked.add(key);
  }
  return { shown, missing, unlinked };
}

/** Waits for its call: a page that began anew each time that none was left might never come to its end. */
async function mayCall(pace: Pace, { connection, callsPerTenSeconds }: Target): Promise<void> {
  for (;;) {
    const waitMs = await pace.take(connection.installationId, callsPerTenSeconds);
    if (waitMs === 0) return;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}
