// Divides what was read into posts: by workspace, what one payer did together, none so large that it holds up the rest.
import type { Fact } from '../ledger/facts.ts';
import type { ClaimedEvent, WorkItem } from '../store/store.ts';

/** An event, what it says, and what it leaves to be done. */
export type Read = { event: ClaimedEvent; facts: Fact[]; add: WorkItem[] };

/** A post computes in one go, and nobody is answered meanwhile. */
const MOST = 100;

/** @returns the posts of each workspace; everything of a payer is read and computed once for each of them */
export function portionsOf(read: readonly Read[]): { workspaceId: string; posts: Read[][] }[] {
  const workspaces = Map.groupBy(read, ({ event }) => event.workspaceId);
  return [...workspaces].map(([workspaceId, group]) => ({ workspaceId, posts: postsOf(group) }));
}

function postsOf(group: readonly Read[]): Read[][] {
  const posts: Read[][] = [];
  for (const ofPayer of Map.groupBy(group, payerOf).values()) {
    const last = posts.at(-1);
    if (last && last.length + ofPayer.length <= MOST) last.push(...ofPayer);
    else for (let from = 0; from < ofPayer.length; from += MOST) posts.push(ofPayer.slice(from, from + MOST));
  }
  return posts;
}

/** Those that name nobody go together. */
const payerOf = ({ facts }: Read): string | null => facts.find(({ owner }) => owner !== null)?.owner ?? null;
