import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import request from 'supertest';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createDatabase, createPool } from '../../src/database.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, fromOwnPage, type TestSite, withoutMemory } from '../support/site.ts';

const text = 'Hours of <work> & no copy of it.';
const kept = 'Hours of &lt;work&gt; &amp; no copy of it.</textarea>';

describe('A text that cannot be taken', () => {
  let site: TestSite;
  beforeAll(async () => {
    site = await createTestSite();
  });
  afterAll(() => site.close());

  test('comes back to an author whose session has ended', async () => {
    const post = await addPost(site.db, { title: 'An old draft' });
    const answer = await request(site.app).post(`/write/${post.id}`).set(fromOwnPage).type('form').send({ body: text });
    expect(answer.status).toBe(403);
    expect(answer.text).toContain(kept);
  });

  test('comes back to a reader whose post is not there any more', async () => {
    const answer = await request(site.app)
      .post('/posts/never-was/comments')
      .type('form')
      .send({ name: 'Ann', body: text });
    expect(answer.status).toBe(404);
    expect(answer.text).toContain(kept);
  });

  test('comes back while the database is away, with the time after which to try again', async () => {
    const pool = createPool('postgres://127.0.0.1:1/nowhere', () => {});
    const db = createDatabase(pool);
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
    const logger = pino({ level: 'silent' });
    const now = () => new Date();
    const app = createApp({ db, pool, config: readConfig({}), secrets, logger, now, ...withoutMemory(now) });
    const answer = await request(app).post('/posts/any/comments').type('form').send({ name: 'Ann', body: text });
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('5');
    expect(answer.text).toContain('Hours of &#60;work&#62; &#38; no copy of it.</textarea>');
  });

  test('is not asked for where nothing was typed', async () => {
    const answer = await request(site.app).get('/nowhere');
    expect(answer.text).not.toContain('<textarea');
  });
});
