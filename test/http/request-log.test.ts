import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import express from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { loggedPath, requestLog } from '../../src/http/request-log.ts';
import { eventually } from '../support/eventually.ts';

/** A site that does nothing but log, and the lines that it has written so far. */
function loggingSite() {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ base: null, timestamp: false }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const site = express();
  site.use(requestLog(logger));
  site.get('/slow', () => {});
  site.get('/broken', (_request, response) => void response.sendStatus(503));
  site.use((_request, response) => void response.sendStatus(204));
  return { site, lines };
}

describe('The log', () => {
  it('has one line for a request, without what was typed, where from, or with which cookies', async () => {
    const { site, lines } = loggingSite();
    await request(site).post('/posts/one?key=secret').set('Cookie', 'visitor=secret').send('body=secret');
    await eventually(() => lines.length > 0);
    expect(lines).toEqual([
      {
        level: 30,
        request: { method: 'POST', path: '/posts/one' },
        response: { status: 204 },
        milliseconds: expect.any(Number),
        msg: 'POST /posts/one 204',
      },
    ]);
  });

  it('calls an error what the site could not answer', async () => {
    const { site, lines } = loggingSite();
    await request(site).get('/broken');
    await eventually(() => lines.length > 0);
    expect(lines).toMatchObject([{ level: 50, response: { status: 503 } }]);
  });

  it('tells of a request that its sender did not wait for', async () => {
    const { site, lines } = loggingSite();
    const server = site.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const asked = once(server, 'request');
    socket.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
    await asked;
    socket.destroy();
    await eventually(() => lines.length > 0);
    server.close();
    expect(lines).toMatchObject([{ level: 30, request: { method: 'GET', path: '/slow' }, response: { status: 499 } }]);
  });

  it('is not filled by what machines ask for every few seconds', async () => {
    const { site, lines } = loggingSite();
    for (const path of ['/healthz', '/readyz', '/metrics', '/else']) await request(site).get(path);
    await eventually(() => lines.length > 0);
    expect(lines).toMatchObject([{ request: { path: '/else' } }]);
  });
});

it.each([
  ['/posts/lacking-leadership?utm_source=x', '/posts/lacking-leadership'],
  ['/password-reset/secret?secret', '/password-reset/…'],
  ['//Invitations/secret', '/Invitations/…'],
  ['http://x/password-reset/secret?secret', '/password-reset/…'],
  ['HTTPS://secret:secret@x//setup/secret', '/setup/…'],
  ['http:\\\\x\\invitations\\secret', '/invitations/…'],
  ['http://x/a/../password-reset/secret', '/password-reset/…'],
  ['http://x?secret', '/'],
  ['http://[secret', ''],
  ['/moderation/by-mail/1-2-3.secret', '/moderation/by-mail/…'],
  ['/moderation/by-mail/leave/1.secret', '/moderation/by-mail/leave/…'],
  ['/appeals/1-2.secret', '/appeals/…'],
  ['/reports/1.secret', '/reports/…'],
  ['*', ''],
])('a request for %s is logged as %s', (originalUrl, path) => {
  expect(loggedPath({ originalUrl })).toBe(path);
});
