import type { IncomingMessage, ServerResponse } from 'node:http';
import { chooseEncoding, isKnown, type KeptPage, variantOf } from './kept-page.ts';

/** Sends a kept page in the encoding that the browser prefers, or says that it has it already. */
export function sendKeptPage(
  page: KeptPage,
  ifNoneMatch: string | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (isKnown(page.etag, ifNoneMatch)) {
    response.writeHead(304, page.unchangedHeaders);
    response.end();
    return;
  }
  const variant = variantOf(page, chooseEncoding(request.headers['accept-encoding']));
  if (variant instanceof Promise) variant.then(send, (error) => response.destroy(error));
  else send(variant);

  function send({ headers, body }: { headers: string[]; body: Buffer }) {
    response.writeHead(200, headers);
    response.end(request.method === 'HEAD' ? undefined : body);
  }
}
