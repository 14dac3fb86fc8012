// Which stores benchmarks run on: PostgreSQL is not measured yet, and no figure of another store goes by its name.
import type { StoreKind } from './benchmark.ts';

const MEASURED: readonly StoreKind[] = ['embedded'];

export const hasStore = (name: string): name is StoreKind => MEASURED.some((one) => one === name);
