// Tells every process when something is due: beside the transactions that left it, as theirs would have to stand in line.

/** Many rows at once are one announcement. */
const TOGETHER_MS = 20;
/** Moments closer together than this are one. */
const GRAIN_MS = 50;
/** More than these in one announcement are found by looking. */
const MOST = 100;

export type Announcer = {
  /** Something was left that is due at these moments. */
  due(...moments: readonly (Date | string)[]): void;
  close(): void;
};

/**
 * An announcement that does not arrive costs time and nothing else: whoever looks finds what is due.
 * @param send moments in Unix milliseconds, separated by commas
 */
export function createAnnouncer(send: (moments: string) => Promise<unknown>): Announcer {
  const left = new Set<number>();
  const state: { isBusy: boolean; timer?: NodeJS.Timeout } = { isBusy: false };
  const flush = async (): Promise<void> => {
    const moments = [...left].sort((a, b) => a - b).slice(0, MOST);
    left.clear();
    await send(moments.join(',')).catch(() => undefined);
    state.timer = setTimeout(next, TOGETHER_MS);
  };
  const next = (): void => {
    state.isBusy = left.size > 0;
    if (state.isBusy) void flush();
  };
  return {
    due(...moments) {
      for (const moment of moments) left.add(Math.ceil(new Date(moment).getTime() / GRAIN_MS) * GRAIN_MS);
      if (!state.isBusy) next();
    },
    close() {
      clearTimeout(state.timer);
      state.isBusy = true;
    },
  };
}
