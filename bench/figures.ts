// What a benchmark answers: a value with the gate it must hold and the goal it aims at.

export type Figure = {
  /** On which it was measured; set where figures of a run are put together. */
  store?: string;
  /** null where it was skipped. */
  value: number | null;
  unit: string;
  /** null: a headline that nothing depends on. */
  gate: number | null;
  goal: number | null;
  better: 'lower' | 'higher';
  holds: boolean;
  /** Why it was not measured here. */
  skipped?: string;
  /** What the value was computed from. */
  from?: Record<string, number | string>;
};

export type Figures = Record<string, Figure>;

export type Bounds = Pick<Figure, 'unit' | 'gate' | 'goal'> & { better?: Figure['better'] };

/** @param from the numbers behind the value, for whoever wants to know what limits it */
export function figure(value: number, bounds: Bounds, from: Figure['from'] = {}): Figure {
  const { better = 'lower', gate } = bounds;
  const isWithin = gate === null || (better === 'lower' ? value <= gate : value >= gate);
  const holds = Number.isFinite(value) && isWithin;
  return { value: rounded(value), ...bounds, better, holds, from };
}

/** Named in the answer and never passed over in silence; it holds nothing up. */
export const skipped = (why: string, { better = 'lower', ...bounds }: Bounds): Figure => ({
  value: null,
  ...bounds,
  better,
  holds: true,
  skipped: why,
});

export const rounded = (value: number): number => Number(value.toPrecision(4));

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] = [sorted[(sorted.length - 1) >> 1], sorted[middle]];
  return (low + high) / 2;
}

export const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ??
  Number.NaN;

/** As a line for people: `crm-lone 0.9 s (gate 2, goal 1) holds`. */
export function lineOf(name: string, one: Figure): string {
  if (one.skipped !== undefined) return `${name}: skipped, ${one.skipped}`;
  const sign = one.better === 'lower' ? '≤' : '≥';
  const bounds = one.gate === null ? 'no gate' : `gate ${sign} ${one.gate}, goal ${sign} ${one.goal}`;
  const from = Object.entries(one.from ?? {}).map(([key, value]) => `${key} ${value}`);
  return [
    `${name}: ${one.value} ${one.unit} (${bounds}) ${one.holds ? 'holds' : 'DOES NOT HOLD'}`,
    ...(from.length > 0 ? [`    ${from.join(', ')}`] : []),
  ].join('\n');
}
