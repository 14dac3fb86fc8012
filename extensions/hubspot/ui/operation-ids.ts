// Operation ids: one per thing a person starts, the same one until that thing has definitely ended.

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');

/** A random version-4 uuid, also where the worker has no `crypto.randomUUID`. */
export function newOperationId(source: Pick<Crypto, 'getRandomValues'> & Partial<Crypto> = crypto): string {
  if (typeof source.randomUUID === 'function') return source.randomUUID();
  const bytes = source.getRandomValues(new Uint8Array(16));
  const text = Array.from(bytes, (byte, index) => {
    if (index === 6) return hex((byte & 0x0f) | 0x40);
    return hex(index === 8 ? (byte & 0x3f) | 0x80 : byte);
  }).join('');
  return [8, 12, 16, 20, 32].map((end, i, ends) => text.slice(ends[i - 1] ?? 0, end)).join('-');
}

export type OperationIds = {
  /** The id for what `key` names; a new one only when the last has been settled. */
  take: (key: string) => string;
  isOpen: (key: string) => boolean;
  settle: (key: string) => void;
};

export function createOperationIds(): OperationIds {
  const open = new Map<string, string>();
  return {
    take(key) {
      const id = open.get(key) ?? newOperationId();
      open.set(key, id);
      return id;
    },
    isOpen: (key) => open.has(key),
    settle: (key) => void open.delete(key),
  };
}
