// How much of a day's API calls an org has used, and when background work has to leave the rest to people and other apps.
import type { Log } from '../../../log.ts';
import type { DailyCalls } from '../../crm.ts';

/** Of the day's calls, what Payside's background work leaves alone. */
const HEAD_ROOM = 0.1;
/** From here on history waits, and what is new goes only as often as the rest of a day allows. */
const SCARCE = 0.2;
/** The day rolls on, so that what was used is asked again after a while: by one call that tells with its answer. */
const KNOWN_FOR_MS = 5 * 60_000;
const DAY_MS = 24 * 3_600_000;

export type Usage = {
  note(installationId: string, api: { used: number; limit: number } | undefined): void;
  /** Takes one call for background work. @returns 0, or milliseconds for which it should leave the org alone */
  takeMs(installationId: string): number;
  /** @returns 0, or milliseconds for which history should leave the org alone */
  historyWaitsMs(installationId: string): number;
  all(): DailyCalls[];
};

type Level = 'plenty' | 'scarce' | 'low';
type Known = { used: number; limit: number; level: Level; at: number };

export function createUsage(now: () => Date, log: Log): Usage {
  const known = new Map<string, Known>();
  const lastTaken = new Map<string, number>();
  const levelled = (id: string, ...levels: Level[]): Known | undefined => {
    const last = known.get(id);
    return last && levels.includes(last.level) ? last : undefined;
  };
  return {
    note(installationId, api) {
      if (!api || !(api.limit > 0)) return;
      const { used, limit } = api;
      const level = levelOf(used, limit);
      if (level !== (known.get(installationId)?.level ?? 'plenty'))
        log.warn('calls of the day', { installation: installationId, state: level, count: limit - used });
      known.set(installationId, { used, limit, level, at: now().getTime() });
    },
    takeMs(installationId) {
      const at = now().getTime();
      const low = levelled(installationId, 'low');
      const scarce = levelled(installationId, 'scarce');
      const free = low
        ? low.at + KNOWN_FOR_MS
        : scarce
          ? (lastTaken.get(installationId) ?? 0) + spacingMs(scarce)
          : at;
      if (free <= at) lastTaken.set(installationId, at);
      return Math.max(0, free - at);
    },
    historyWaitsMs(installationId) {
      const last = levelled(installationId, 'scarce', 'low');
      return last ? Math.max(0, last.at + KNOWN_FOR_MS - now().getTime()) : 0;
    },
    all() {
      const dayAgo = now().getTime() - DAY_MS;
      return [...known].flatMap(([installationId, { used, limit, at }]) =>
        at > dayAgo ? [{ installationId, used, limit }] : [],
      );
    },
  };
}

function levelOf(used: number, limit: number): Level {
  if (used >= limit * (1 - HEAD_ROOM)) return 'low';
  return used >= limit * (1 - SCARCE) ? 'scarce' : 'plenty';
}

/** What is left above the head-room, spread over a day: nobody knows when what was used rolls out of it. */
function spacingMs({ used, limit }: Known): number {
  return Math.min(KNOWN_FOR_MS, DAY_MS / Math.max(1, limit * (1 - HEAD_ROOM) - used));
}
