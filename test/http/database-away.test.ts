import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createDatabase, createPool } from '../../src/database.ts';
import { sessions } from '../../src/http/session.ts';
import { fromOwnPage, withoutMemory } from '../support/site.ts';
import { type Route, routesOf } from './routes-of.ts';

const key = randomBytes(32);
const secrets = {
  session: key,
  visitor: key,
  network: key,
  setup: key,
  feed: key,
  following: key,
  persons: key,
  alerts: key,
};

/** A session that nobody can look up now. */
const id = randomUUID();
const signature = createHmac('sha256', key.toString('hex')).update(id).digest('base64').replace(/=+$/, '');
const staffCookie = `session=${encodeURIComponent(`s:${id}.${signature}`)}`;

/** What needs no database, and what is led elsewhere without one. */
const answeredAnyway = ['/healthz', '/readyz', '/metrics', '/robots.txt'];

describe.each([
  ['refuses connections', 'postgres://127.0.0.1:1/nowhere'],
  ['has no socket', 'postgres://localhost/nowhere?host=%2Fnowhere'],
])('While the database %s', (_name, url) => {
  const { app, close } = siteOn(url);
  const routes = routesOf(app);
  afterAll(close);

  it.each(
    routes
      .filter(({ path }) => !answeredAnyway.includes(path))
      .map((route) => [route.method, route.path, route] as const),
  )('%s %s is a friendly 503 that says when to come again', async (_method, _path, route) => {
    for (const cookie of ['', staffCookie]) {
      const answer = await ask(app, route, cookie);
      expect(answer.status).toBe(503);
      expect(answer.headers['retry-after']).toBe('5');
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.headers['set-cookie']).toBeUndefined();
      expect(answer.text).toContain('<h1>Back in a moment</h1>');
      if (route.method === 'post') expect(answer.text).toContain('Hours of work &#38; no copy.');
    }
  });
});

it('A session that cannot be looked up is not taken for one that does not exist', async () => {
  const pool = createPool('postgres://localhost/nowhere?host=%2Fnowhere', () => {});
  const app = express();
  app.use(sessions({ pool, secret: key, secure: false }));
  app.use((_request, response) => void response.send('signed out'));
  app.use(((error, _request, response, _next) => response.status(503).send(error.message)) as ErrorRequestHandler);
  const answer = await request(app).get('/').set('Cookie', staffCookie);
  expect([answer.status, answer.text]).toEqual([503, expect.stringContaining('ENOENT')]);
  await pool.end();
});

function siteOn(url: string): { app: Express; close: () => Promise<void> } {
  const pool = createPool(url, () => {});
  const db = createDatabase(pool);
  const now = () => new Date();
  const parts = { db, pool, config: readConfig({}), secrets, logger: pino({ level: 'silent' }), now };
  return { app: createApp({ ...parts, ...withoutMemory(now) }), close: () => db.destroy() };
}

function ask(app: Express, { method, path }: Route, cookie: string) {
  const address = path.replace(/:\w+/g, '17');
  if (method === 'get') return request(app).get(address).set('Cookie', cookie);
  return request(app)
    .post(address)
    .set({ ...fromOwnPage, Cookie: cookie })
    .type('form')
    .send({ name: 'Ann', body: 'Hours of work & no copy.' });
}
