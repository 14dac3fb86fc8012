// Starts the connector for the sandbox: the same app as production, with a clock that can be moved.
import { appendFileSync } from 'node:fs';
import { createApp, type App } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import { createLog } from '../src/log.ts';
import type { SandboxClock } from './clock.ts';

export type ConnectorOptions = { env: Record<string, string>; clock: SandboxClock; logFile: string };

export async function startConnector({ env, clock, logFile }: ConnectorOptions): Promise<App> {
  const config = loadConfig(env);
  const log = createLog(config.LOG_LEVEL, { write: (line) => appendFileSync(logFile, line) });
  return createApp({ config, clock, log });
}
