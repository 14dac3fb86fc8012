// The soak's judgement of memory: what grows is told from what only moves up and down.
import { describe, expect, it } from 'vitest';
import { growthOf, isSteady, MOST_MB_PER_MINUTE, type Sample, type Soak } from './soak.ts';

const samples = (mb: (minute: number) => number): Sample[] =>
  Array.from({ length: 240 }, (_, index) => ({ minute: index / 12, mb: mb(index / 12) }));

const soaked = (mb: (minute: number) => number, change: Partial<Soak> = {}): Soak => ({
  points: 1,
  lost: 0,
  doubled: 0,
  wrong: 0,
  leaked: 0,
  stuck: 0,
  writesPerPayment: 3,
  unplayed: 0,
  minutes: 20,
  payments: 1,
  flooded: 1,
  ...growthOf(samples(mb)),
  ...change,
});

describe('a soak', () => {
  it('is steady where memory rises at first and then goes up and down', () => {
    const found = soaked((minute) => 200 + Math.min(minute, 5) * 20 + 3 * Math.sin(minute * 7));
    expect(isSteady(found)).toBe(true);
    expect(found.memoryMb.most).toBeGreaterThan(295);
  });

  it('is not steady where a little more is held each minute', () => {
    const found = soaked((minute) => 200 + minute * 2 * MOST_MB_PER_MINUTE);
    expect(found.mbPerMinute).toBeCloseTo(2 * MOST_MB_PER_MINUTE);
    expect(isSteady(found)).toBe(false);
  });

  it('is not steady where something was lost meanwhile', () => {
    expect(isSteady(soaked(() => 200))).toBe(true);
    expect(isSteady(soaked(() => 200, { lost: 1 }))).toBe(false);
  });
});
