// Which stores the connector can run on: the one place that knows whether PostgreSQL is there.
import { existsSync } from 'node:fs';
import type { StoreKind } from './benchmark.ts';

const isThere: Record<StoreKind, () => boolean> = {
  embedded: () => true,
  postgres: () => existsSync(new URL('../src/store/postgres/index.ts', import.meta.url)),
};

export const hasStore = (name: string): name is StoreKind =>
  (name === 'embedded' || name === 'postgres') && isThere[name]();
