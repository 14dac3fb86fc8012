// The load client: a process of its own that sends requests over keep-alive sockets, each as soon as the last was answered.
import { connect, type Socket } from 'node:net';
import { percentile } from '../figures.ts';
import { requestsOf, type Load } from './stream.ts';

export type Sent = {
  ms: number;
  p50Ms: number;
  p99Ms: number;
  /** Bytes of all requests. */
  bytes: number;
  /** Answers by status. */
  statuses: Record<string, number>;
};

/** Splits what arrives on one socket into answers. @returns the status of a whole answer, or null */
function answerReader(): (data: Buffer) => string | null {
  let kept: Buffer = Buffer.alloc(0);
  return (data) => {
    kept = kept.length === 0 ? data : Buffer.concat([kept, data]);
    const end = kept.indexOf('\r\n\r\n');
    if (end < 0) return null;
    const head = kept.toString('latin1', 0, end);
    const length = /content-length: *(\d+)/i.exec(head)?.[1];
    const isWhole = length ? kept.length >= end + 4 + Number(length) : kept.indexOf('0\r\n\r\n', end) > 0;
    if (!isWhole) return null;
    kept = Buffer.alloc(0);
    return head.slice(9, 12);
  };
}

async function opened(port: number, count: number): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () => connect(port, '127.0.0.1').setNoDelay(true));
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
  return sockets;
}

export async function sendAll(
  requests: readonly Buffer[],
  to: { port: number; connections: number },
  onAnswer: (nth: number, status: string) => void = () => undefined,
): Promise<Sent> {
  const sockets = await opened(to.port, to.connections);
  const took = requests.map(() => 0);
  const statuses: Record<string, number> = {};
  let next = 0;
  let answered = 0;
  const begun = performance.now();
  await new Promise<void>((resolve, reject) => {
    const run = (socket: Socket): void => {
      const read = answerReader();
      let current = 0;
      let sentAt = 0;
      const send = (): void => {
        const request = requests[next];
        if (!request) return;
        current = next;
        next += 1;
        sentAt = performance.now();
        socket.write(request);
      };
      socket.on('error', reject);
      socket.on('data', (data) => {
        const status = read(data);
        if (status === null) return;
        took[current] = performance.now() - sentAt;
        statuses[status] = (statuses[status] ?? 0) + 1;
        onAnswer(current, status);
        answered += 1;
        if (answered === requests.length) resolve();
        else send();
      });
      send();
    };
    for (const socket of sockets) run(socket);
  });
  const ms = performance.now() - begun;
  for (const socket of sockets) socket.destroy();
  const bytes = requests.reduce((sum, one) => sum + one.length, 0);
  return { ms, p50Ms: percentile(took, 0.5), p99Ms: percentile(took, 0.99), bytes, statuses };
}

if (import.meta.main) {
  process.once('message', (load: Load) => {
    void sendAll(requestsOf(load, new Date()), load).then((sent) =>
      process.send?.(sent, () => process.exit(0)),
    );
  });
}
