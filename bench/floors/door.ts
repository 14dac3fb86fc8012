// The least a webhook receiver does: node:http, the signature, and the store's own grouped insert. A process of its own.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { openStore } from '../stores.ts';

const [port = '0', storeUrl = '', secret = ''] = process.argv.slice(2);
const store = await openStore(storeUrl);

async function rawOf(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function isSigned(raw: Buffer, header: string): boolean {
  const [, time = '', given = ''] = /^t=(\d+),v1=([0-9a-f]+)$/.exec(header) ?? [];
  const expected = createHmac('sha256', secret).update(`${time}.`).update(raw).digest();
  const shown = Buffer.from(given, 'hex');
  return shown.length === expected.length && timingSafeEqual(shown, expected);
}

createServer((req, res) => {
  void rawOf(req).then(async (raw) => {
    if (!isSigned(raw, String(req.headers['stripe-signature']))) return res.writeHead(400).end();
    const { id, type } = JSON.parse(raw.toString('utf8')) as { id: string; type: string };
    const receivedAt = new Date().toISOString();
    const event = {
      source: 'ga_1',
      account: 'ga_1',
      workspaceId: 'ws_1',
      dedupeKey: id,
      kind: type,
      receivedAt,
    };
    await store.accept([{ ...event, state: 'waiting', reason: null, raw }]);
    res.writeHead(200, { 'content-type': 'application/json' }).end('{"received":true}');
  });
}).listen(Number(port), '127.0.0.1');
