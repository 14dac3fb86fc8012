// Sweeps: every account is looked through again and again, a turn at a time, so that a kill costs one turn at most.
import type { GatewayAccount } from '../workspaces/workspace.ts';
import { asConnectorError } from '../errors.ts';
import { retryAt } from '../retry.ts';
import { z } from 'zod';
import type { ClaimedWork, WorkItem } from '../store/store.ts';
import {
  accountSweepShape,
  newAccountSweep,
  sweepAccount,
  type AccountSweep,
  type AccountSweepDeps,
} from './sweep-account.ts';
import {
  newRecordsSweep,
  recordsSweepShape,
  sweepRecords,
  type RecordsSweep,
  type RecordsSweepDeps,
} from './sweep-records.ts';

export type SweepDeps = AccountSweepDeps &
  RecordsSweepDeps & {
    accounts: () => Promise<Pick<GatewayAccount, 'id' | 'workspaceId' | 'verifiedAt'>[]>;
    /** All that had happened by then is known. */
    verified: (account: string, at: string) => Promise<void>;
    retryBaseMs: number;
    leaseMs: number;
  };

const sweepShape = z.discriminatedUnion('of', [accountSweepShape, recordsSweepShape]);

/** Sweeps that have a turn at the same time. */
const AT_ONCE = 8;
/** What people change by hand is looked for once a day: more calls than that are better spent on money that moves. */
const RECORDS_MS = 24 * 3_600_000;
const RECORDS = 'records';

type Swept = Pick<GatewayAccount, 'id' | 'workspaceId'>;

/** Rows by which an account is swept from now on, and the records of its workspace. */
export function sweepWork({ id, workspaceId }: Swept, nextAt: Date, since: Date | null = null): WorkItem[] {
  const row = { workspaceId, kind: 'sweep', nextAt: nextAt.toISOString() } as const;
  return [
    { ...row, key: id, payload: newAccountSweep(id, { since: since?.toISOString() ?? null }) },
    { ...row, key: RECORDS, payload: newRecordsSweep() },
  ];
}

/** @returns a loop's work, which answers how many turns were taken */
export function createSweeps(deps: SweepDeps): () => Promise<number> {
  const state = { begun: false };
  return async () => {
    if (!state.begun) await begin(deps);
    state.begun = true;
    const { store, clock, leaseMs } = deps;
    const items = await store.claimWork(['sweep'], clock.now(), AT_ONCE, leaseMs);
    await Promise.all(
      items.map((item) => turn(deps, item).catch((error: unknown) => failed(deps, item, error))),
    );
    return items.length;
  };
}

/** Accounts that were connected before there were sweeps get theirs; a start brings no comparison of records forward. */
async function begin({ store, clock, accounts, intervalMs }: SweepDeps): Promise<void> {
  const after = (ms: number): Date => new Date(clock.now().getTime() + ms);
  const rows = (await accounts()).flatMap((account) => sweepWork(account, after(intervalMs)));
  const compareAt = after(RECORDS_MS).toISOString();
  await store.addWork(rows.map((row) => (row.key === RECORDS ? { ...row, nextAt: compareAt } : row)));
}

async function turn(deps: SweepDeps, { id, workspaceId, payload }: ClaimedWork): Promise<void> {
  const sweep = sweepShape.parse(payload);
  const { state, waitMs, ended } = await (sweep.of === 'account'
    ? accountTurn(deps, workspaceId, sweep)
    : recordsTurn(deps, workspaceId, sweep));
  const nextAt = new Date(deps.clock.now().getTime() + waitMs);
  await deps.store.postponeWork(id, nextAt, ended ? 'next sweep' : 'next turn', state);
}

type Turned = { state: AccountSweep | RecordsSweep; waitMs: number; ended: boolean };

async function accountTurn(deps: SweepDeps, workspaceId: string, before: AccountSweep): Promise<Turned> {
  const { state, waitMs } = await sweepAccount(deps, workspaceId, before);
  if (state.pass !== 'done') return { state, waitMs, ended: false };
  return { state: await endSweep(deps, state), waitMs: deps.intervalMs, ended: true };
}

async function recordsTurn(deps: SweepDeps, workspaceId: string, before: RecordsSweep): Promise<Turned> {
  const { state, waitMs } = await sweepRecords(deps, workspaceId, before);
  if (state.after !== null) return { state, waitMs, ended: false };
  return { state: newRecordsSweep(), waitMs: RECORDS_MS, ended: true };
}

/** @returns where the next sweep of the account begins */
export async function endSweep(
  { log, verified }: Pick<SweepDeps, 'log' | 'verified'>,
  { account, startedAt, seen, all }: AccountSweep,
): Promise<AccountSweep> {
  const count = seen.missing + seen.different;
  if (count > 0) log.info('a sweep found what nobody had told', { account, count });
  if (startedAt) await verified(account, startedAt);
  return newAccountSweep(account, { since: startedAt, all });
}

async function failed(deps: SweepDeps, item: ClaimedWork, error: unknown): Promise<void> {
  const known = asConnectorError(error);
  const now = deps.clock.now();
  const { workspaceId: workspace, key, attempts } = item;
  deps.log.error('a sweep could not go on', error, { workspace, kind: key, attempts });
  const later = retryAt(now, deps.retryBaseMs, item.attempts, known);
  // Nothing is given up on: what is refused today is looked at again with the next sweep.
  const next = known.retry === 'later' ? later : new Date(now.getTime() + deps.intervalMs);
  await deps.store.postponeWork(item.id, next, known.code);
}
