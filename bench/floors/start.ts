// Starts a floor and waits until it answers.
import { fileURLToPath } from 'node:url';
import { freePort } from '../../sandbox/world/free-port.ts';
import { waitFor } from '../../sandbox/world/wait.ts';
import { start, type Running } from '../processes/spawn.ts';

export type Floor = Running & { port: number; startedInMs: number };

export async function startFloor(
  name: 'door' | 'express-door' | 'express-read' | 'bare-start',
  args: [string, string],
): Promise<Floor> {
  const port = await freePort();
  const begun = performance.now();
  const script = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  const running = start({ script, args: [String(port), ...args] });
  const answers = (): Promise<true | undefined> =>
    fetch(`http://127.0.0.1:${port}/`).then(
      () => true as const,
      () => undefined,
    );
  await waitFor(`the floor ${name} to listen`, answers, 60_000);
  return { ...running, port, startedInMs: performance.now() - begun };
}
