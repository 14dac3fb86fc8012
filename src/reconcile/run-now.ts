// Sweeps asked for by an operator: whole ones, now, with what they found, and what of it has reached the CRM when they end.
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { asConnectorError, storeUnavailable, type ConnectorError } from '../errors.ts';
import type { Instant } from '../ledger/entities.ts';
import { isFinal, retryAt } from '../retry.ts';
import type { GatewayAccount } from '../workspaces/workspace.ts';
import { accountSweepShape, newAccountSweep, sweepAccount } from './sweep-account.ts';
import { proofOf, type ProofReport } from './prove.ts';
import { newRecordsSweep, NOTHING_SEEN, sweepRecords, type RecordsTally } from './sweep-records.ts';
import { endSweep, type SweepDeps } from './sweep.ts';

export type ReconcileDeps = SweepDeps & {
  /** Waits until what is due in a workspace is done, but not for ever. @returns how many deliveries still wait */
  settled: (workspaceId: string, signal: AbortSignal) => Promise<number>;
  /** Records of a workspace that were written since the start of the process. */
  written: (workspaceId: string) => number;
};

export type Report = RecordsTally & {
  workspaceId: string;
  /** Objects corrected in the ledger, and records offered to the CRM again. */
  repaired: number;
  /** Records written until nothing waited any more. */
  crmWrites: number;
  waiting: number;
  /** The oldest moment up to which an account is known to be seen; null where one never was. */
  verifiedAt: Instant | null;
  proof: ProofReport;
  /** What could not be looked at, and why. */
  problems: string[];
};

export type Wish = {
  /** null: all of them. */
  workspaceId: string | null;
  /** All of history as well, instead of some pages. */
  isFull: boolean;
  /** The connector is being stopped. */
  signal: AbortSignal;
};

export type Reconcile = (wish: Wish) => Promise<Report[]>;

type Account = Pick<GatewayAccount, 'id' | 'workspaceId' | 'verifiedAt'>;

export function createReconcile(deps: ReconcileDeps): Reconcile {
  return async (wish) => {
    const accounts = (await deps.accounts()).filter(
      ({ workspaceId }) => wish.workspaceId === null || workspaceId === wish.workspaceId,
    );
    const reports: Report[] = [];
    for (const id of new Set(accounts.map(({ workspaceId }) => workspaceId))) {
      const own = accounts.filter(({ workspaceId }) => workspaceId === id);
      reports.push(await reconcileWorkspace(deps, wish, id, own));
    }
    return reports;
  };
}

async function reconcileWorkspace(
  deps: ReconcileDeps,
  wish: Wish,
  workspaceId: string,
  accounts: Account[],
): Promise<Report> {
  const before = deps.written(workspaceId);
  const problems: string[] = [];
  const collect = (part: Promise<RecordsTally>): Promise<RecordsTally> =>
    part.catch((error: unknown) => {
      if (wish.signal.aborted) throw error;
      problems.push(asConnectorError(error).publicMessage);
      return NOTHING_SEEN;
    });
  const gateway = await Promise.all(
    accounts.map(({ id }) => collect(accountNow(deps, wish, workspaceId, id))),
  );
  // What was found is on the records before these are compared.
  await deps.settled(workspaceId, wish.signal);
  const records = await collect(recordsNow(deps, wish, workspaceId));
  const waiting = await deps.settled(workspaceId, wish.signal);
  const known = (await deps.accounts()).filter((one) => one.workspaceId === workspaceId);
  const { zone } = await deps.contextOf(workspaceId);
  const found = [...gateway, records].reduce(sum, NOTHING_SEEN);
  return {
    workspaceId,
    ...found,
    repaired: found.missing + found.different + found.edited - found.kept,
    crmWrites: deps.written(workspaceId) - before,
    waiting,
    verifiedAt: oldest(known),
    proof: await proofOf(deps.store, workspaceId, { zone, now: deps.clock.now(), accounts: known }),
    problems,
  };
}

const sum = (a: RecordsTally, b: RecordsTally): RecordsTally => ({
  checked: a.checked + b.checked,
  missing: a.missing + b.missing,
  different: a.different + b.different,
  edited: a.edited + b.edited,
  kept: a.kept + b.kept,
});

const oldest = (accounts: Account[]): Instant | null =>
  accounts
    .map(({ verifiedAt }) => verifiedAt)
    .reduce((a, b) => (a === null || b === null ? null : a < b ? a : b));

/** More than any account has. */
const ALL_PAGES = Number.MAX_SAFE_INTEGER;

async function accountNow(
  deps: ReconcileDeps,
  wish: Wish,
  workspaceId: string,
  id: string,
): Promise<RecordsTally> {
  const begun = newAccountSweep(id, { since: await watermarkOf(deps, workspaceId, id) });
  let state = wish.isFull ? { ...begun, pagesLeft: ALL_PAGES } : begun;
  while (state.pass !== 'done') {
    const turn = await patiently(deps, wish, () => sweepAccount(deps, workspaceId, state));
    state = turn.state;
    await pause(turn.waitMs, wish.signal);
  }
  await endSweep(deps, state);
  return { ...NOTHING_SEEN, ...state.seen };
}

async function recordsNow(deps: ReconcileDeps, wish: Wish, workspaceId: string): Promise<RecordsTally> {
  let state = newRecordsSweep();
  while (state.after !== null) {
    const { after } = state;
    const turn = await patiently(deps, wish, () => sweepRecords(deps, workspaceId, state));
    state = turn.state;
    // Somebody waits: only deliveries are waited for.
    if (state.after === after) await pause(turn.waitMs, wish.signal);
  }
  return state.seen;
}

/** Where the account's own sweeps have come to; where one is under way, nobody knows, and it is looked further back. */
async function watermarkOf(
  { store }: ReconcileDeps,
  workspaceId: string,
  id: string,
): Promise<Instant | null> {
  const rows = await store.waitingWork(workspaceId, 'sweep');
  const row = rows.find(({ key }) => key === id);
  return accountSweepShape.safeParse(row?.payload).data?.since ?? null;
}

const TRIES = 6;
/** Longer than this nobody waits for one answer. */
const LONGEST_MS = 30_000;

async function patiently<T>(
  { clock, retryBaseMs }: Pick<ReconcileDeps, 'clock' | 'retryBaseMs'>,
  { signal }: Wish,
  work: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const known = asConnectorError(error);
      if (attempt >= TRIES || isFinal(known, attempt) || known.retry === 'after-reauth') throw known;
      await pause(waitMs(clock, retryBaseMs, attempt, known), signal);
    }
  }
}

function waitMs(clock: Clock, retryBaseMs: number, attempt: number, error: ConnectorError): number {
  const now = clock.now();
  return Math.min(LONGEST_MS, retryAt(now, retryBaseMs, attempt, error).getTime() - now.getTime());
}

const STOPPED = 'The connector is being stopped. What was found so far is kept; ask again once it runs.';

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch(() => undefined);
  if (signal.aborted) throw storeUnavailable({ publicMessage: STOPPED });
}
