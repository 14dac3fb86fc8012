// Logs as JSON lines that carry only what is on the list: ids, codes, counts and durations.
import { pino, type Logger } from 'pino';
import { asConnectorError } from './errors.ts';

/** The only keys a log line may carry; whatever else is passed is dropped before it reaches the writer. */
const ALLOWED = new Set([
  'workspace',
  'account',
  'installation',
  'operation',
  'kind',
  'step',
  'event',
  'entity',
  'code',
  'retry',
  'status',
  'method',
  'route',
  'ms',
  'count',
  'attempts',
  'state',
  'port',
  'reason',
  'vendor',
  'request',
  'cause',
]);

type Value = string | number | boolean | undefined;
export type LogFields = Record<string, Value>;

export type Log = {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, error: unknown, fields?: LogFields): void;
};

export function createLog(level: string, destination?: { write(line: string): void }): Log {
  const writer: Logger = destination ? pino({ level, base: null }, destination) : pino({ level, base: null });
  return {
    info: (message, fields) => writer.info(allowed(fields), message),
    warn: (message, fields) => writer.warn(allowed(fields), message),
    error(message, error, fields) {
      const known = asConnectorError(error);
      const cause = known.cause instanceof Error ? known.cause.name : undefined;
      writer.error({ ...allowed(fields), code: known.code, retry: known.retry, cause }, message);
      // An unexpected error is a defect: its stack has file names and no data, and is worth a line of its own.
      if (known.code === 'internal' && known.cause instanceof Error)
        writer.error({ reason: frames(known.cause) }, 'defect');
    },
  };
}

function frames(error: Error): string {
  const lines = (error.stack ?? '').split('\n').filter((line) => line.trimStart().startsWith('at '));
  return `${error.name} ${lines
    .slice(0, 6)
    .map((line) => line.trim())
    .join(' | ')}`;
}

function allowed(fields: LogFields = {}): LogFields {
  return Object.fromEntries(
    Object.entries(fields).filter(([key, value]) => ALLOWED.has(key) && value !== undefined),
  );
}
