// Runs the load client as a process of its own and answers what it saw.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Sent } from './client.ts';
import type { Load } from './stream.ts';

const CLIENT = fileURLToPath(new URL('client.ts', import.meta.url));

/** @throws when anything but 2xx was answered: a refused event is no event */
export async function send(load: Load): Promise<Sent> {
  const child = fork(CLIENT, { execArgv: ['--disable-warning=ExperimentalWarning'] });
  const sent = await new Promise<Sent>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Sent));
    child.once('exit', (code) => reject(new Error(`the load client ended with ${code}`)));
    child.send(load);
  });
  const refused = Object.keys(sent.statuses).filter((status) => !status.startsWith('2'));
  if (refused.length > 0) throw new Error(`the server answered ${JSON.stringify(sent.statuses)}`);
  return sent;
}
