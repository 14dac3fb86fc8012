// The connector as operators run it: a process of its own, on the world's settings.
import { fileURLToPath } from 'node:url';
import node from '../../bin/node.json' with { type: 'json' };
import { waitFor } from '../../sandbox/world/wait.ts';
import { start, type Running } from './spawn.ts';

const CLI = fileURLToPath(new URL('../../src/first.js', import.meta.url));
export const INSIDE = '../processes/inside.ts';
export const SLOW = '../plants/slow.ts';

export type Connector = Running & { startedInMs: number };

/** @param inside modules loaded into the process, relative to this folder */
export async function startConnector(env: Record<string, string>, inside: string[] = []): Promise<Connector> {
  const begun = performance.now();
  const { flags } = node;
  const running = start({ script: CLI, args: ['serve'], env: { ...node.env, ...env }, flags, inside });
  await waitFor('the connector to listen', () => isReady(env['PUBLIC_BASE_URL'] ?? ''), 60_000);
  return { ...running, startedInMs: performance.now() - begun };
}

const isReady = (url: string): Promise<true | undefined> =>
  fetch(`${url}/healthz`).then(
    ({ ok }) => ok || undefined,
    () => undefined,
  );
