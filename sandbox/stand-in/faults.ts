// Fault switches of a stand-in: armed over HTTP, used up one exchange at a time.

export type FaultKind = string;

type Armed = { count: number; ms: number };

export type Faults = {
  arm(kind: FaultKind, count: number, ms: number): void;
  /** Uses up one of the armed faults of this kind; undefined when none is armed. */
  take(kind: FaultKind): { ms: number } | undefined;
  armed(): Record<FaultKind, Armed>;
  clear(): void;
};

export function createFaults(): Faults {
  const faults = new Map<FaultKind, Armed>();
  return {
    arm: (kind, count, ms) => void faults.set(kind, { count, ms }),
    take(kind) {
      const fault = faults.get(kind);
      if (!fault || fault.count <= 0) return undefined;
      fault.count -= 1;
      return { ms: fault.ms };
    },
    armed: () => Object.fromEntries(faults),
    clear: () => faults.clear(),
  };
}
