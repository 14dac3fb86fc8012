// Sweeps as a backup brings them back: due at once, from before it, so that what happened since is found.
import { accountSweepShape, newAccountSweep } from './sweep-account.ts';
import { newRecordsSweep } from './sweep-records.ts';

type Row = { payload: Record<string, unknown>; nextAt: string };

/**
 * Accounts first: a record that already says what happened since is not to fall back in between.
 * @param payload of a row of kind `sweep`
 */
export function restoredSweep(payload: unknown, now: Date, intervalMs: number): Row {
  const account = accountSweepShape.safeParse(payload).data;
  if (!account)
    return { payload: newRecordsSweep(), nextAt: new Date(now.getTime() + intervalMs).toISOString() };
  const { since, all } = account;
  return { payload: newAccountSweep(account.account, { since, all }), nextAt: now.toISOString() };
}
