import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { queueMail } from '../../src/mail/queue.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

let site: TestSite;

beforeAll(async () => {
  site = await createTestSite();
});
afterAll(() => site.close());

describe('for who runs the site', () => {
  it('/healthz says that the process answers', async () => {
    const answer = await request(site.app).get('/healthz');
    expect([answer.status, answer.text, answer.headers['cache-control']]).toEqual([200, 'ok\n', 'no-store']);
  });

  it('/readyz says that the database is there and migrated', async () => {
    const answer = await request(site.app).get('/readyz');
    expect([answer.status, answer.text, answer.headers['cache-control']]).toEqual([200, 'ready\n', 'no-store']);
  });

  it('/readyz says that a migration is missing', async () => {
    const other = await createTestSite();
    await other.db.deleteFrom('kysely_migration' as never).execute();
    const answer = await request(other.app).get('/readyz');
    expect([answer.status, answer.text]).toEqual([503, 'the database is not migrated\n']);
    await other.close();
  });

  it('/readyz says that the database is away', async () => {
    const other = await createTestSite();
    await other.close();
    const answer = await request(other.app).get('/readyz');
    expect([answer.status, answer.text]).toEqual([503, 'the database cannot be reached\n']);
    expect((await request(other.app).get('/healthz')).status).toBe(200);
  });
});

describe('/metrics', () => {
  it('counts and times requests by route, never by address', async () => {
    await request(site.app).get('/posts/a-secret-draft');
    await request(site.app).get('/nothing/at/all');
    const { text } = await request(site.app).get('/metrics');
    expect(text).toMatch(
      /^http_request_duration_seconds_count\{method="GET",route="\/posts\/:slug",status="404"\} 1$/m,
    );
    expect(text).toMatch(/^http_request_duration_seconds_count\{method="GET",route="other",status="404"\} 1$/m);
    expect(text).toMatch(/^http_request_duration_seconds_bucket\{le="0\.05",method="GET"/m);
    expect(text).not.toContain('secret-draft');
  });

  it('shows the pool, the jobs and the event loop', async () => {
    await site.db
      .transaction()
      .execute((trx) => queueMail(trx, { recipient: 'a@b.example', subject: 's', body: 'b', now: site.now }));
    const { text } = await request(site.app).get('/metrics');
    expect(text).toMatch(/^database_connections\{state="open"\} [1-9]\d*$/m);
    expect(text).toMatch(/^database_connections\{state="awaited"\} 0$/m);
    expect(text).toMatch(/^jobs_waiting 1$/m);
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
    expect(text).toMatch(/^process_resident_memory_bytes /m);
  });

  it('is nothing to a stranger whom a proxy on this machine forwards', async () => {
    for (const headers of [{ 'X-Forwarded-For': '203.0.113.7' }, { Forwarded: 'for=203.0.113.7' }]) {
      const answer = await request(site.app).get('/metrics').set(headers);
      expect([answer.status, answer.text.includes('<h1>')]).toEqual([404, true]);
    }
  });

  it.each(['blog.example', '127.blog.example', 'localhost.example', '127.0.0.1.example:80', '[::2]', ''])(
    'is nothing to whom a proxy forwards for the host “%s” without a word',
    async (host) => {
      expect((await request(site.app).get('/metrics').set('Host', host)).status).toBe(404);
    },
  );

  it.each(['localhost', 'LocalHost:3000', '127.0.0.1:3000', '[::1]:3000'])(
    'is for a program that asks %s',
    async (host) => {
      expect((await request(site.app).get('/metrics').set('Host', host)).status).toBe(200);
    },
  );

  it('is nothing to whom a proxy forwards in HTTP/1.0', async () => {
    const server = createServer(site.app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /metrics HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n');
    const answer = await textOf(socket);
    server.close();
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
  });

  it('is no way around the headers that bind every page', async () => {
    const { headers } = await request(site.app).get('/metrics').set('Host', 'blog.example');
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'/);
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it('is for everyone where the site says so', async () => {
    const open = await createTestSite({ METRICS: 'public' });
    const answer = await request(open.app).get('/metrics').set('X-Forwarded-For', '203.0.113.7');
    expect(answer.status).toBe(200);
    await open.close();
  });
});
