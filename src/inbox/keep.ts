// Keeps what arrived, as it came; only then may whoever sent it be told that it arrived.
import { createHash } from 'node:crypto';
import type { IncomingEvent, Store } from '../store/store.ts';

export type Keeping = { store: Pick<Store, 'accept'>; wake: () => void };

export type AcceptOutcome =
  | { outcome: 'stored' | 'duplicate' | 'ignored' | 'malformed' }
  /** Nobody who is connected is meant: there is no workspace in which it could be kept. */
  | { outcome: 'nobody' }
  | { outcome: 'refused'; reason: 'signature' | 'time' };

/** Throws only `store_unavailable`: then nothing was kept and the sender must try again. */
export async function keep({ store, wake }: Keeping, events: IncomingEvent[]): Promise<AcceptOutcome> {
  const isNew = await store.accept(events);
  const kept = events.filter((_, index) => isNew[index]);
  if (kept.some(({ state }) => state === 'waiting')) wake();
  return { outcome: outcomeOf(events, kept) };
}

/** One merchant may be connected in several workspaces: what is new for one of them counts. */
function outcomeOf(
  events: IncomingEvent[],
  kept: IncomingEvent[],
): Exclude<AcceptOutcome['outcome'], 'refused'> {
  const [first] = kept.toSorted((a, b) => Number(b.state === 'waiting') - Number(a.state === 'waiting'));
  if (first) return OUTCOMES[first.state];
  return events.length > 0 ? 'duplicate' : 'nobody';
}

const OUTCOMES = { waiting: 'stored', ignored: 'ignored', dead: 'malformed' } as const;

/** What a sender gave no name is called by what it says. */
export const nameOf = (raw: Uint8Array): string => createHash('sha256').update(raw).digest('base64url');
