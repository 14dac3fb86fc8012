// Waiting that ends with whoever waits: a timer would outlive its component.

/** How often something that moves is looked at again. */
export const MOVING_MS = 2000;

/** How often a card looks for news where no events can be had. */
export const QUIET_MS = 30_000;

/**
 * @param {number} ms
 * @param {AbortSignal} [stop]
 * @returns {Promise<boolean>} true when the time has passed, false when it was stopped before
 */
export function pause(ms, stop) {
  if (stop?.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    AbortSignal.timeout(ms).addEventListener('abort', () => resolve(!stop?.aborted), { once: true });
    stop?.addEventListener('abort', () => resolve(false), { once: true });
  });
}
