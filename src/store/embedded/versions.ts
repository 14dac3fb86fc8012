// Versions of scopes: which commit changed one last. In memory, as nobody who read one outlives the only thread that counts.

/** So many scopes are remembered at least; a post reads and changes some hundreds. */
const LEAST = 20_000;

const state = {
  commits: 0,
  /** By workspace and scope; the younger half of what is remembered, and the older one. */
  recent: new Map<string, number>(),
  before: new Map<string, number>(),
  recentSince: 0,
  /** What stands for every scope that is not remembered: none of them has changed after this commit. */
  forgotten: 0,
};

const nameOf = (workspaceId: string, scope: string): string => `${workspaceId}|${scope}`;

/** A scope that was forgotten since it was read seems to have changed: whoever read it tries again. */
export function versionOf(workspaceId: string, scope: string): number {
  const name = nameOf(workspaceId, scope);
  return state.recent.get(name) ?? state.before.get(name) ?? state.forgotten;
}

export const versionsOf = (workspaceId: string, scopes: readonly string[]): Record<string, number> =>
  Object.fromEntries(scopes.map((scope) => [scope, versionOf(workspaceId, scope)]));

/** Also where the transaction fails later: a version that rose for nothing costs whoever read the one before another try. */
export function raiseVersions(workspaceId: string, scopes: readonly string[]): void {
  state.commits += 1;
  for (const scope of scopes) state.recent.set(nameOf(workspaceId, scope), state.commits);
  if (state.recent.size < LEAST) return;
  state.forgotten = state.recentSince;
  state.recentSince = state.commits;
  state.before = state.recent;
  state.recent = new Map();
}
