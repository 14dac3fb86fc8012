// The judge judged: correct exchanges pass, each seeded mistake is found where it is, and a run ends with the right exit code.
import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { createHubspotChecker } from './check-hubspot.ts';
import { createStripeChecker } from './check-stripe.ts';
import { ROOT } from './contract-cache.ts';
import type { Checker, CheckedExchange } from './contract.ts';
import { recordingFile } from './recordings.ts';
import { HUBSPOT_SEEDS } from './seeds-hubspot.ts';
import { STRIPE_SEEDS } from './seeds-stripe.ts';
import { selfTest, verdictOn, violationTexts, type Seed } from './self-test.ts';
import { HUBSPOT_SUPPLEMENT } from './supplement.ts';
import { olderPath, TWINS } from './twins.ts';

let stripe: Checker;
let hubspot: Checker;

beforeAll(async () => {
  stripe = await createStripeChecker();
  hubspot = await createHubspotChecker();
});

function describeSeeds(vendor: string, checker: () => Checker, seeds: readonly Seed[]): void {
  describe(`the ${vendor} check`, () => {
    for (const seed of seeds) {
      if (seed.expect === undefined) {
        test(`accepts ${seed.why}`, () => {
          expect(violationTexts(verdictOn(seed, checker()))).toEqual([]);
        });
        continue;
      }
      const start = seed.expect;
      test(`reports ${seed.why}`, () => {
        const found = violationTexts(verdictOn(seed, checker()));
        expect(found.filter((text) => text.startsWith(start))).not.toEqual([]);
      });
    }

    test('has at least twelve mistakes to catch', () => {
      expect(seeds.filter((seed) => seed.expect !== undefined).length).toBeGreaterThanOrEqual(12);
    });
  });
}

describeSeeds('Stripe', () => stripe, STRIPE_SEEDS);
describeSeeds('HubSpot', () => hubspot, HUBSPOT_SEEDS);

test('every seeded mistake is the only thing wrong with its HubSpot exchange', () => {
  const wrong = HUBSPOT_SEEDS.filter((seed) => seed.expect !== undefined && 'exchange' in seed);
  for (const seed of wrong) {
    const found = violationTexts(verdictOn(seed, hubspot));
    const places = new Set(found.map((text) => text.split(' ')[0]));
    expect([seed.why, places.size]).toEqual([seed.why, 1]);
  }
});

test('the self-test complains when a checker notices nothing', () => {
  const blind: Checker = {
    source: 'none',
    check: () => ({ operation: '', basis: 'sdk', violations: [] }),
    checkWebhook: () => ({ operation: '', basis: 'sdk', violations: [] }),
  };
  const result = selfTest(blind, STRIPE_SEEDS);
  expect(result.caught).toBe(0);
  expect(result.complaints).toHaveLength(result.total);
});

test('the contracts are those of the pinned packages', () => {
  expect(stripe.source).toBe('stripe 23.1.0');
  expect(hubspot.source).toBe('@hubspot/api-client 14.0.1');
});

test('a dated path is judged by its twin, an undated one by itself and another date by nothing', () => {
  expect(olderPath('/crm/objects/2026-03/contacts/batch/upsert')).toBe(
    '/crm/v3/objects/contacts/batch/upsert',
  );
  expect(olderPath('/crm/owners/2026-03')).toBe('/crm/v3/owners');
  expect(olderPath('/crm/v3/owners')).toBe('/crm/v3/owners');
  expect(olderPath('/crm/objects/2026-09/contacts')).toBeUndefined();
});

test('a stand-in records to a file of its own only while a recording is made', () => {
  vi.stubEnv('RECORD_EXCHANGES', '/recorded');
  expect(recordingFile('stripe')).toBe(`/recorded/stripe-${process.pid}.ndjson`);
  vi.stubEnv('RECORD_EXCHANGES', '');
  expect(recordingFile('stripe')).toBeUndefined();
  vi.unstubAllEnvs();
});

test('every hand-written entry names the public page it follows', () => {
  for (const { source } of [...HUBSPOT_SUPPLEMENT, ...TWINS]) {
    expect(source).toMatch(/^https:\/\/developers\.hubspot\.com\/docs\//);
  }
});

describe('a run over recordings', () => {
  const good = STRIPE_SEEDS.find((seed) => seed.why === 'an empty value clears a field');
  const token = HUBSPOT_SEEDS.find((seed) => seed.why === 'code for tokens');
  const wrong = HUBSPOT_SEEDS.find((seed) => seed.why === 'invented field in an answer');

  test('ends with one line a vendor and success when everything conforms', async () => {
    const { code, lines } = await run([line('stripe', good), line('hubspot', token)]);
    expect(lines.slice(-2)).toEqual([
      'stripe 1 exchanges 0 violations',
      'hubspot 1 exchanges (1 by supplement) 0 violations',
    ]);
    expect(code).toBe(0);
  });

  test('prints operation, place and message of a violation and fails', async () => {
    const { code, lines } = await run([
      line('hubspot', wrong),
      line('hubspot', wrong),
      line('hubspot', token),
    ]);
    expect(lines).toContain(
      'hubspot  POST /crm/v3/objects/contacts/batch/upsert  response /results/*/owner: unknown field  (2 times)',
    );
    expect(lines).toContain('hubspot 3 exchanges (1 by supplement) 2 violations');
    expect(code).toBe(1);
  });

  test('fails when a vendor was never called', async () => {
    const { code, lines } = await run([line('hubspot', token)]);
    expect(lines).toContain('stripe 0 exchanges 0 violations');
    expect(code).toBe(1);
  });

  test('judges delivered webhooks too', async () => {
    const webhook = { vendor: 'stripe', webhook: { type: 'customer.renamed' } };
    const { lines } = await run([JSON.stringify(webhook)]);
    expect(lines).toContain(
      'stripe  event customer.renamed  event /type: unknown event type customer.renamed',
    );
    expect(lines).toContain('stripe 1 exchanges 1 violations');
  });
});

function line(vendor: string, seed: Seed | undefined): string {
  if (!seed || !('exchange' in seed)) throw new Error('the sample for this test is gone');
  const exchange: CheckedExchange & { vendor: string; at: string } = {
    vendor,
    at: '2026-11-22T10:00:00.000Z',
    ...seed.exchange,
  };
  return JSON.stringify(exchange);
}

async function run(recorded: string[]): Promise<{ code: number; lines: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'payside-conformance-'));
  writeFileSync(join(folder, 'sample.ndjson'), `${recorded.join('\n')}\n`);
  const command = [join(ROOT, 'test/conformance/run.ts'), '--from', folder];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, command);
    return { code: 0, lines: stdout.trim().split('\n') };
  } catch (error) {
    const failed = error as { code: number; stdout: string };
    return { code: failed.code, lines: failed.stdout.trim().split('\n') };
  }
}
