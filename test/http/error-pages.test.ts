import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import express, { type RequestHandler } from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { errorPages } from '../../src/http/error-pages.ts';
import { HttpError } from '../../src/http/errors.ts';
import { createTestSite, fromOwnPage, type TestSite } from '../support/site.ts';

let site: TestSite;

beforeAll(async () => {
  site = await createTestSite();
});
afterAll(() => site.close());

describe('a refusal on the site', () => {
  it.each([
    ['nothing there', '/nothing/here', 404],
    ['a NUL in the address', '/posts/a%00b', 400],
    ['an address that cannot be decoded', '/posts/%FF', 400],
    ['an overlong address', `/${'a'.repeat(8_001)}`, 414],
  ])('for %s is a page of the site', async (_name, path, status) => {
    const { text, headers, status: answered } = await request(site.app).get(path);
    expect(answered).toBe(status);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(text).toContain('<html lang="en">');
    expect(text.match(/<h1>/g)).toHaveLength(1);
    expect(text).toContain('class="masthead"');
    expect(text).toContain('<meta name="robots" content="noindex">');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('to a program that sends what no form of ours is, is a page too', async () => {
    const { status, text } = await request(site.app)
      .post('/sign-in')
      .set({ ...fromOwnPage, 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Encoding': 'bogus' })
      .send('a=b');
    expect([status, text.includes('<h1>We cannot read that</h1>')]).toEqual([415, true]);
  });

  it('is in the language of the site', async () => {
    await site.db.updateTable('site').set({ language: 'de' }).execute();
    const { text } = await request(site.app).get('/nothing/here');
    await site.db.updateTable('site').set({ language: 'en' }).execute();
    expect(text).toContain('<html lang="de">');
  });
});

describe('what nobody foresaw', () => {
  it('is a page without its stack, and in the log with it', async () => {
    const lines: string[] = [];
    const { status, text } = await request(failing(new Error('the secret reason'), lines)).get('/a?b=c');
    expect(status).toBe(500);
    expect(text).toContain('<h1>Something broke</h1>');
    expect(text).not.toMatch(/secret reason|\n\s+at /);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 50, method: 'GET', path: '/a' });
    expect(lines[0]).toContain('the secret reason');
  });

  it.each([undefined, null, 'text', 17, { status: 200 }, { status: 502 }, { status: '404' }])(
    'is 500 also where %j is thrown',
    async (thrown) => {
      const { status, text } = await request(failing(thrown ?? new Error('nothing'), [])).get('/');
      expect([status, text.includes('<h1>')]).toEqual([500, true]);
    },
  );

  it('is cut off where the answer had begun', async () => {
    const app = express();
    app.get('/', (_request, response) => {
      response.write('half of it');
      throw new Error('too late');
    });
    app.use(handler([]));
    await expect(request(app).get('/')).rejects.toThrow();
  });
});

describe('a database that is away', () => {
  it.each([
    Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
    Object.assign(new Error('connect ENOENT /tmp/socket'), { code: 'ENOENT', syscall: 'connect' }),
    Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' }),
    Object.assign(new Error('sorry, too many clients already'), { code: '53300' }),
    new Error('Connection terminated unexpectedly'),
    new Error('timeout exceeded when trying to connect'),
  ])('is 503 with the time to come again, and a page without the site: %s', async (error) => {
    const { status, headers, text } = await request(failing(error, [])).get('/');
    expect([status, headers['retry-after']]).toEqual([503, '5']);
    expect(text).toContain('<html lang="en">');
    expect(text).toContain('<h1>Back in a moment</h1>');
    expect(text).toContain('<link rel="stylesheet" href="/site.css">');
  });

  it('is not one that lacks a file', async () => {
    const error = Object.assign(new Error('no such file'), { code: 'ENOENT', syscall: 'open' });
    expect((await request(failing(error, [])).get('/')).status).toBe(500);
  });
});

describe('a refusal with words of its own', () => {
  it('says them, as text, and when to come again', async () => {
    const error = new HttpError(
      403,
      { key: 'error.otherOrigin', values: { origin: '<b>"\'&', own: 'http://a.example' } },
      90,
    );
    const { headers, text } = await request(failing(error, [])).get('/');
    expect(headers['retry-after']).toBe('90');
    expect(text).toContain('&#60;b&#62;&#34;&#39;&#38;');
    expect(text).not.toContain('<b>');
  });

  it.each([
    [418, 400],
    [511, 500],
  ])('of status %i borrows the words of %i', async (status, worded) => {
    const answer = await request(failing(new HttpError(status), [])).get('/');
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(worded === 400 ? 'makes no sense' : 'Something broke');
  });
});

/** An app that only fails, and whose database cannot put a site around it. */
function failing(error: unknown, lines: string[]) {
  const app = express();
  app.use(() => {
    throw error;
  });
  app.use(handler(lines));
  return app;
}

function handler(lines: string[]) {
  const frame: RequestHandler = async () => {
    throw new Error('no site here');
  };
  const logger = pino({}, { write: (line: string) => lines.push(line) });
  return errorPages({ logger, frame, stylesheet: '/site.css' });
}
