// The operator's commands: `payside [--env FILE] <command>`.
import { readFileSync } from 'node:fs';
import { parseArgs, parseEnv } from 'node:util';
import { loadConfig } from './config.ts';
import { ConnectorError } from './errors.ts';
import { serve } from './main.ts';

type Environment = Record<string, string | undefined>;
type Command = { says: string; run: (environment: Environment) => Promise<void> };

const COMMANDS: Record<string, Command> = {
  serve: { says: 'start the connector', run: serve },
  doctor: {
    says: 'check the settings, every problem at once',
    run: async (environment) => {
      loadConfig(environment);
      process.stdout.write('settings are complete\n');
    },
  },
};

const usage = (): string =>
  [
    'usage: payside [--env FILE] <command>',
    ...Object.entries(COMMANDS).map(([name, { says }]) => `  ${name.padEnd(10)} ${says}`),
  ].join('\n');

/** A file's settings stand behind what the environment already says. */
function environmentOf(file: string | undefined): Environment {
  return file ? { ...parseEnv(readFileSync(file, 'utf8')), ...process.env } : process.env;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { env: { type: 'string' } } });
  const command = COMMANDS[positionals[0] ?? ''];
  if (!command) {
    process.stderr.write(`${usage()}\n`);
    process.exitCode = 2;
    return;
  }
  try {
    await command.run(environmentOf(values.env));
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    process.stderr.write(`${error.publicMessage}\n`);
    process.exitCode = 1;
  }
}

await main();
