// Senders who take their time: they are sent away, and nobody waits for them meanwhile.
import { connect } from 'node:net';
import express from 'express';
import { afterEach, expect, it } from 'vitest';
import { listen, type RunningServer } from '../../src/http/server.ts';
import { createWebhookDoor } from '../../src/http/webhook-door.ts';
import { createLog } from '../../src/log.ts';

let server: RunningServer;
afterEach(() => server.close());

const MOST_HEADERS_MS = 20_000;
const MOST_REQUEST_MS = 40_000;

type Left = { tookMs: number; answer: string };

/** Sends the beginning of a request and then a byte every half second. */
function dawdle(port: number, beginning: string): Promise<Left> {
  return new Promise((resolve) => {
    const begun = performance.now();
    const parts: string[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(beginning));
    const timer = setInterval(() => socket.write('x'), 500);
    socket.on('data', (part: Buffer) => parts.push(part.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(timer);
      resolve({ tookMs: performance.now() - begun, answer: parts.join('') });
    });
  });
}

it(
  'are sent away after half a minute at most, whether headers or body do not end, and hold up nobody',
  async () => {
    const door = createWebhookDoor({
      accept: async () => ({ outcome: 'stored' }),
      noticesOf: () => null,
      log: createLog('silent'),
    });
    server = await listen(0, door, express());
    const { port } = server;
    const headers = dawdle(port, 'POST /webhooks/stripe HTTP/1.1\r\nhost: localhost\r\nx-slow: ');
    const body = dawdle(
      port,
      'POST /webhooks/stripe HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9999\r\n\r\n',
    );
    const quick = await fetch(`http://127.0.0.1:${port}/webhooks/stripe`, { method: 'POST', body: 'quick' });
    expect(quick.status).toBe(200);
    const [first, second] = await Promise.all([headers, body]);
    expect(first.tookMs).toBeLessThan(MOST_HEADERS_MS);
    expect(second.tookMs).toBeLessThan(MOST_REQUEST_MS);
    for (const { answer } of [first, second]) expect(answer).toContain(' 408 ');
  },
  MOST_REQUEST_MS + 10_000,
);
