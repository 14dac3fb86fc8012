// The stores that faults are tried on, and where each keeps its data.
import { join } from 'node:path';

export const STORES = ['embedded', 'postgres'] as const;
export type StoreName = (typeof STORES)[number];

export const isStore = (text: string): text is StoreName => STORES.some((name) => name === text);

/** Null where the connector has no such store yet. */
export const refusalOf = (store: StoreName): string | null =>
  store === 'postgres' ? 'the connector has no PostgreSQL store yet; --store embedded is there' : null;

/** A place of its own for one world. */
export async function storeFor(
  store: StoreName,
  folder: string,
): Promise<{ url: string; close(): Promise<void> }> {
  const refusal = refusalOf(store);
  if (refusal) throw new Error(refusal);
  return { url: `embedded:${join(folder, 'data')}`, close: () => Promise.resolve() };
}
