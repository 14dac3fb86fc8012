// What an operator types, typed by the sandbox: the connector's own commands, against the world's connector.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { World } from './world.ts';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

/** Has everything compared and put right. @returns what the command said */
export async function reconcile({ envFile }: World): Promise<unknown> {
  const words = ['--disable-warning=ExperimentalWarning', CLI, '--env', envFile, 'reconcile', '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  return JSON.parse(stdout);
}
