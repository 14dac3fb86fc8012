// Adds up a workspace's ledger for finance, a few payers at a time, and keeps the sums ten times as long as that took.
import { setImmediate as breath } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { Store } from '../store/store.ts';
import { beginProof, proveRows, type FinanceProof } from '../views/finance-proof.ts';
import {
  financeDays,
  financeSums,
  joinSums,
  SUMMED,
  type FinanceDays,
  type FinanceSums,
} from '../views/finance-sums.ts';
import type { FinanceInput } from '../views/finance-view.ts';

export type RollupDeps = {
  store: Pick<Store, 'ownersAfter' | 'rowsOf'>;
  clock: Clock;
  unmatched: (workspaceId: string) => Promise<number>;
  /** How long a request waits for sums. */
  patienceMs?: number;
};

/** Whose money is added up, and how: of which accounts, whether their money is real, and up to when they are known. */
export type Wish = {
  workspaceId: string;
  zone: string;
  accounts: readonly { id: string; livemode: boolean; verifiedAt: string | null }[];
};

export type Rollup = (wish: Wish) => Promise<Pick<FinanceInput, 'sums' | 'payers'>>;

type Sums = NonNullable<FinanceInput['sums']>;
type Kept = { key: string; sums: Sums | null; tookMs: number; payers: number; running: Promise<void> | null };

const PATIENCE_MS = 2_000;
/** Sums are not added up more often than this, and take no more than a tenth of the time. */
const LEAST_MS = 2_000;
const SHARE = 10;

/** Rows that are read and added up in one go: some milliseconds. */
const ROWS = 250;
const MOST_OWNERS = 200;

export function createRollup(deps: RollupDeps): Rollup {
  const known = new Map<string, Kept>();
  return async (wish) => {
    const days = financeDays(deps.clock.now(), wish.zone);
    const kept = keptFor(known, wish, days);
    if (!isFresh(kept, days.asOf)) kept.running ??= refresh(deps, { ...wish, days }, kept);
    if (kept.running) await Promise.race([kept.running, waited(deps.patienceMs ?? PATIENCE_MS)]);
    const { sums, payers } = kept;
    return { sums, payers };
  };
}

/** Sums of another day, zone or set of accounts are of no use. */
function keptFor(
  known: Map<string, Kept>,
  { workspaceId, accounts }: Wish,
  { zone, day }: FinanceDays,
): Kept {
  const key = JSON.stringify([zone, day, accounts.map(({ id, livemode }) => [id, livemode]).sort()]);
  const before = known.get(workspaceId);
  if (before?.key === key) return before;
  const fresh: Kept = { key, sums: null, tookMs: 0, payers: 0, running: null };
  known.set(workspaceId, fresh);
  return fresh;
}

function isFresh({ sums, tookMs }: Kept, now: Date): boolean {
  if (!sums) return false;
  return now.getTime() - sums.asOf.getTime() < Math.max(LEAST_MS, SHARE * tookMs);
}

type Task = Wish & { days: FinanceDays };

async function refresh(deps: RollupDeps, wish: Task, kept: Kept): Promise<void> {
  const began = performance.now();
  try {
    const [added, unmatched] = await Promise.all([
      addUp(deps, wish, (payers) => {
        if (!kept.sums) kept.payers = payers;
      }),
      deps.unmatched(wish.workspaceId),
    ]);
    kept.sums = { asOf: wish.days.asOf, ...added, unmatched };
    kept.tookMs = performance.now() - began;
  } finally {
    kept.running = null;
  }
}

type Added = { live: FinanceSums; test: FinanceSums; proof: FinanceProof };

async function addUp(
  { store }: RollupDeps,
  { workspaceId, accounts, days }: Task,
  progress: (payers: number) => void,
): Promise<Added> {
  const added: Added = { live: new Map(), test: new Map(), proof: beginProof(days.zone, accounts) };
  const modes = new Map(accounts.map(({ id, livemode }) => [id, livemode]));
  let [after, size, payers] = ['', 1, 0];
  for (;;) {
    const owners = await store.ownersAfter(workspaceId, after, size);
    const last = owners.at(-1);
    if (last === undefined) return added;
    const rows = await store.rowsOf(workspaceId, owners, [...SUMMED]);
    for (const [mode, livemode] of [
      ['live', true],
      ['test', false],
    ] as const) {
      const mine = rows.filter(({ account }) => modes.get(account) === livemode);
      // What is read and what is added up are apart, so that others get their turn between.
      await breath();
      if (mine.length > 0) added[mode] = joinSums(added[mode], financeSums(mine, days));
    }
    await breath();
    proveRows(added.proof, rows);
    payers += owners.length;
    progress(payers);
    after = last;
    size = Math.min(MOST_OWNERS, Math.max(1, Math.floor((owners.length * ROWS) / Math.max(1, rows.length))));
  }
}

function waited(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
