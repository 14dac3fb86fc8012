// Waits for a state instead of a time.

const POLL_MS = 25;

/** Asks every so many milliseconds until something other than undefined comes back. Throws with `what` after `limitMs`. */
export async function waitFor<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  limitMs = 10_000,
  everyMs = POLL_MS,
): Promise<T> {
  const until = Date.now() + limitMs;
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (Date.now() > until) throw new Error(`waited ${limitMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
