// An HTTP proxy on one leg: passes requests on as they are, or does to them what networks and vendors do.
import { Agent, createServer, request, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FaultKind, Gate, Leg } from './gate.ts';

export type Proxy = { url: string; close(): Promise<void> };

export type ProxyOptions = {
  gate: Gate;
  legOf: (path: string) => Leg;
  /** Port behind it on loopback. */
  target: number;
  /** Resolves once somebody listens there; requests wait that long. */
  ready?: () => Promise<void>;
};

type Answer = { status: number; headers: IncomingHttpHeaders; body: Buffer };

type Crossing = {
  gate: Gate;
  leg: Leg;
  /** Passes the request on; null where nobody answers. */
  forward(): Promise<Answer | null>;
  /** Resolves when the answer is out. */
  reply(answer: Answer | null): Promise<void>;
  /** The first half of an answer, and nothing more. */
  replyHalf(answer: Answer | null): void;
  cut(): void;
};

export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const agent = new Agent({ keepAlive: false });
  const server = createServer((req, res) => {
    const path = req.url ?? '/';
    const leg = options.legOf(path);
    const { gate } = options;
    void gate.during(leg, async () => {
      const sent = await bytesOf(req).catch(() => null);
      if (sent === null) return;
      const { method = 'GET', headers } = req;
      const target = { host: '127.0.0.1', port: options.target, agent, method, path, headers };
      const fault = gate.judge({ leg, method, path });
      await cross(fault, {
        gate,
        leg,
        async forward() {
          await options.ready?.();
          return ask(target, sent);
        },
        reply: (answer) => reply(res, answer),
        replyHalf: (answer) => replyHalf(res, answer),
        cut: () => void res.socket?.destroy(),
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      agent.destroy();
    },
  };
}

const made = (status: number, body: string, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'text/html', ...headers },
  body: Buffer.from(body),
});

const FAULTS: Record<FaultKind, (crossing: Crossing) => Promise<void> | void> = {
  async 'kill-before'({ gate, cut }) {
    await gate.kill();
    cut();
  },
  async 'kill-during'({ gate, forward, cut }) {
    await forward();
    await gate.kill();
    cut();
  },
  async 'kill-after'({ gate, forward, reply }) {
    await reply(await forward());
    await gate.kill();
  },
  'lost-request': ({ cut }) => cut(),
  async 'lost-answer'({ forward, cut }) {
    await forward();
    cut();
  },
  'error-500': ({ reply }) => reply(made(500, '<html>Internal error</html>')),
  'error-429': ({ reply }) => reply(made(429, 'slow down', { 'retry-after': '1' })),
  async 'error-after'({ forward, reply }) {
    await forward();
    await reply(made(502, '<html>Bad gateway</html>'));
  },
  async truncated({ forward, replyHalf }) {
    replyHalf(await forward());
  },
  async garbled({ forward, reply }) {
    const answer = await forward();
    await reply(made(answer?.status ?? 502, '<html>Please wait</html>'));
  },
  async twice({ forward, reply }) {
    const first = await forward();
    await forward();
    await reply(first);
  },
  async held({ gate, leg, forward, reply }) {
    await gate.another(leg);
    await reply(await forward());
  },
};

async function cross(fault: FaultKind | undefined, crossing: Crossing): Promise<void> {
  if (fault) await FAULTS[fault](crossing);
  else await crossing.reply(await crossing.forward());
}

type Target = {
  host: string;
  port: number;
  agent: Agent;
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
};

function ask(target: Target, body: Buffer): Promise<Answer | null> {
  return new Promise((resolve) => {
    const nobody = (): void => resolve(null);
    const asked = request(target, (res) => {
      bytesOf(res).then(
        (bytes) => resolve({ status: res.statusCode ?? 502, headers: res.headers, body: bytes }),
        nobody,
      );
    });
    asked.once('error', nobody);
    asked.end(body);
  });
}

/** The body is whole by now: how it came in pieces is nobody's business any more. */
function headersOf({ headers, body }: Answer): Record<string, string | string[]> {
  const kept = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || ['transfer-encoding', 'connection', 'keep-alive'].includes(name)
      ? []
      : [[name, value] as const],
  );
  return { ...Object.fromEntries(kept), 'content-length': String(body.length) };
}

async function reply(res: ServerResponse, answer: Answer | null): Promise<void> {
  if (answer === null || res.destroyed) return void res.socket?.destroy();
  res.writeHead(answer.status, headersOf(answer));
  await new Promise<void>((resolve) => {
    res.once('close', resolve);
    res.end(answer.body, () => resolve());
  });
}

function replyHalf(res: ServerResponse, answer: Answer | null): void {
  if (answer === null) return void res.socket?.destroy();
  res.writeHead(answer.status, headersOf(answer));
  res.write(answer.body.subarray(0, Math.floor(answer.body.length / 2)), () =>
    // What was sent has arrived before the line ends.
    setImmediate(() => res.socket?.destroy()),
  );
}

async function bytesOf(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
