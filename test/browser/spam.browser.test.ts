import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '../support/browser.ts';
import { replyTo } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { type ServedSite, serveSite } from '../support/served-site.ts';
import { browserCookies } from '../support/shift.ts';

const limit = 120_000;
const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

describeInBrowser('What looks like spam', (browser) => {
  let site: ServedSite;
  let moderator: { id: number; cookie: string };
  let ids: number[];

  beforeAll(async () => {
    site = await serveSite();
    moderator = await site.signIn('moderator', 'Mona Moderator');
    const { slug } = await addPost(site.db, { title: 'A long talk' });
    ids = [];
    for (const name of ['One', 'Two', 'Three'])
      ids.push((await replyTo(site, `/posts/${slug}`, { name, topic: 'Filled in.' })).id);
    await replyTo(site, `/posts/${slug}`);
  }, limit);
  afterAll(() => site?.close(), limit);

  async function open(options: Parameters<ReturnType<typeof browser>['newContext']>[0] = {}): Promise<Page> {
    const context = await browser().newContext(options);
    await context.addCookies(browserCookies(moderator.cookie, site.address));
    const page = await context.newPage();
    await page.goto(`${site.address}/moderation`);
    return page;
  }

  test(
    'is a line away from what waits, confirmed by the key for spam, and back by that for undo',
    async () => {
      const page = await open();
      expect(await page.locator('.queue-item').count()).toBe(1);
      await page.getByRole('link', { name: '3 look like spam' }).click();
      expect(await page.locator('.queue-item').count()).toBe(3);
      await page.locator('.queue-item kbd').first().waitFor();
      await page.keyboard.press('s');
      await page.locator('.notice', { hasText: 'One comment was marked as spam.' }).waitFor();
      expect(await unconfirmed()).toEqual(ids.slice(0, 2));
      await page.keyboard.press('u');
      await page.locator('.notice', { hasText: 'It was undone.' }).waitFor();
      expect(await unconfirmed()).toEqual(ids);
      expect(await page.locator('.queue-item').count()).toBe(3);
      await page.context().close();
    },
    limit,
  );

  for (const width of [360, 1280]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      test(
        `has no finding of axe at ${width} pixels, ${colorScheme}, and nothing beside the page`,
        async () => {
          const page = await open({ viewport: { width, height: 800 }, colorScheme });
          for (const step of [undefined, '3 look like spam']) {
            if (step) await page.getByRole('link', { name: step }).click();
            const { violations } = await new AxeBuilder({ page }).withTags(axeTags).analyze();
            expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
            expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
          }
          await page.context().close();
        },
        limit,
      );
    }
  }

  async function unconfirmed(): Promise<number[]> {
    const rows = site.db.selectFrom('comment').select('id').where('unconfirmed_spam', '=', true).orderBy('id');
    return (await rows.execute()).map(({ id }) => id);
  }
});
