import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { Page } from 'playwright-core';
import { batchSize, carryOn, sweepOnce } from '../../src/moderation/sweep.ts';
import { describeInBrowser } from '../support/browser.ts';
import { addPost } from '../support/posts.ts';
import { type ServedSite, serveSite } from '../support/served-site.ts';
import { plantThread } from '../support/threads.ts';

const limit = 120_000;
const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

describeInBrowser('Decisions on all that match', (browser) => {
  let site: ServedSite;
  let moderator: { id: number; cookie: string };
  let post: { id: number; conversationId: number };
  let ids: number[];

  beforeAll(async () => {
    site = await serveSite();
    moderator = await site.signIn('moderator', 'Mona Moderator');
  }, limit);
  afterAll(() => site?.close(), limit);
  beforeEach(async () => {
    post = await addPost(site.db, { title: 'A long talk' });
    const planted = Array.from({ length: 312 }, () => ({ parent: undefined, status: 'pending' }) as const);
    ids = await plantThread(site.db, post.conversationId, planted);
  });

  async function open({ width = 1280, scripts = false } = {}): Promise<Page> {
    const context = await browser().newContext({ javaScriptEnabled: scripts, viewport: { width, height: 800 } });
    const [name = '', value = ''] = moderator.cookie.split(/=(.*)/s);
    await context.addCookies([{ name, value, url: site.address }]);
    const page = await context.newPage();
    await page.goto(`${site.address}/moderation`);
    return page;
  }

  async function count(status: string): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      select count(*)::integer as count from comment where id = any(${ids}) and status = ${status}`.execute(site.db);
    return rows[0]?.count ?? 0;
  }

  const sweepOf = (page: Page) => Number(/\/sweeps\/(\d+)$/.exec(page.url())?.[1]);

  test(
    'are asked for by filters, shown while they go on, and undone as one, without a script',
    async () => {
      const page = await open();
      await page.getByText('Filter', { exact: true }).click();
      await page.getByLabel('Text or name has').fill('comment');
      await page.getByLabel('Post', { exact: true }).selectOption(String(post.id));
      await page.getByRole('button', { name: 'Show these' }).click();
      await page.locator('.queue-count', { hasText: '312 comments match.' }).waitFor();
      await page.getByRole('button', { name: 'All are spam…' }).click();
      await page.getByRole('heading', { name: 'Mark 312 comments as spam?' }).waitFor();
      await page.getByLabel('Reason').fill('Ads.');
      await page.getByRole('button', { name: 'Mark all 312 as spam' }).click();
      await page.getByText('Marking as spam: 0 of 312').waitFor();
      const sweepId = sweepOf(page);
      await sweepOnce(site.db, { sweepId, now: site.now });
      // The page asks for itself again.
      await page.getByText(`Marking as spam: ${batchSize} of 312`).waitFor();
      await carryOn(site.db, { sweepId, now: () => site.now });
      await page.getByText('312 comments were marked as spam.').waitFor();
      expect(await count('spam')).toBe(312);

      await page.getByRole('button', { name: 'Undo' }).click();
      await page.getByText('Undoing: 0 of 312').waitFor();
      await carryOn(site.db, { sweepId: sweepOf(page), now: () => site.now });
      await page.getByText('312 decisions were undone.').waitFor();
      expect(await count('pending')).toBe(312);
      await page.context().close();
    },
    limit,
  );

  test(
    'stop at a press of a button',
    async () => {
      const page = await open();
      await page.goto(`${site.address}/moderation/sweeps/new?action=reject&post=${post.id}`);
      await page.getByRole('button', { name: 'Reject all 312' }).click();
      const sweepId = sweepOf(page);
      await sweepOnce(site.db, { sweepId, now: site.now });
      await page.getByRole('button', { name: 'Stop' }).click();
      await page.getByRole('heading', { name: 'The decision was stopped' }).waitFor();
      await carryOn(site.db, { sweepId, now: () => site.now });
      expect([await count('rejected'), await count('pending')]).toEqual([batchSize, 312 - batchSize]);
      await page.context().close();
    },
    limit,
  );

  for (const width of [360, 1280]) {
    test(
      `and what leads to them have no finding of axe at ${width} pixels, and nothing beside the page`,
      async () => {
        const page = await open({ width, scripts: true });
        const query = `post=${post.id}&age=older&than=3&unit=days`;
        const question = `${site.address}/moderation/sweeps/new?action=reject&${query}`;
        expect((await page.goto(question))?.status()).toBe(200);
        await page.getByRole('button', { name: /Reject all/ }).click();
        const sweep = page.url();
        const queue = `${site.address}/moderation?${query}&text=comment`;
        for (const address of [queue, question, sweep, `${site.address}/moderation/comments/${ids[3]}`]) {
          await page.goto(address);
          const { violations } = await new AxeBuilder({ page }).withTags(axeTags).analyze();
          expect([address, violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])]).toEqual([
            address,
            [],
          ]);
          expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        }
        await page.context().close();
      },
      limit,
    );
  }
});
