#!/usr/bin/env node
// Runs the operator's command with the Node the connector needs, whatever Node the machine has.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
const isRightNode = Number(process.versions.node.split('.')[0]) >= NEEDED;

function bundledNode() {
  const manifest = createRequire(import.meta.url).resolve('node/package.json');
  return fileURLToPath(new URL('bin/node', `file://${manifest}`));
}

const first = fileURLToPath(new URL('../src/first.js', import.meta.url));
const child = spawn(
  isRightNode ? process.execPath : bundledNode(),
  ['--disable-warning=ExperimentalWarning', first, ...process.argv.slice(2)],
  {
    stdio: 'inherit',
  },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
