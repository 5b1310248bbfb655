import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { createTestSite, type TestSite } from '../support/site.ts';

let site: TestSite;
let folder: string;

beforeAll(async () => {
  site = await createTestSite();
  const page = await request(site.app).get('/');
  folder = /href="(\/assets\/[^/]+)\/site\.css"/.exec(page.text)?.[1] ?? '';
});

afterAll(() => site.close());

describe('the files that pages ask for', () => {
  test('can be kept for ever, and come compressed', async () => {
    const styles = await request(site.app).get(`${folder}/site.css`).set('Accept-Encoding', 'gzip');
    expect(styles.status).toBe(200);
    expect(styles.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/css; charset=utf-8',
      'content-encoding': 'gzip',
      'x-content-type-options': 'nosniff',
    });
    const files = readdirSync('public/css');
    for (const file of files) expect(styles.text).toContain(readFileSync(`public/css/${file}`, 'utf8'));
    expect(Number(styles.headers['content-length'])).toBeLessThan(styles.text.length / 3);
  });

  test('are scripts and pictures too, each of its type', async () => {
    const script = await request(site.app).get(`${folder}/js/reply-key.js`);
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
    const icon = await request(site.app).get(`${folder}/icon.svg`);
    expect(icon.headers['content-type']).toBe('image/svg+xml');
  });

  test.each(['nothing.css', '..%2f..%2fpackage.json', 'css/00-tokens.css', 'js/'])(
    'do not include %s',
    async (name) => {
      const answer = await request(site.app).get(`${folder}/${name}`);
      expect(answer.status).toBe(404);
    },
  );
});
