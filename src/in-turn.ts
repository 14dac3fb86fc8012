// Lets work that reads and rewrites the same thing go one after the other, so that none undoes another's change.

const tails = new WeakMap<object, Map<string, Promise<unknown>>>();

/**
 * @param owner what the key belongs to, such as the store
 * @param key names what is changed, such as `account:ga_1`; never taken again inside `work`
 */
export function inTurn<T>(owner: object, key: string, work: () => Promise<T>): Promise<T> {
  const waiting = tails.get(owner) ?? new Map<string, Promise<unknown>>();
  tails.set(owner, waiting);
  const mine = (waiting.get(key) ?? Promise.resolve()).then(work, work);
  const quiet = mine
    .catch(() => undefined)
    .finally(() => {
      if (waiting.get(key) === quiet) waiting.delete(key);
    });
  waiting.set(key, quiet);
  return mine;
}
