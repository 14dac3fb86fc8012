// The operator's commands: `payside [--env FILE] [--json] <command>`.
import { readFileSync } from 'node:fs';
import { parseArgs, parseEnv, type ParseArgsOptionsConfig } from 'node:util';
import { loadConfig } from './config.ts';
import { ConnectorError } from './errors.ts';
import { serve } from './main.ts';
import { OPERATOR_COMMANDS, type Operator } from './wiring/operator.ts';

type Environment = Record<string, string | undefined>;
type Options = Record<string, string | boolean>;
type Call = { environment: Environment; words: string[]; options: Options; isJson: boolean };
type Command = { says: string; options: ParseArgsOptionsConfig; run: (call: Call) => Promise<void> };

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const operated = ({ says, options, run }: Operator): Command => ({
  says,
  options,
  async run({ environment, words, options: given, isJson }) {
    const { result, text, isFailure } = await run(loadConfig(environment), { words, options: given });
    say(isJson ? JSON.stringify(result) : text);
    if (isFailure) process.exitCode = 1;
  },
});

const COMMANDS = new Map<string, Command>([
  ['serve', { says: 'starts the connector', options: {}, run: ({ environment }) => serve(environment) }],
  ...[...OPERATOR_COMMANDS].map(([name, operator]) => [name, operated(operator)] as const),
]);

const COMMON = { env: { type: 'string' }, json: { type: 'boolean' } } as const;

const usage = (): string =>
  [
    'usage: payside [--env FILE] [--json] <command>',
    ...[...COMMANDS].map(([name, { says }]) => `  ${name.padEnd(22)} ${says}`),
  ].join('\n');

/** A file's settings stand behind what the environment already says. */
function environmentOf(file: string | undefined): Environment {
  return file ? { ...parseEnv(readFileSync(file, 'utf8')), ...process.env } : process.env;
}

type Read = { command: Command; call: () => Call } | { problem: string };

/** The command is named by one word or two; which options it takes is known only then. */
function read(args: string[]): Read {
  const { positionals } = parseArgs({ args, options: COMMON, allowPositionals: true, strict: false });
  const length = [2, 1].find((count) => COMMANDS.has(positionals.slice(0, count).join(' '))) ?? 0;
  const command = COMMANDS.get(positionals.slice(0, length).join(' '));
  if (!command) return { problem: usage() };
  const parsed = parsedBy({ ...command.options, ...COMMON }, args);
  if ('problem' in parsed) return parsed;
  const { env, json, ...options } = parsed.options;
  const words = parsed.words.slice(length);
  const environment = (): Environment => environmentOf(env === undefined ? undefined : String(env));
  return { command, call: () => ({ environment: environment(), words, options, isJson: json === true }) };
}

function parsedBy(
  options: ParseArgsOptionsConfig,
  args: string[],
): { words: string[]; options: Options } | { problem: string } {
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    return { words: positionals, options: values as Options };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function fail(code: number, message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = code;
}

/** Ends with 2 for what was typed wrong and 1 for what could not be done. */
async function main(): Promise<void> {
  const typed = read(process.argv.slice(2));
  if ('problem' in typed) return fail(2, typed.problem);
  try {
    await typed.command.run(typed.call());
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    fail(1, error.publicMessage);
  }
}

await main();
