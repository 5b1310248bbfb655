import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { describeInBrowser } from '../support/browser.ts';
import { decideOn, newText, replyTo } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { type ServedSite, serveSite } from '../support/served-site.ts';
import { plantThread } from '../support/threads.ts';

const limit = 60_000;
const minute = 60_000;
const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

describeInBrowser('What is new since the last visit', (browser) => {
  let site: ServedSite;
  let owner: { cookie: string };
  let context: BrowserContext;
  let page: Page;
  let path: string;
  let posts = 0;

  beforeAll(async () => {
    site = await serveSite();
    owner = await site.signIn('owner');
  }, limit);
  afterAll(() => site?.close(), limit);
  beforeEach(async () => {
    posts += 1;
    path = `/posts/${(await addPost(site.db, { title: `Post ${posts}`, slug: `new-${posts}`, mode: 'open' })).slug}`;
    context = await browser().newContext();
    context.setDefaultTimeout(10_000);
    page = await context.newPage();
  }, limit);
  afterEach(() => context?.close(), limit);

  test(
    'is nothing on the first visit',
    async () => {
      await replyTo(site, path);
      await visit();
      expect(await marks()).toEqual([]);
      expect(await page.getByRole('button', { name: 'Next new comment' }).isVisible()).toBe(false);
    },
    limit,
  );

  test(
    'is marked in words, and stays so while the visit lasts',
    async () => {
      const { id: old } = await replyTo(site, path);
      await visit();
      pass(60);
      const { id } = await replyTo(site, path, { parent: String(old) });
      await visit();
      expect(await marks()).toEqual([id]);
      expect(await page.locator(`#c${id} .new-mark`).textContent()).toBe('New');
      expect(await page.locator('.new-comments p').textContent()).toBe('1 new comment');
      expect(await findings()).toEqual([]);
      await page.setViewportSize({ width: 320, height: 600 });
      const overflow = await page.locator('.reading-bar').evaluate((bar) => {
        document.documentElement.style.fontSize = '200%';
        return bar.scrollWidth - bar.clientWidth;
      });
      expect(overflow).toBe(0);
      pass(10);
      await visit();
      expect(await marks()).toEqual([id]);
      pass(60);
      await visit();
      expect(await marks()).toEqual([]);
    },
    limit,
  );

  test(
    'is found by buttons, one after another and around, also in a branch that is folded',
    async () => {
      const { id: old } = await replyTo(site, path);
      await visit();
      pass(60);
      const { id: inBranch } = await replyTo(site, path, { parent: String(old) });
      const { id: last } = await replyTo(site, path);
      await visit();
      await page.locator('details.replies > summary').first().click();
      expect(await page.locator(`#c${inBranch}`).isVisible()).toBe(false);
      await page.getByRole('button', { name: 'Next new comment' }).click();
      expect(await focused()).toBe(`c${inBranch}`);
      expect(await page.locator(`#c${inBranch}`).isVisible()).toBe(true);
      await page.getByRole('button', { name: 'Next new comment' }).click();
      expect(await focused()).toBe(`c${last}`);
      await page.getByRole('button', { name: 'Next new comment' }).click();
      expect(await focused()).toBe(`c${inBranch}`);
      await page.getByRole('button', { name: 'Previous new comment' }).click();
      expect(await focused()).toBe(`c${last}`);
      expect(
        await page.locator(`#c${last}`).evaluate((article) => article.getBoundingClientRect().bottom),
      ).toBeLessThan(await page.locator('.new-comments').evaluate((bar) => bar.getBoundingClientRect().top));
      await page.getByRole('button', { name: 'Close' }).click();
      expect(await page.locator('.new-comments').isVisible()).toBe(false);
    },
    limit,
  );

  test(
    'is also what was written before and approved after it',
    async () => {
      await replyTo(site, path);
      const { id } = await replyTo(site, path, { body: 'https://a.example https://b.example https://c.example' });
      await visit();
      pass(60);
      await decideOn(site, owner, id, { action: 'approve' });
      await visit();
      expect(await marks()).toEqual([id]);
    },
    limit,
  );

  test(
    'is not what one wrote oneself',
    async () => {
      await visit();
      pass(60);
      await visit();
      await page.getByLabel('Your reply').fill(newText());
      await page.getByLabel('Name', { exact: true }).fill('Gerda Guest');
      await page.getByRole('button', { name: 'Post reply' }).click();
      await page.waitForURL(/#c\d+$/);
      pass(1);
      await visit();
      expect(await page.locator('article.comment').count()).toBe(1);
      expect(await marks()).toEqual([]);
    },
    limit,
  );

  test(
    'is not a later page of the conversation that is seen for the first time',
    async () => {
      const { slug, conversationId } = await addPost(site.db, { title: 'Long', slug: `long-${posts}`, mode: 'open' });
      const ids = await plantThread(
        site.db,
        conversationId,
        Array.from({ length: 250 }, () => ({ parent: undefined, status: 'approved' as const })),
      );
      const posted = new Date(site.now.getTime() - minute);
      await site.db.updateTable('comment').set({ created_at: posted }).where('id', 'in', ids).execute();
      path = `/posts/${slug}`;
      await visit();
      await page.locator('.thread-more a').click();
      await page.waitForURL(/after=/);
      expect(await page.locator('article.comment').count()).toBeGreaterThan(40);
      expect(await marks()).toEqual([]);
    },
    limit,
  );

  test(
    'is kept in this browser alone, for the conversations that were visited last',
    async () => {
      await replyTo(site, path);
      await visit();
      const visits = await page.evaluate(() => {
        const kept = JSON.parse(localStorage.getItem('rejoinder: visits') ?? '{}');
        const [visited] = Object.values(kept);
        const many = Array.from({ length: 80 }, (_, index) => [
          `${100_000 + index}`,
          { ...(visited as object), at: index },
        ]);
        localStorage.setItem('rejoinder: visits', JSON.stringify({ ...kept, ...Object.fromEntries(many) }));
        return Object.keys(kept);
      });
      expect(visits).toEqual([await page.locator('#conversation').getAttribute('data-conversation')]);
      await visit();
      const after = await page.evaluate(() =>
        Object.keys(JSON.parse(localStorage.getItem('rejoinder: visits') ?? '{}')),
      );
      expect(after).toHaveLength(60);
      expect(after).toContain(visits[0]);
      expect(await context.cookies()).toEqual([]);
    },
    limit,
  );

  function pass(minutes: number): void {
    site.now = new Date(site.now.getTime() + minutes * minute);
  }

  // The browser's clock goes with the site's.
  async function visit(): Promise<void> {
    await page.clock.setFixedTime(site.now.getTime() + 1_000);
    await page.goto('about:blank');
    await page.goto(site.address + path);
  }

  /** The ids of the comments that are marked, from top to bottom. */
  async function marks(): Promise<number[]> {
    const marked = page.locator('article.comment:has(.new-mark)');
    return (await marked.evaluateAll((all) => all.map(({ id }) => id))).map((id) => Number(id.slice(1)));
  }

  function focused(): Promise<string | undefined> {
    return page.evaluate(() => document.activeElement?.id);
  }

  async function findings(): Promise<unknown[]> {
    await page.clock.resume();
    const { violations } = await new AxeBuilder({ page }).withTags(axeTags).analyze();
    return violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.target.join(' '))]);
  }
});
