import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request as it arrived. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly type: string;
  readonly userAgent: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** What it answers to whoever tells it what became of a comment. */
export const thanks = 'Thanks for making the web a better place.';

/** A service on this machine that speaks Akismet's interface, and knows the key `right-key`. */
export interface ServiceServer {
  readonly url: string;
  readonly asked: Asked[];
  /** Assign to it to have it answer otherwise than the interface says. */
  misbehave: ((response: ServerResponse) => void) | undefined;
  close(): Promise<void>;
}

export async function startServiceServer(): Promise<ServiceServer> {
  const server = createServer((request, response) => {
    void answer(service, request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const service: ServiceServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/1.1/`,
    asked: [],
    misbehave: undefined,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return service;
}

async function answer(service: ServiceServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const fields = Object.fromEntries(new URLSearchParams(await text(request)));
  service.asked.push({
    method: request.method ?? '',
    path: request.url ?? '',
    type: request.headers['content-type'] ?? '',
    userAgent: request.headers['user-agent'] ?? '',
    fields,
  });
  if (service.misbehave) return service.misbehave(response);
  const known = fields.api_key === 'right-key' && URL.canParse(fields.blog ?? '');
  if (request.url === '/1.1/verify-key') return void response.end(known ? 'valid' : 'invalid');
  if (!known) return void response.setHeader('X-akismet-debug-help', 'We were unable to parse your key').end('invalid');
  if (request.url !== '/1.1/comment-check') return void response.end(thanks);
  // The name that Akismet always takes for spam.
  if (fields.comment_author !== 'viagra-test-123') return void response.end('false');
  if (/blatant|явный/.test(fields.comment_content ?? '')) response.setHeader('X-akismet-pro-tip', 'discard');
  response.end('true');
}
