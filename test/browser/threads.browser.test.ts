import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '../support/browser.ts';
import { addPost } from '../support/posts.ts';
import { type ServedSite, serveSite } from '../support/served-site.ts';
import { approved, chainOf, type Planted, plantThread, preorderOf } from '../support/threads.ts';

const limit = 180_000;
const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

describeInBrowser('A long conversation', (browser) => {
  let site: ServedSite;
  beforeAll(async () => {
    site = await serveSite();
  }, limit);
  afterAll(() => site?.close(), limit);

  test.each([false, true])(
    'folds a branch, and opens it again for a link into it and for the search in the page (scripts: %s)',
    async (javaScriptEnabled) => {
      const { path, ids } = await plant([approved(undefined), approved(0), approved(1), approved(undefined)]);
      await visit({ path, javaScriptEnabled }, async (page) => {
        const [reply, deeper] = [page.locator(`#c${ids[1]}`), page.locator(`#c${ids[2]}`)];
        const fold = page.locator('summary').first();
        expect([await reply.isVisible(), await deeper.isVisible()]).toEqual([true, true]);
        expect(await fold.innerText()).toContain('2 replies');

        await fold.press('Enter');
        expect([await reply.isVisible(), await deeper.isVisible()]).toEqual([false, false]);
        await page.goto(`${site.address}${path}#c${ids[2]}`);
        await deeper.waitFor({ state: 'visible' });

        if (javaScriptEnabled) await expectNoFinding(page);
        await fold.click();
        await deeper.waitFor({ state: 'hidden' });
        await page.goto(`${site.address}${path}#:~:text=Comment%20${ids[2]}`);
        await deeper.waitFor({ state: 'visible' });
      });
    },
    limit,
  );

  test(
    'shows a comment whose address is opened, 450 levels deep, without scripts, and marks it',
    async () => {
      const { ids } = await plant(chainOf(450));
      for (const index of [0, 250, 449]) {
        await visit({ path: `/comments/${ids[index]}`, javaScriptEnabled: false }, async (page) => {
          const comment = page.locator(`#c${ids[index]}`);
          expect(new URL(page.url()).hash).toBe(`#c${ids[index]}`);
          expect(await comment.evaluate((article) => article.matches(':target'))).toBe(true);
          const { top, bottom } = await comment.evaluate((article) => article.getBoundingClientRect().toJSON());
          const height = await page.evaluate(() => innerHeight);
          expect([top >= 0, bottom <= height]).toEqual([true, true]);
        });
      }
    },
    limit,
  );

  test.each([320, 1280])(
    'reads from top to bottom in its order, however deep, on a screen of %i pixels',
    async (width) => {
      const planted = [...chainOf(150), approved(3), approved(140), approved(20), approved(undefined)];
      const { path, ids } = await plant(planted);
      await visit({ path, width }, async (page) => {
        const read = await page.locator('article.comment').evaluateAll((articles) =>
          articles.map((article) => {
            const { top, left, width } = article.getBoundingClientRect();
            return { id: Number(article.id.slice(1)), top, left, width };
          }),
        );
        expect(read.map(({ id }) => id)).toEqual(preorderOf(planted).map((index) => ids[index]));
        expect(read.map(({ top }) => top)).toEqual(read.map(({ top }) => top).toSorted((a, b) => a - b));
        const indents = new Set(read.map(({ left }) => Math.round(left)));
        expect(indents.size).toBe(width < 768 ? 5 : 9);
        expect(Math.min(...read.map((each) => each.width))).toBeGreaterThan(width / 3);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      });
    },
    limit,
  );

  test(
    'goes on within a branch, in it and back, by links that a keyboard reaches, without a finding of axe',
    async () => {
      const planted = [...chainOf(24), ...Array.from({ length: 190 }, () => approved(23)), approved(undefined)];
      const { path, ids } = await plant(planted);
      await visit({ path }, async (page) => {
        await expectNoFinding(page);
        await page.getByRole('link', { name: `More replies to Guest ${ids[23]} follow` }).press('Enter');
        await page.waitForURL(/after=/);
        expect(await page.locator('article.repeated').count()).toBe(20);
        await expectNoFinding(page);
        await page.getByRole('link', { name: 'Further up in this thread' }).press('Enter');
        await page.waitForURL(new RegExp(`#c${ids[3]}$`));
        await page.getByRole('link', { name: `Continue this thread, from Guest ${ids[8]} on` }).press('Enter');
        await page.waitForURL(new RegExp(`/comments/${ids[8]}/thread$`));
        await expectNoFinding(page);
        await page.getByRole('link', { name: 'See it in the whole conversation' }).press('Enter');
        await page.waitForURL(new RegExp(`${path}#c${ids[8]}$`));
        await page.getByRole('link', { name: 'Show the newest first' }).press('Enter');
        await page.waitForURL(/order=newest/);
        expect(await page.locator('article.comment').first().getAttribute('id')).toBe(`c${ids.at(-1)}`);
        await expectNoFinding(page);
      });
    },
    limit,
  );

  async function plant(planted: readonly Planted[]): Promise<{ path: string; ids: number[] }> {
    const { slug, conversationId } = await addPost(site.db, { title: 'A long talk', mode: 'open' });
    return { path: `/posts/${slug}`, ids: await plantThread(site.db, conversationId, planted) };
  }

  async function visit(
    { path, width = 1280, javaScriptEnabled = true }: { path: string; width?: number; javaScriptEnabled?: boolean },
    look: (page: Page) => Promise<void>,
  ): Promise<void> {
    const context = await browser().newContext({ viewport: { width, height: 800 }, javaScriptEnabled });
    context.setDefaultTimeout(20_000);
    try {
      const page = await context.newPage();
      await page.goto(site.address + path);
      await look(page);
    } finally {
      await context.close();
    }
  }

  // With a few of its comments: all 200 of a page would take axe minutes.
  async function expectNoFinding(page: Page): Promise<void> {
    await page.locator('li:nth-child(n + 4):nth-last-child(n + 4)').evaluateAll((items) => {
      for (const item of items) item.remove();
    });
    const { violations } = await new AxeBuilder({ page }).withTags(axeTags).analyze();
    expect(violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.target.join(' '))])).toEqual([]);
  }
});
