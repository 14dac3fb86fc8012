// Starts the connector and drains it on a signal.
import { flushCompileCache } from 'node:module';
import { systemClock } from './clock.ts';
import { createApp } from './app.ts';
import { loadConfig } from './config.ts';
import { ConnectorError } from './errors.ts';

/** Orchestrators kill after this; what is unfinished then is resumed by its lease. */
const DRAIN_MS = 10_000;

export async function serve(environment: Record<string, string | undefined>): Promise<void> {
  try {
    const app = await createApp({ config: loadConfig(environment), clock: systemClock });
    const drain = (): void => {
      setTimeout(() => process.exit(1), DRAIN_MS).unref();
      void app.close().then(() => process.exit(0));
    };
    process.once('SIGTERM', drain);
    process.once('SIGINT', drain);
    // Node would write it at the end, which a process that is killed never sees.
    flushCompileCache();
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    process.stderr.write(`${error.publicMessage}\n`);
    process.exitCode = 1;
  }
}
