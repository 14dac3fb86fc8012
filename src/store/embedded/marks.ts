// Counts changes of what may be watched: no other process writes to this folder, so that every change passes by here.
import type { Store, Watched } from '../store.ts';

export type Marks = {
  /** Counts what a call that has ended, however it ended, may have changed. */
  ended(call: keyof Store, args: readonly unknown[]): void;
  stampOf(workspaceId: string, watched: Watched): string;
};

/** Counters are shared by names that fall together: then a stamp changes too often, never too seldom. */
const COUNTERS = 65_536;

type Calls = 'commit' | 'beginOperation' | 'endOperation' | 'postponeOperation';

const scopeName = (workspaceId: string, scope: string): string => `${workspaceId}|${scope}`;
/** An operation's end does not say on which record it was; people begin and end few. */
const operationsName = (workspaceId: string): string => `${workspaceId} operations`;

const CHANGED: { [Call in Calls]: (...args: Parameters<Store[Call]>) => string[] } = {
  commit: ({ workspaceId, scopes }) => scopes.map((scope) => scopeName(workspaceId, scope)),
  beginOperation: ({ workspaceId }) => [operationsName(workspaceId)],
  endOperation: (workspaceId) => [operationsName(workspaceId)],
  postponeOperation: (workspaceId) => [operationsName(workspaceId)],
};

const changedBy = (call: keyof Store, args: readonly unknown[]): string[] =>
  call in CHANGED ? (CHANGED[call as Calls] as (...all: readonly unknown[]) => string[])(...args) : [];

export function createMarks(): Marks {
  const counters = new Float64Array(COUNTERS);
  const count = (name: string): number => counters[placeOf(name)] ?? 0;
  return {
    ended(call, args) {
      for (const name of changedBy(call, args)) counters[placeOf(name)] = count(name) + 1;
    },
    // Counters only rise, so that their sum tells every change of one of them.
    stampOf: (workspaceId, { scopes }) =>
      String(
        scopes.reduce(
          (sum, scope) => sum + count(scopeName(workspaceId, scope)),
          count(operationsName(workspaceId)),
        ),
      ),
  };
}

/** FNV-1a. */
function placeOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1)
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % COUNTERS;
}
