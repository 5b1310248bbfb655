import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { describeInBrowser } from '../support/browser.ts';
import { newText } from '../support/comments.ts';
import { type ComposedTestSite, serveComposed } from '../support/composed-site.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { addPost } from '../support/posts.ts';
import { plantThread } from '../support/threads.ts';

const limit = 60_000;
const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

describeInBrowser('A reader of a conversation', (browser) => {
  let database: TestDatabase;
  let site: ComposedTestSite;
  let context: BrowserContext;
  let page: Page;
  let path: string;
  let conversationId: number;
  let posts = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    site = await serveComposed(database.url);
  }, limit);
  afterAll(async () => {
    await site?.close();
    await database?.drop();
  }, limit);
  beforeEach(async () => {
    posts += 1;
    const source = Array.from({ length: 40 }, () => 'A long post.').join('\n\n');
    const post = await addPost(database.db, {
      title: `Post ${posts}`,
      slug: `post-${posts}`,
      mode: 'open',
      source,
    });
    path = `/posts/${post.slug}`;
    conversationId = post.conversationId;
    await reply();
    context = await browser().newContext();
    context.setDefaultTimeout(10_000);
    page = await context.newPage();
  }, limit);
  afterEach(() => context?.close(), limit);

  test(
    'is told of new replies as they come, and the text stays where it is',
    async () => {
      await open();
      const comment = page.locator('article.comment');
      await comment.scrollIntoViewIfNeeded();
      const before = await placeOf();
      await reply();
      await told('1 new reply. Show them');
      await reply();
      await reply();
      await told('3 new replies. Show them');
      expect(await placeOf()).toEqual(before);
      expect(await comment.count()).toBe(1);
      expect(await findings()).toEqual([]);
    },
    limit,
  );

  test(
    'is led to them by a link',
    async () => {
      await open();
      await reply();
      const id = await reply();
      await told('2 new replies. Show them');
      await page.getByRole('link', { name: 'Show them' }).click();
      await page.waitForFunction(() => document.activeElement?.matches('article.comment'));
      expect(await page.locator('article.comment').count()).toBe(3);
      expect(await page.evaluate(() => document.activeElement?.id)).toBe(`c${id - 1}`);
      expect(await page.locator('.new-mark').count()).toBe(2);
      expect(await page.locator('.new-replies').textContent()).toBe('');
    },
    limit,
  );

  test(
    'of a conversation of several pages is led to the newest',
    async () => {
      await plantThread(
        database.db,
        conversationId,
        Array.from({ length: 250 }, () => ({ parent: undefined, status: 'approved' as const })),
      );
      await open();
      const id = await reply();
      await told('1 new reply. Show them');
      await page.getByRole('link', { name: 'Show them' }).click();
      await page.waitForURL('**?order=newest');
      await page.waitForFunction(() => document.activeElement?.matches('article.comment'));
      expect(await page.evaluate(() => document.activeElement?.id)).toBe(`c${id}`);
    },
    limit,
  );

  test(
    'whose page is hidden has no stream, and one again when it is looked at',
    async () => {
      await open();
      await setHidden(true);
      await eventually(() => streams.ended === 1);
      await reply();
      expect(streams).toEqual({ asked: 1, ended: 1 });
      const asked = page.waitForRequest(isStream);
      await setHidden(false);
      await asked;
      await told('1 new reply. Show them');
    },
    limit,
  );

  test(
    'asks again after a while when the stream breaks, later each time, and not at all where there is none',
    async () => {
      await page.addInitScript(() => {
        const later = window.setTimeout;
        Object.assign(window, { waits: [] as number[] });
        window.setTimeout = ((work: () => void, wait = 0) => {
          if (wait >= 1_000) (window as unknown as { waits: number[] }).waits.push(wait);
          return later(work, Math.min(wait, 10));
        }) as typeof window.setTimeout;
      });
      // It waits as well.
      await page.route('**/js/counter.js', (route) => route.abort());
      let answers = 0;
      await page.route(isStreamUrl, async (route) => {
        answers += 1;
        if (answers <= 3) return route.fulfill({ status: 503 });
        return answers === 4 ? route.abort('connectionreset') : route.fulfill({ status: 404 });
      });
      await open();
      await eventually(() => answers === 5);
      const waits = await page.evaluate(() => (window as unknown as { waits: number[] }).waits);
      expect(waits).toHaveLength(4);
      for (const [index, wait] of waits.entries()) {
        expect(wait).toBeGreaterThanOrEqual(1_000 * 2 ** index);
        expect(wait).toBeLessThanOrEqual(3_000 * 2 ** index);
      }
      expect(answers).toBe(5);
    },
    limit,
  );

  const streams = { asked: 0, ended: 0 };

  async function open(): Promise<void> {
    Object.assign(streams, { asked: 0, ended: 0 });
    page.on('request', (request) => {
      if (isStream(request)) streams.asked += 1;
    });
    page.on('requestfailed', (request) => {
      if (isStream(request)) streams.ended += 1;
    });
    const asked = page.waitForRequest(isStream);
    await page.goto(`http://127.0.0.1:${site.port}${path}`);
    await asked;
  }

  async function reply(): Promise<number> {
    const fields = { name: 'Greta Guest', body: newText(), parent: '', key: '' };
    const { status, headers } = await site.post(`${path}/comments`, fields);
    expect(status).toBe(303);
    return Number(headers.location?.split('/').at(-1));
  }

  async function told(words: string): Promise<void> {
    const status = page.getByRole('status').and(page.locator('.new-replies'));
    await eventually(async () => (await status.textContent()) === words, { what: words });
  }

  function placeOf() {
    return page.evaluate(() => [
      document.querySelector('article.comment')?.getBoundingClientRect().top,
      document.documentElement.scrollHeight,
    ]);
  }

  // A browser without a window never hides a page by itself.
  async function setHidden(hidden: boolean): Promise<void> {
    await page.evaluate((now) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => now });
      Object.defineProperty(document, 'visibilityState', {
        configurable: true,
        get: () => (now ? 'hidden' : 'visible'),
      });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  }

  function isStream(request: { url(): string }): boolean {
    return isStreamUrl.test(request.url());
  }

  async function findings(): Promise<unknown[]> {
    const { violations } = await new AxeBuilder({ page }).withTags(axeTags).analyze();
    return violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.target.join(' '))]);
  }
});

const isStreamUrl = /\/conversations\/\d+\/stream$/;
