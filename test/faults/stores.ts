// The stores that faults are tried on, and where each keeps its data.
import { join } from 'node:path';
import { newDatabase } from '../postgres/database.ts';
import { setup } from '../postgres/shared-folder.ts';

export const STORES = ['embedded', 'postgres'] as const;
export type StoreName = (typeof STORES)[number];

export const isStore = (text: string): text is StoreName => STORES.some((name) => name === text);

/** Starts what a store needs beside the connector. @returns what ends it */
export const beginStore = (store: StoreName): Promise<() => Promise<void>> =>
  store === 'postgres' ? setup() : Promise.resolve(() => Promise.resolve());

/** A place of its own for one world. */
export async function storeFor(
  store: StoreName,
  folder: string,
): Promise<{ url: string; close(): Promise<void> }> {
  if (store === 'embedded')
    return { url: `embedded:${join(folder, 'data')}`, close: () => Promise.resolve() };
  const { url, drop } = await newDatabase();
  return { url, close: drop };
}
