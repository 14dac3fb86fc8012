// The same request over and over: what a read costs. Runs as a process of its own when asked to.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { sendAll, type Sent } from './client.ts';

export type Same = { port: number; connections: number; request: string; times: number };

const SELF = fileURLToPath(import.meta.url);

export async function sendSame(same: Same): Promise<Sent> {
  const child = fork(SELF, { execArgv: ['--disable-warning=ExperimentalWarning'] });
  const sent = await new Promise<Sent>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Sent));
    child.once('exit', (code) => reject(new Error(`the load client ended with ${code}`)));
    child.send(same);
  });
  if (Object.keys(sent.statuses).join() !== '200')
    throw new Error(`the server answered ${JSON.stringify(sent.statuses)}`);
  return sent;
}

if (import.meta.main) {
  process.once('message', ({ request, times, ...to }: Same) => {
    const bytes = Buffer.from(request);
    void sendAll(
      Array.from({ length: times }, () => bytes),
      to,
    ).then((sent) => process.send?.(sent, () => process.exit(0)));
  });
}
