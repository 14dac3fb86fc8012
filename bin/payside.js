#!/usr/bin/env node
// Runs the operator's command with the Node the connector needs, whatever Node the machine has, and with what keeps it small.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
const isRightNode = Number(process.versions.node.split('.')[0]) >= NEEDED;
const require = createRequire(import.meta.url);

function bundledNode() {
  const manifest = require.resolve('node/package.json');
  return fileURLToPath(new URL('bin/node', `file://${manifest}`));
}

const first = fileURLToPath(new URL('../src/first.js', import.meta.url));
/** Why these: docs/adr/0037-how-node-is-started.md. */
const { flags, env } = require('./node.json');
const child = spawn(
  isRightNode ? process.execPath : bundledNode(),
  [...flags, first, ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    env: { ...env, ...process.env },
  },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
