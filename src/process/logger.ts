import { type Logger, pino } from 'pino';
import type { LogLevel } from '../config.ts';

/** Makes the log: JSON lines on standard output, or lines for people where someone watches a terminal. */
export async function createLogger(level: LogLevel): Promise<Logger> {
  const options = { level, serializers: { err: describeError } };
  if (!process.stdout.isTTY) return pino(options);
  const { default: pretty } = await import('pino-pretty');
  return pino(options, pretty({ colorize: true, ignore: 'pid,hostname,request,response,milliseconds', sync: true }));
}

// Nothing else of an error: Postgres repeats whole rows in its details, and with them what nobody else may read.
function describeError(error: Error & { code?: string; constraint?: string; table?: string }): object {
  const { name, message, code, constraint, table, stack } = error;
  return { type: name, message, code, constraint, table, stack };
}
