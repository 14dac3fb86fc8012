// The shape of one benchmark: what it is called, what it says, and how it is run.
import type { Figures } from './figures.ts';
import type { StoreKind } from './stores.ts';

export type Options = {
  store: StoreKind;
  /** Rounds of which the median counts. */
  rounds: number;
  /** The fault of `plants` is put in, so that the figures must not hold. */
  planted?: boolean;
  /** For people who watch. */
  say: (text: string) => void;
};

export type Benchmark = {
  name: string;
  /** A count has no noise; a ratio is taken inside one round. */
  kind: 'count' | 'ratio';
  says: string;
  /** What `planted` does to it; left out: nothing can be planted. */
  plant?: string;
  run: (options: Options) => Promise<Figures>;
};
