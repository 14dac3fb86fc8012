// The demo of the rep on the phone holds.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { phone } from '../../sandbox/demo/phone.ts';

let folder: string;

beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'payside-demo-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the phone demo holds: watched live, charged later with consent, credit given back', async () => {
  const { held, result } = await phone({ folder });
  expect(result).toEqual({
    linkPaid: 1,
    stagesSeen: ['waiting', 'opened', 'typing', 'authenticating', 'paid'],
    chargedOnFile: 1,
    creditReturned: 1,
    stoppedAt: null,
  });
  expect(held).toBe(true);
}, 40_000);
