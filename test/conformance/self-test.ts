// Shows that the checkers can fail: seeded mistakes must be found where they are, and correct exchanges must pass.
import type { CheckedExchange, Checker, Verdict } from './contract.ts';

/** `expect` is the beginning of what must be reported, `<where> <at>: <message>`; without it the sample is correct. */
export type Seed = { why: string; expect?: string } & ({ exchange: CheckedExchange } | { webhook: unknown });

export type SelfTestResult = { caught: number; total: number; complaints: string[] };

export function selfTest(checker: Checker, seeds: readonly Seed[]): SelfTestResult {
  const wrong = seeds.filter((seed) => seed.expect !== undefined);
  const complaints = seeds.flatMap((seed) => complaintsAbout(seed, checker));
  const caught = wrong.filter((seed) => complaintsAbout(seed, checker).length === 0).length;
  return { caught, total: wrong.length, complaints };
}

function complaintsAbout(seed: Seed, checker: Checker): string[] {
  const found = violationTexts(verdictOn(seed, checker));
  const { expect, why } = seed;
  if (expect === undefined) return found.map((text) => `refused although correct: ${why}: ${text}`);
  return found.some((text) => text.startsWith(expect))
    ? []
    : [`not caught: ${why}: expected "${expect}", found ${found.join(' | ') || 'nothing'}`];
}

export function verdictOn(seed: Seed, checker: Checker): Verdict {
  return 'webhook' in seed ? checker.checkWebhook(seed.webhook) : checker.check(seed.exchange);
}

export function violationTexts(verdict: Verdict): string[] {
  return verdict.violations.map(({ where, at, message }) => `${where} ${at}: ${message}`);
}
