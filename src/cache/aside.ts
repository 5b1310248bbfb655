import { type IncomingMessage, type RequestListener, ServerResponse } from 'node:http';
import { type KeepingTerms, keepingTermsOf } from './keep-page.ts';
import type { Answer } from './kept-page.ts';

/** What a site answered, before anyone got it. */
export interface AsideAnswer extends Answer {
  /** On what terms it can be kept, if at all. */
  readonly terms: KeepingTerms | undefined;
}

/** Lets a site answer a request without sending anything: for whom the answer is comes later. */
export function answerAside(site: RequestListener, request: IncomingMessage): Promise<AsideAnswer> {
  // With it, the answer might be that nothing has changed, which is of no use to others.
  delete request.headers['if-none-match'];
  const response = new ServerResponse(request);
  const chunks: Buffer[] = [];
  return new Promise((resolve) => {
    const take = (chunk: unknown, encoding: unknown) => {
      if (typeof chunk === 'string') chunks.push(Buffer.from(chunk, encodingOf(encoding)));
      else if (Buffer.isBuffer(chunk)) chunks.push(chunk);
      else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
    };
    response.write = ((chunk: unknown, encoding: unknown) => {
      take(chunk, encoding);
      return true;
    }) as typeof response.write;
    response.end = ((chunk: unknown, encoding: unknown) => {
      take(chunk, encoding);
      const { statusCode: status } = response;
      const headers = { ...response.getHeaders() } as Answer['headers'];
      resolve({ status, headers, body: joined(chunks), terms: keepingTermsOf(response) });
      // Those who count and log wait for these.
      response.emit('finish');
      response.emit('close');
      return response;
    }) as typeof response.end;
    site(request, response);
  });
}

function encodingOf(encoding: unknown): BufferEncoding {
  return typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8';
}

// A page comes in one piece, and a large one: it is not copied.
function joined(chunks: readonly Buffer[]): Buffer {
  const [first, ...more] = chunks;
  return first && more.length === 0 ? first : Buffer.concat(chunks);
}
