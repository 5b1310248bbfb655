import { type Logger, pino } from 'pino';
import type { LogLevel } from '../config.ts';

/** Makes the log: JSON lines on standard output, or lines for people where someone watches a terminal. */
export async function createLogger(level: LogLevel): Promise<Logger> {
  if (!process.stdout.isTTY) return pino({ level });
  const { default: pretty } = await import('pino-pretty');
  return pino({ level }, pretty({ colorize: true, ignore: 'pid,hostname,request,response,milliseconds', sync: true }));
}
