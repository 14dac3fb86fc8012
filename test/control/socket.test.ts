// The control socket by itself: what it answers, whom it drops, and how it ends.
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { askConnector } from '../../src/control/ask.ts';
import { CONTROL_COMMANDS } from '../../src/control/commands.ts';
import { listenForControl, type ControlListener } from '../../src/control/listen.ts';
import { createLog } from '../../src/log.ts';
import { openInFolder } from '../store/folders.ts';
import { claims, NOW, work } from '../store/samples.ts';

let opened: Awaited<ReturnType<typeof openInFolder>>;
let path: string;
let listener: ControlListener;

beforeEach(async () => {
  opened = await openInFolder();
  path = join(opened.folder, 'control.sock');
  listener = await listen();
});
afterEach(async () => {
  await listener.close();
  await opened.close();
});

const listen = (): Promise<ControlListener> =>
  listenForControl({
    path,
    commands: CONTROL_COMMANDS,
    work: {
      store: opened.store,
      clock: systemClock,
      rebuild: unused,
      storeChecks: async () => [],
      inspect: async () => [],
      examine: async () => [],
      rotateKeys: async () => ({ resealed: 0, left: {} }),
      moveEndpoints: async () => [],
      workspaces: { erase: async () => Promise.reject(new Error('not asked')) },
      eraseWhom: { find: async () => [], begin: async () => undefined },
      steerImport: async () => ({ state: 'connected', importing: null }),
    },
    log: createLog('silent'),
  });

const unused = (): Promise<never> => Promise.reject(new Error('nobody asks for it here'));

const list = { command: 'dead-letters list', words: [], options: {} };

/** What comes back for bytes as they are. */
async function answerTo(bytes: string): Promise<string> {
  const socket: Socket = connect(path).setEncoding('utf8');
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk)).on('error', () => undefined);
  socket.end(bytes);
  await new Promise((resolve) => socket.once('close', resolve));
  return answer;
}

it('answers many at once, each with what the store says', async () => {
  await opened.store.addWork([work()]);
  const [claimed] = await claims(opened.store).work();
  await opened.store.buryWork(claimed!.id, 'not_found', NOW);
  const answers = await Promise.all(Array.from({ length: 20 }, () => askConnector(path, list)));
  const letter = { letter: `work:${claimed!.id}`, kind: 'fetch', reason: 'not_found' };
  for (const answer of answers) expect(answer).toMatchObject({ ok: true, result: { deadLetters: [letter] } });
});

it.each([
  ['a command of another version', { ...list, command: 'dead-letters burn' }],
  ['the name of something every object has', { ...list, command: 'constructor' }],
  ['more than is known', { ...list, shout: true }],
])('tells who sends %s', async (_name, request) => {
  const answer = JSON.parse(await answerTo(`${JSON.stringify(request)}\n`)) as object;
  expect(answer).toEqual({ ok: false, message: expect.stringContaining('does not know') });
});

it.each([
  ['no JSON', 'list\n'],
  ['half a line', '{"command":'],
  ['nothing', ''],
  ['more than anybody types', 'x'.repeat(5_000_000)],
])('drops who sends %s, and goes on', async (_name, bytes) => {
  expect(await answerTo(bytes)).toBe('');
  expect(await askConnector(path, list)).toMatchObject({ ok: true });
});

it('lets go of whoever only holds the line when it ends', async () => {
  const idle = connect(path).on('error', () => undefined);
  await once(idle, 'connect');
  const gone = once(idle, 'close');
  await listener.close();
  await gone;
  expect(await askConnector(path, list)).toBeNull();
});

it('takes the place of what a process that is gone left there', async () => {
  await listener.close();
  await writeFile(path, '');
  expect(await askConnector(path, list)).toBeNull();
  listener = await listen();
  expect(await askConnector(path, list)).toMatchObject({ ok: true });
});
