// What a row of faults comes to: points, findings, and how much was written for what was paid.
import { VERDICTS, type Finding, type Verdict } from './oracle.ts';

export type Result = {
  /** Faults that really took place. */
  points: number;
  findings: (Finding & { where: string })[];
  payments: number;
  crmWrites: number;
  /** Why rows could not be played: then nothing was shown. */
  unplayed: string[];
};

export type Totals = { points: number } & Record<Verdict, number> & {
    writesPerPayment: number;
    unplayed: number;
  };

export const emptyResult = (): Result => ({
  points: 0,
  findings: [],
  payments: 0,
  crmWrites: 0,
  unplayed: [],
});

export function totalsOf(results: readonly Result[]): Totals {
  const add = (pick: (result: Result) => number): number =>
    results.reduce((sum, result) => sum + pick(result), 0);
  const counts = Object.fromEntries(
    VERDICTS.map((verdict) => [
      verdict,
      add(({ findings }) => findings.filter((one) => one.verdict === verdict).length),
    ]),
  ) as Record<Verdict, number>;
  const payments = add((result) => result.payments);
  const writes = add((result) => result.crmWrites) / Math.max(1, payments);
  return {
    points: add((result) => result.points),
    ...counts,
    writesPerPayment: Math.round(writes * 100) / 100,
    unplayed: add((result) => result.unplayed.length),
  };
}

/** Something was played, all of it, and nothing was found. */
export const isClean = (totals: Totals): boolean =>
  totals.points > 0 && totals.unplayed === 0 && VERDICTS.every((verdict) => totals[verdict] === 0);

export const hasFound = (totals: Totals): boolean => VERDICTS.some((verdict) => totals[verdict] > 0);
