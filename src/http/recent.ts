// Keeps what was used lately, up to a size: what nobody asked for longest goes first.

export type Recent<T> = {
  get(key: string): T | undefined;
  /** @param size of the value, in the unit of the limit */
  put(key: string, value: T, size: number): void;
};

/** @param most sum of the sizes that are kept; what is larger alone is not kept at all */
export function createRecent<T>(most: number): Recent<T> {
  // A map hands its keys out in the order they were set: the first is the one to forget.
  const kept = new Map<string, { value: T; size: number }>();
  let sum = 0;
  const forget = (key: string): void => {
    sum -= kept.get(key)?.size ?? 0;
    kept.delete(key);
  };
  return {
    get(key) {
      const found = kept.get(key);
      if (!found) return undefined;
      kept.delete(key);
      kept.set(key, found);
      return found.value;
    },
    put(key, value, size) {
      forget(key);
      if (size > most) return;
      kept.set(key, { value, size });
      sum += size;
      for (const [oldest] of kept) {
        if (sum <= most) return;
        forget(oldest);
      }
    },
  };
}
