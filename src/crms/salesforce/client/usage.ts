// How much of a day's API calls an org has used, and when background work has to leave the rest to people and other apps.

/** Of the day's calls, what Payside's background work leaves alone. */
const HEAD_ROOM = 0.1;
/** The day rolls on, so that what was used is asked again after a while: by one call that tells with its answer. */
const KNOWN_FOR_MS = 5 * 60_000;

export type Usage = {
  note(installationId: string, api: { used: number; limit: number } | undefined): void;
  /** @returns 0, or milliseconds for which background work should leave the org alone */
  pauseMs(installationId: string): number;
};

export function createUsage(now: () => Date): Usage {
  const known = new Map<string, { isLow: boolean; until: number }>();
  return {
    note(installationId, api) {
      if (!api || !(api.limit > 0)) return;
      const isLow = api.used >= api.limit * (1 - HEAD_ROOM);
      known.set(installationId, { isLow, until: now().getTime() + KNOWN_FOR_MS });
    },
    pauseMs(installationId) {
      const last = known.get(installationId);
      return last?.isLow ? Math.max(0, last.until - now().getTime()) : 0;
    },
  };
}
