// Planted between the connector and a CRM: a relay that sends every batch several times, as a careless client would.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

const TIMES = 4;

export type Relay = { url: string; close(): Promise<void> };

export async function startRelay(target: string): Promise<Relay> {
  const server = createServer((req, res) => {
    void relayed(target, req).then(async (answer) => {
      const headers = Object.fromEntries(answer.headers);
      for (const name of ['content-length', 'content-encoding', 'transfer-encoding', 'connection'])
        delete headers[name];
      res.writeHead(answer.status, headers).end(Buffer.from(await answer.arrayBuffer()));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function relayed(target: string, req: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = [];
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
  const method = req.method ?? 'GET';
  const headers = new Headers();
  for (const [name, value] of Object.entries(req.headers))
    if (typeof value === 'string' && !['host', 'connection', 'content-length'].includes(name))
      headers.set(name, value);
  const send = (): Promise<Response> =>
    fetch(`${target}${req.url ?? '/'}`, {
      method,
      headers,
      redirect: 'manual',
      ...(method === 'GET' ? {} : { body: Buffer.concat(chunks) }),
    });
  // What is set up at an install, and the code of a consent, work once.
  const times = req.url?.includes('/batch/') ? TIMES : 1;
  for (let time = 1; time < times; time += 1) await (await send()).arrayBuffer();
  return send();
}
