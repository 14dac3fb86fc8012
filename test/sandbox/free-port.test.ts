// Ports for servers whose address must be known before they start.
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { freePort } from '../../sandbox/world/free-port.ts';

test('no port is named twice, also where nobody has taken it yet', async () => {
  const ports = await Promise.all(Array.from({ length: 300 }, freePort));

  expect(new Set(ports).size).toBe(300);
});

test('a port that somebody has is left out', async () => {
  const next = (await freePort()) + 1;
  const server = createServer();
  // Where somebody else has it already, that serves as well.
  await new Promise<void>((resolve) =>
    server.once('error', () => resolve()).listen(next, '127.0.0.1', resolve),
  );
  try {
    expect(await freePort()).not.toBe(next);
  } finally {
    server.close();
  }
});
