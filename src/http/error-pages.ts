import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { barePage, nearestWorded } from './bare-page.ts';
import { HttpError, isDatabaseAway, notFound } from './errors.ts';
import { readFields } from './fields.ts';
import { defineView, frameOf, sendPage } from './render.ts';
import { loggedPath } from './request-log.ts';

interface ErrorPage {
  readonly status: number;
  readonly explanation: string;
  /** A text that was sent and not taken, to be copied. */
  readonly typed: string;
}

const errorView = defineView<ErrorPage>('errors/error');

/** No address of the site comes near; in UTF-8, percent-encoded, it is a search for some 900 characters. */
const longestAddress = 8_000;

/** Answers what no route took. Stands after all routes. */
export const nothingHere: RequestHandler = () => {
  throw notFound();
};

/** Refuses addresses that are none of ours and make trouble further in: overlong ones, and those with a NUL. */
export const refuseBrokenAddress: RequestHandler = (request, _response, next) => {
  if (request.url.length > longestAddress) throw new HttpError(414);
  if (/%00|\0/.test(request.url)) throw new HttpError(400);
  next();
};

/**
 * Shows every error as a page that a person understands; the unexpected ones are logged, none shows its stack.
 *
 * @param parts `frame` puts the site around a page, for errors that came up before it was; `stylesheet` is the path of the
 * one that a page without the site has.
 */
export function errorPages({
  logger,
  frame,
  stylesheet,
}: {
  logger: Logger;
  frame: RequestHandler;
  stylesheet: string;
}): ErrorRequestHandler {
  return async (error, request, response, _next) => {
    const status = statusOf(error);
    if (status >= 500)
      logger.error({ err: error, method: request.method, path: loggedPath(request) }, 'a request failed');
    if (response.headersSent) return void response.destroy();

    const { explanation, retryAfter } = error instanceof HttpError ? error : {};
    if (retryAfter !== undefined || status === 503) response.set('Retry-After', String(retryAfter ?? 5));
    response.set('Cache-Control', 'no-store');

    const typed = typedText(request);
    if (!(await hasFrame(frame, request, response, error))) {
      return void response.status(status).type('html').send(barePage(status, { explanation, stylesheet, typed }));
    }
    const { t } = frameOf(response);
    const words = explanation ?? { key: `error.${nearestWorded(status)}.text` as const };
    const title = t(`error.${nearestWorded(status)}.title`);
    sendPage(
      response,
      errorView,
      { status, title, explanation: t(words.key, words.values), typed, hiddenFromSearch: true },
      status,
    );
  };
}

// The forms in which people write name their texts so.
function typedText(request: Request): string {
  const texts = readFields(request.body, ['title', 'excerpt', 'body', 'reply', 'reason', 'note']);
  return Object.values(texts).filter(Boolean).join('\n\n');
}

// Without its database a site does not know its own name.
async function hasFrame(frame: RequestHandler, request: Request, response: Response, error: unknown): Promise<boolean> {
  if (frameOf(response)) return true;
  if (isDatabaseAway(error)) return false;
  try {
    await frame(request, response, () => {});
  } catch {
    return false;
  }
  return frameOf(response) !== undefined;
}

function statusOf(error: unknown): number {
  if (error instanceof HttpError) return error.status;
  if (isDatabaseAway(error)) return 503;
  // Express and its body parsers mark what the client did wrong so; other libraries' numbers are not meant for visitors.
  const status = (error as { status?: unknown } | undefined)?.status;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}
