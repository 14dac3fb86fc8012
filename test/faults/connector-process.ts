// The connector as a process of its own, so that it can be killed: the sandbox's start, with the clock of whoever forked it.
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createSandboxClock } from '../../sandbox/clock.ts';
import { startConnector } from '../../sandbox/connector.ts';

export type ToConnector = { aheadMs: number } | 'drain' | 'memory';
/** What it says when asked for its memory, without what nobody holds any more. */
export type Memory = { bytes: number };

const [envFile = '', logFile = '', aheadMs = '0'] = process.argv.slice(2);
const clock = createSandboxClock();
const moved = { ms: 0 };

function moveTo(ms: number): void {
  clock.advance(ms - moved.ms);
  moved.ms = ms;
}

moveTo(Number(aheadMs));
const env = Object.fromEntries(
  Object.entries(parseEnv(readFileSync(envFile, 'utf8'))).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  ),
);
const app = await startConnector({ env, clock, logFile });

process.on('message', (word: ToConnector) => {
  if (word === 'drain') void app.close().then(() => process.exit(0));
  else if (word === 'memory') process.send?.(memory());
  else moveTo(word.aheadMs);
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');

function memory(): Memory {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return { bytes: process.memoryUsage().rss };
}
