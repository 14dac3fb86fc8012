// An operator's command: what is typed, what it does where the store is open, and how its answer reads.
import type { ParseArgsOptionsConfig } from 'node:util';
import type { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Rebuilt } from '../posting/rebuild.ts';
import type { Report } from '../reconcile/run-now.ts';
import type { Store, WorkItem } from '../store/store.ts';
import type { EraseWorkspace } from '../workspaces/erase-workspace.ts';
import type { Check } from '../workspaces/examine.ts';
import type { Move, MoveWish } from '../workspaces/move-endpoints.ts';
import type { Rotation } from '../workspaces/rotate-keys.ts';

/** How far the import of an account is. */
export type ImportState = {
  state: 'importing' | 'connected' | 'disconnected';
  importing: { done: number; total: number | null; secondsLeft?: number | null; paused?: boolean } | null;
};

/** What commands work on. */
export type ControlDeps = {
  store: Pick<Store, 'deadLetters' | 'redrive' | 'audit' | 'copyOut' | 'workspaces'>;
  clock: Clock;
  /** Whether the store is there, whole, and has room. */
  storeChecks: () => Promise<Check[]>;
  /** Whether what is kept is sound, and each ledger what its facts say: reads all of it. */
  inspect: () => Promise<Check[]>;
  examine: (repair: boolean) => Promise<Check[]>;
  rotateKeys: () => Promise<Rotation>;
  moveEndpoints: (wish: MoveWish) => Promise<Move[]>;
  /** Folds the facts of a workspace again. @returns keys of rows that differ, or did */
  rebuild: (workspaceId: string, isCheck: boolean) => Promise<Rebuilt>;
  eraseWhom: EraseWhom;
  /** What became of the import of an account after a wish; without one it only looks. @throws not_found */
  steerImport: (account: string, wish: 'pause' | 'resume' | 'again' | null) => Promise<ImportState>;
  workspaces: Pick<EraseWorkspace, 'erase'>;
  /** Sweeps one workspace or all; left out where no connector runs. */
  reconcile?: (workspaceId: string | null, isFull: boolean) => Promise<Report[]>;
};

/** A payer by the gateway's id, or a contact by the CRM's. */
export type Whom = { kind: 'payer' | 'contact'; id: string };

export type EraseWhom = {
  /** Where somebody of that id is known, in one workspace or in all, and what erasing them takes. */
  find(whom: Whom, workspaceId: string | null): Promise<Found[]>;
  begin(found: Found): Promise<void>;
};

type Found = { workspaceId: string; names: string[]; items: WorkItem[] };

/** What stands behind the name of a command. */
export type Typed = { words: string[]; options: Record<string, string | boolean> };

type Spec<Result> = {
  says: string;
  options: ParseArgsOptionsConfig;
  /** Goes over a socket as JSON. */
  result: z.ZodType<Result>;
  /** Where it was typed, before anybody carries it out. */
  prepare?(typed: Typed): Typed;
  run(deps: ControlDeps, typed: Typed): Promise<Result>;
  /** What to answer where the store cannot be opened; left out: that it cannot. */
  closed?: (why: Check, typed: Typed) => Result;
  /** True for an answer that ends the command with a code of its own. */
  isFailure?: (result: Result) => boolean;
  /** For people; tools take the result itself. */
  text(result: Result): string;
};

export type Command = Omit<Spec<unknown>, 'result'>;

/** @returns the command for a table of many: what its `text` is given is checked first */
export const command = <Result>({ result, text, isFailure, ...spec }: Spec<Result>): Command => ({
  ...spec,
  ...(isFailure ? { isFailure: (given: unknown) => isFailure(result.parse(given)) } : {}),
  text: (given) => text(result.parse(given)),
});
