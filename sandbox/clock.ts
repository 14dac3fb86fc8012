// The sandbox's own time: runs like the wall clock, and can be moved forward from the start page.

export type SandboxClock = {
  now(): Date;
  /** Moves time forward by so many milliseconds. */
  advance(ms: number): void;
};

export function createSandboxClock(): SandboxClock {
  let offset = 0;
  return {
    now: () => new Date(Date.now() + offset),
    advance(ms) {
      offset += ms;
    },
  };
}
