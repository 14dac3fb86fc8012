// `npm run conformance`: judges every recorded exchange and webhook by the vendors' contracts.
//
//   node test/conformance/run.ts                runs the recording suites first
//   node test/conformance/run.ts --from <dir>   judges the *.ndjson files of a folder
//   --self-test                                 first shows that every seeded mistake is caught
//
// Exit code 1 on a violation, a missed seed, failed suites, or when a vendor has no exchange at all.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createHubspotChecker } from './check-hubspot.ts';
import { createStripeChecker } from './check-stripe.ts';
import { RECORDED } from './contract-cache.ts';
import type { Checker, Verdict } from './contract.ts';
import { readRecording, record, recordingFiles, type Recorded } from './recordings.ts';
import { HUBSPOT_SEEDS } from './seeds-hubspot.ts';
import { STRIPE_SEEDS } from './seeds-stripe.ts';
import { selfTest, type Seed } from './self-test.ts';

type Tally = { exchanges: number; supplement: number; violations: Map<string, number> };

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: { from: { type: 'string' }, 'self-test': { type: 'boolean', default: false } },
  });
  const stripe = await createStripeChecker();
  const hubspot = await createHubspotChecker();
  const checkers = new Map<string, Checker>(Object.entries({ stripe, hubspot }));
  const seedsCaught =
    !values['self-test'] ||
    [testSeeds('stripe', stripe, STRIPE_SEEDS), testSeeds('hubspot', hubspot, HUBSPOT_SEEDS)].every(Boolean);
  const suitesPassed = values.from !== undefined || (await record(RECORDED));
  if (!suitesPassed) console.log('the recording suites failed; what they recorded is judged all the same');
  const conform = await judge(values.from ? resolve(values.from) : RECORDED, checkers);
  return seedsCaught && suitesPassed && conform;
}

function testSeeds(vendor: string, checker: Checker, seeds: readonly Seed[]): boolean {
  const { caught, total, complaints } = selfTest(checker, seeds);
  for (const complaint of complaints) console.log(complaint);
  console.log(`self-test ${vendor} ${caught}/${total} caught`);
  return complaints.length === 0;
}

async function judge(folder: string, checkers: Map<string, Checker>): Promise<boolean> {
  const tallies = new Map<string, Tally>();
  for (const vendor of checkers.keys())
    tallies.set(vendor, { exchanges: 0, supplement: 0, violations: new Map() });
  for (const file of recordingFiles(folder)) {
    for await (const recorded of readRecording(file)) {
      const tally = tallies.get(recorded.vendor);
      const verdict = verdictOn(recorded, checkers.get(recorded.vendor));
      if (tally && verdict) count(tally, verdict);
    }
  }
  const results = [...tallies].map(([vendor, tally]) => report(vendor, tally));
  return results.every(Boolean);
}

/** Undefined for vendors that this check does not cover and for a browser's preflight, which is no call of the API. */
function verdictOn(recorded: Recorded, checker: Checker | undefined): Verdict | undefined {
  if (!checker) return undefined;
  if ('webhook' in recorded) return checker.checkWebhook(recorded.webhook);
  return recorded.method === 'OPTIONS' ? undefined : checker.check(recorded);
}

function count(tally: Tally, verdict: Verdict): void {
  tally.exchanges += 1;
  if (verdict.basis === 'supplement') tally.supplement += 1;
  for (const { where, at, message } of verdict.violations) {
    // The same mistake in every item of a list is one finding.
    const place = at.replace(/\/\d+(?=\/|$)/g, '/*');
    const text = `${verdict.operation}  ${where}${place ? ` ${place}` : ''}: ${message}`;
    tally.violations.set(text, (tally.violations.get(text) ?? 0) + 1);
  }
}

function report(vendor: string, { exchanges, supplement, violations }: Tally): boolean {
  let total = 0;
  for (const [text, times] of violations) {
    total += times;
    console.log(`${vendor}  ${text}${times > 1 ? `  (${times} times)` : ''}`);
  }
  // Stripe's supplement is one token endpoint, which is not counted among the exchanges that its SDK vouches for.
  if (vendor === 'stripe') console.log(`stripe app tokens by supplement: ${supplement} exchanges`);
  const counted =
    vendor === 'stripe'
      ? `${exchanges - supplement} exchanges`
      : `${exchanges} exchanges (${supplement} by supplement)`;
  console.log(`${vendor} ${counted} ${total} violations`);
  return total === 0 && exchanges > 0;
}

process.exitCode = (await main()) ? 0 : 1;
