// Finds the Java that the analyzers of Apex run on, and says what to do where there is none.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export type Java = { command: string; major: number };

/** PMD wants 11, the semantic check of Apex 17. */
const LEAST = 17;

export class NoJava extends Error {
  constructor(found: string) {
    super(
      `salesforce:check needs Java ${LEAST} or newer for the analyzers of Apex; ${found}. ` +
        'Install a JDK or JRE (for example openjdk-17-jre-headless) and put java on the PATH, or set JAVA_HOME.',
    );
    this.name = 'NoJava';
  }
}

/** @throws NoJava */
export function findJava(env: NodeJS.ProcessEnv): Java {
  const command = env['JAVA_HOME'] ? join(env['JAVA_HOME'], 'bin', 'java') : 'java';
  const { stderr, error } = spawnSync(command, ['-version'], { encoding: 'utf8' });
  if (error) throw new NoJava(`“${command}” could not be started`);
  const major = majorOf(stderr);
  if (major < LEAST) throw new NoJava(`“${command}” is version ${major || 'unknown'}`);
  return { command, major };
}

/** `openjdk version "17.0.15"` is 17, and `java version "1.8.0_402"` is 8. */
export function majorOf(text: string): number {
  const [, first = '0', second = '0'] = /version "(\d+)(?:\.(\d+))?/.exec(text) ?? [];
  return Number(first === '1' ? second : first);
}
