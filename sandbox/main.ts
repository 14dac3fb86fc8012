// `npm run sandbox`: brings everything up on loopback, or runs a demo headless and prints its JSON.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { demos, isCrm } from './demo/demos.ts';
import { openSandbox } from './open.ts';

const FOLDER = resolve('.sandbox');

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4300' },
    demo: { type: 'string' },
    crm: { type: 'string', default: 'hubspot' },
    break: { type: 'string' },
    heal: { type: 'string' },
    lose: { type: 'string', default: '0' },
  },
});

async function runDemo(name: string): Promise<void> {
  const demo = demos[name];
  if (!demo) throw new Error(`no demo called ${name}; there are: ${Object.keys(demos).join(', ')}`);
  if (!isCrm(values.crm)) throw new Error(`--crm is hubspot or salesforce, not ${values.crm}`);
  const { held, result } = await demo({
    folder: FOLDER,
    crm: values.crm,
    fault: values.break,
    heal: values.heal,
    pictures: values.break === undefined && values.heal === undefined,
  });
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exitCode = held ? 0 : 1;
}

async function runUntilStopped(port: number, losses: number): Promise<void> {
  if (!Number.isInteger(losses) || losses < 0) throw new Error(`--lose takes a number, not ${values.lose}`);
  const sandbox = await openSandbox(FOLDER, port, losses);
  process.stdout.write(`sandbox ready ${sandbox.url}\n`);
  const stop = (): void => void sandbox.close().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

if (values.demo) await runDemo(values.demo);
else await runUntilStopped(Number(values.port), Number(values.lose));
