import type { IncomingMessage } from 'node:http';
import type { Express } from 'express';

/**
 * The address that a request comes from, as `request.ip` says it behind Express: that of the connection or, where a trusted
 * proxy made it, the one that the proxy names. For what is answered before Express.
 *
 * @param app knows which proxies are trusted.
 */
export function clientAddress(app: Express, { headers, socket }: IncomingMessage): string {
  return Reflect.get(app.request, 'ip', { app, headers, socket }) ?? '';
}
