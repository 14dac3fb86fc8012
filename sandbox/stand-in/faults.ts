// Fault switches of a stand-in: armed over HTTP, used up one exchange at a time.

export type FaultKind = string;

/** `from`: part of the first call that is hit, such as `/pay`, as is every later one; left out: from the next call on. */
type Armed = { count: number; ms: number; from?: string | undefined };

export type Faults = {
  arm(kind: FaultKind, count: number, ms: number, from?: string): void;
  /** Uses up one of the armed faults of this kind; undefined when none is armed, or its first call has not come. @param call as `POST /v1/…` */
  take(kind: FaultKind, call?: string): { ms: number } | undefined;
  armed(): Record<FaultKind, Armed>;
  clear(): void;
};

export function createFaults(): Faults {
  const faults = new Map<FaultKind, Armed>();
  return {
    arm: (kind, count, ms, from) => void faults.set(kind, { count, ms, from }),
    take(kind, call = '') {
      const fault = faults.get(kind);
      if (!fault || fault.count <= 0 || !call.includes(fault.from ?? '')) return undefined;
      fault.from = '';
      fault.count -= 1;
      return { ms: fault.ms };
    },
    armed: () => Object.fromEntries(faults),
    clear: () => faults.clear(),
  };
}
