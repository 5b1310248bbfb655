import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Changes } from '../changes/changes.ts';
import { type AsideAnswer, answerAside } from './aside.ts';
import { type Cache, createCache } from './cache.ts';
import { bytesOf, isKnown, type KeptPage, keepAnswer } from './kept-page.ts';
import { pageAddress } from './page-address.ts';
import { sendKeptPage } from './send-kept-page.ts';

/** How often pages came out of memory. */
export interface PageCounts {
  /** Answered with a kept page. */
  kept: number;
  /** Answered with a kept page that nobody vouches for, since the database was away. */
  unconfirmed: number;
  /** Made anew, whether or not they can be kept. */
  made: number;
}

/** A page that is kept, or an answer that is not. */
type Rendition = { readonly page: KeptPage } | { readonly page: undefined; readonly answer: AsideAnswer };

/** What two thirds and one third of are for: pages by their plain address, and those with a query, which anyone can make many of. */
const bytesKept = { plain: 32 * 1_048_576, further: 16 * 1_048_576 };

/** While the database is not heard, a page that nobody vouches for is better than waiting longer than so many milliseconds. */
const patience = 1_000;

/**
 * Answers who reads without cookies from memory: what the site says can be kept is rendered, tagged and compressed once,
 * until it changes. Everything else goes to the site.
 *
 * @param counts are counted up.
 */
export function servePages({
  site,
  changes,
  now,
  counts,
}: {
  site: RequestListener;
  changes: Changes;
  now: () => Date;
  counts: PageCounts;
}): RequestListener {
  const plain = createCache<Rendition>({ changes, now, bytes: bytesKept.plain });
  const further = createCache<Rendition>({ changes, now, bytes: bytesKept.further });

  async function make(request: IncomingMessage, address: string) {
    const answer = await answerAside(site, request);
    const { status, headers, terms } = answer;
    counts.made += 1;
    const keepable = terms?.address === address && status === 200 && headers.etag && !headers['set-cookie'];
    if (!keepable) return { value: { page: undefined, answer }, subjects: [], bytes: 0 };
    return { value: { page: keepAnswer(answer) }, ...terms, bytes: bytesOf(answer) };
  }

  async function serve(cache: Cache<Rendition>, address: string, request: IncomingMessage, response: ServerResponse) {
    const ifNoneMatch = request.headers['if-none-match'];
    const unconfirmed = cache.findUnconfirmed(address)?.page;
    let own = false;
    const making = cache.get(address, () => {
      own = true;
      return make(request, address);
    });
    const late = unconfirmed && !changes.isHeard() ? pause(patience, undefined) : undefined;
    const rendition = await (late ? Promise.race([making, late]) : making);
    if (rendition?.page) return sendKeptPage(rendition.page, ifNoneMatch, request, response);
    if (unconfirmed && (!rendition || rendition.answer.status === 503)) {
      counts.unconfirmed += 1;
      response.setHeader('Cache-Status', 'Rejoinder; hit; detail="the database is away"');
      return sendKeptPage(unconfirmed, ifNoneMatch, request, response);
    }
    // An answer that is for one alone: others get their own, unless there is none to be had.
    if (rendition && (own || rendition.answer.status === 503)) sendAnswer(rendition.answer, ifNoneMatch, response);
    else site(request, response);
  }

  return (request, response) => {
    const { cookie, authorization, 'if-none-match': ifNoneMatch } = request.headers;
    const address =
      cookie === undefined && authorization === undefined && isPlainRead(request) && pageAddress(request.url ?? '');
    if (!address) return void site(request, response);
    const cache = address.includes('?') ? further : plain;
    const kept = cache.find(address)?.page;
    if (kept) {
      counts.kept += 1;
      sendKeptPage(kept, ifNoneMatch, request, response);
    } else if (request.method === 'HEAD') site(request, response);
    else serve(cache, address, request, response).catch((error) => response.destroy(error));
  };
}

// Who sends something along could take their time over it, and others would wait.
function isPlainRead({ method, headers }: IncomingMessage): boolean {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = headers;
  return (method === 'GET' || method === 'HEAD') && length === '0' && encoding === undefined;
}

function sendAnswer(
  { status, headers, body }: AsideAnswer,
  ifNoneMatch: string | undefined,
  response: ServerResponse,
): void {
  const { etag, 'content-type': type, 'content-length': length, ...rest } = headers;
  if (status === 200 && etag !== undefined && isKnown(String(etag), ifNoneMatch)) {
    response.writeHead(304, { etag: String(etag), ...(rest as Record<string, string>) }).end();
  } else response.writeHead(status, headers as Record<string, string>).end(body);
}
