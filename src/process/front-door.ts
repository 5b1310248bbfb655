import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerBrokenRequest } from './broken-request.ts';
import { StartError } from './start-error.ts';

/** The port on which the site is asked. It is taken before the rest is ready: who comes early waits a moment. */
export interface FrontDoor {
  /** The port, also where it was left to the system. */
  readonly port: number;
  /** Lets the site answer, those who wait first. */
  open(site: RequestListener): void;
  /** Lets nobody in any more. Fulfilled when the last request is answered, or cut off at the signal. */
  close(deadline: AbortSignal): Promise<void>;
}

/** Who comes before the site is ready waits so long, in milliseconds, and is then asked to come again. */
const patience = 5_000;

/**
 * Takes the port.
 *
 * @throws StartError where it cannot be had.
 */
export async function takePort({ port, host }: { port: number; host: string }): Promise<FrontDoor> {
  // Large enough for two megabytes from a slow telephone. A proxy in front should give up idle connections first.
  const server = createServer({ headersTimeout: 20_000, requestTimeout: 120_000, keepAliveTimeout: 75_000 });
  server.on('clientError', answerBrokenRequest);
  const waiting = new Map<ServerResponse, IncomingMessage>();
  const hold = (request: IncomingMessage, response: ServerResponse) => {
    waiting.set(response, request);
    setTimeout(() => waiting.delete(response) && askToComeAgain(response), patience).unref();
  };
  server.on('request', hold);
  await listen(server, { port, host });
  return {
    port: (server.address() as AddressInfo).port,
    open(site) {
      server.off('request', hold).on('request', site);
      for (const [response, request] of waiting) site(request, response);
      waiting.clear();
    },
    async close(deadline) {
      const closed = once(server, 'close');
      server.close();
      for (const response of waiting.keys()) askToComeAgain(response);
      waiting.clear();
      // Connections become idle one by one, as their requests are answered.
      const sweep = setInterval(() => server.closeIdleConnections(), 50);
      deadline.addEventListener('abort', () => server.closeAllConnections());
      if (deadline.aborted) server.closeAllConnections();
      await closed;
      clearInterval(sweep);
    },
  };
}

async function listen(server: Server, { port, host }: { port: number; host: string }): Promise<void> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    throw new StartError(reasons[(error as NodeJS.ErrnoException).code ?? '']?.(port, host) ?? String(error));
  }
}

const reasons: Readonly<Record<string, (port: number, host: string) => string>> = {
  EADDRINUSE: (port, host) =>
    `Port ${port} on ${host} is in use by another program: stop that one, or set PORT to another number.`,
  EACCES: (port) => `Port ${port} may not be used by this account: set PORT to a number above 1023.`,
  EADDRNOTAVAIL: (_port, host) => `HOST holds “${host}”, but takes an address of this machine, such as 127.0.0.1.`,
  ENOTFOUND: (_port, host) => `HOST holds “${host}”, but takes an address of this machine, such as 127.0.0.1.`,
};

async function askToComeAgain(response: ServerResponse): Promise<void> {
  const { barePage } = await import('../http/bare-page.ts');
  response
    .writeHead(503, { 'Content-Type': 'text/html; charset=utf-8', 'Retry-After': '2', Connection: 'close' })
    .end(barePage(503));
}
