import type { Message } from './messages.ts';

/** A refusal that has a page of its own. Thrown where a request cannot go on; the error handler shows it. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  /** The sentence that says what was the matter; none: the general one of this status. */
  readonly explanation: Message | undefined;
  /** Seconds after which to try again, for 429 and 503. */
  readonly retryAfter: number | undefined;

  constructor(status: number, explanation?: Message, retryAfter?: number) {
    super(explanation?.key ?? `HTTP ${status}`);
    this.status = status;
    this.explanation = explanation;
    this.retryAfter = retryAfter;
  }
}

/** Nothing is here, or nothing that this visitor may see. */
export function notFound(): HttpError {
  return new HttpError(404);
}

/** It was here and is not any more. */
export function gone(): HttpError {
  return new HttpError(410);
}

/** The request is understood and refused; the sentence says by what. */
export function forbidden(explanation: Message): HttpError {
  return new HttpError(403, explanation);
}

/** The value, or 404 where there is none. */
export function found<Value>(value: Value | undefined | null): Value {
  if (value === undefined || value === null) throw notFound();
  return value;
}

// SQLSTATE classes 08 (connection), 53 (too many connections, disk full) and 57P0x (shutting down, starting up), 57014 (took
// too long), 25P03 (was silent too long), 25006 (a standby, which takes no changes).
const awayStates = /^(08...|53...|57P0[1-5]|57014|25P03|25006)$/;
const awayCodes =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|ENOENT|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;
const awayMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|The database did not answer in time|Client (was closed|has encountered a connection error)|Cannot use a pool after calling end)/;

/** Whether an error says that the database cannot be reached now, rather than that something is wrong with the code. */
export function isDatabaseAway(error: unknown): boolean {
  const { code, syscall, message = '' } = (error ?? {}) as { code?: string; syscall?: string; message?: string };
  if (code && awayStates.test(code)) return true;
  if (code && awayCodes.test(code)) return code !== 'ENOENT' || syscall === 'connect';
  return awayMessages.test(message);
}
