// The connector as a process of its own, so that it can be killed: the sandbox's start, with the clock of whoever forked it.
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { createSandboxClock } from '../../sandbox/clock.ts';
import { startConnector } from '../../sandbox/connector.ts';

export type ToConnector = { aheadMs: number } | 'drain';

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
  else moveTo(word.aheadMs);
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
