// Reads the exchanges and webhooks that stand-ins recorded, and makes new recordings by running the suites that use them.
import { spawn } from 'node:child_process';
import { createReadStream, globSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { ROOT } from './contract-cache.ts';

const SUITES = [
  'test/contract',
  'test/gateways',
  'test/crms',
  'test/reconcile',
  'test/outbox',
  'test/integration',
];

const exchangeLine = z.object({
  vendor: z.string(),
  method: z.string(),
  path: z.string(),
  requestHeaders: z.record(z.string(), z.union([z.string(), z.array(z.string())]).optional()),
  body: z.string(),
  status: z.number(),
  response: z.string(),
});
const webhookLine = z.object({ vendor: z.string(), webhook: z.unknown() });

export type RecordedExchange = z.infer<typeof exchangeLine>;
export type Recorded = RecordedExchange | { vendor: string; webhook: unknown };

/** Where a stand-in of this process records, for its `recordTo`; undefined while nothing is being recorded. */
export function recordingFile(vendor: string): string | undefined {
  const folder = process.env['RECORD_EXCHANGES'];
  return folder ? join(folder, `${vendor}-${process.pid}.ndjson`) : undefined;
}

export function recordingFiles(folder: string): string[] {
  return globSync('*.ndjson', { cwd: folder })
    .sort()
    .map((file) => join(folder, file));
}

/** Line by line, because a recording of a whole suite is larger than what should be held at once. */
export async function* readRecording(file: string): AsyncGenerator<Recorded> {
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(file, 'utf8') })) {
    number += 1;
    if (line.trim() !== '') yield parseLine(line, `${file}:${number}`);
  }
}

function parseLine(line: string, place: string): Recorded {
  const value: unknown = JSON.parse(line);
  const isWebhook = typeof value === 'object' && value !== null && 'webhook' in value;
  const parsed = (isWebhook ? webhookLine : exchangeLine).safeParse(value);
  if (!parsed.success)
    throw new Error(`${place} is not a recorded exchange: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** Drops old recordings and runs the suites with their stand-ins recording into `folder`; true when all tests passed. */
export async function record(folder: string): Promise<boolean> {
  mkdirSync(folder, { recursive: true });
  for (const file of recordingFiles(folder)) rmSync(file);
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', ...SUITES, '--reporter=dot'], {
    cwd: ROOT,
    env: { ...process.env, RECORD_EXCHANGES: folder },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code === 0));
  });
}
