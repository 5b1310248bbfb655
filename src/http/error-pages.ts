import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Logger } from 'pino';
import { HttpError, isDatabaseAway, notFound } from './errors.ts';
import { createTranslate } from './messages.ts';
import { defineView, frameOf, sendPage } from './render.ts';

interface ErrorPage {
  readonly status: number;
  readonly explanation: string;
}

const errorView = defineView<ErrorPage>('errors/error');

const worded = [400, 403, 404, 409, 410, 413, 414, 415, 422, 429, 500, 503] as const;

/** Answers what no route took. Stands after all routes. */
export const nothingHere: RequestHandler = () => {
  throw notFound();
};

/** A NUL is in no address of ours, and Postgres refuses it: so does the door. */
export const refuseNulInAddress: RequestHandler = (request, _response, next) => {
  if (/%00|\0/.test(request.url)) throw new HttpError(400);
  next();
};

/** Shows every error as a page that a person understands; the unexpected ones are logged, none shows its stack. */
export function errorPages(logger: Logger): ErrorRequestHandler {
  return (error, request, response, _next) => {
    const status = statusOf(error);
    if (status >= 500) logger.error({ err: error, method: request.method, path: request.path }, 'a request failed');
    if (response.headersSent) return void response.destroy();

    const retryAfter = error instanceof HttpError ? error.retryAfter : undefined;
    if (retryAfter !== undefined || status === 503) response.set('Retry-After', String(retryAfter ?? 5));
    response.set('Cache-Control', 'no-store').removeHeader('ETag');

    const t = frameOf(response)?.t ?? createTranslate('en');
    const title = t(`error.${nearestWorded(status)}.title`);
    const own = error instanceof HttpError ? error.explanation : undefined;
    const explanation = own ? t(own.key, own.values) : t(`error.${nearestWorded(status)}.text`);
    if (frameOf(response))
      sendPage(response, errorView, { status, title, explanation, hiddenFromSearch: true }, status);
    else response.status(status).type('text').send(`${title}\n\n${explanation}\n`);
  };
}

function statusOf(error: unknown): number {
  if (error instanceof HttpError) return error.status;
  if (isDatabaseAway(error)) return 503;
  // Express and its body parsers mark what the client did wrong so; other libraries' numbers are not meant for visitors.
  const status = (error as { status?: unknown } | undefined)?.status;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}

function nearestWorded(status: number): (typeof worded)[number] {
  return worded.find((each) => each === status) ?? (status < 500 ? 400 : 500);
}
