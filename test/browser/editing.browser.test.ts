import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { describeInBrowser } from '../support/browser.ts';
import { type ServedSite, serveSite } from '../support/served-site.ts';

const openPost = '/posts/how-we-talk-here';
const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

for (const javaScriptEnabled of [true, false]) {
  describeInBrowser(`Second thoughts, with scripts ${javaScriptEnabled ? 'on' : 'off'}`, (browser) => {
    let site: ServedSite;
    let guest: BrowserContext;
    let stranger: BrowserContext;

    beforeAll(async () => {
      site = await serveSite();
      await site.db.updateTable('site').set({ comment_mode: 'open' }).execute();
      [guest, stranger] = [await openContext(), await openContext()];
    }, 120_000);
    afterAll(async () => {
      await guest?.close();
      await stranger?.close();
      await site?.close();
    }, 120_000);

    test('a guest edits a comment, and readers are told', async () => {
      const page = await visit(guest, openPost);
      await page.getByLabel('Your reply').fill('Teh first thought.');
      await page.getByLabel('Name', { exact: true }).fill('Gerda Guest');
      await page.getByRole('button', { name: 'Post reply' }).click();
      await page.waitForURL(/#c\d+$/);
      await ownComment(page)
        .getByRole('link', { name: /^Edit your comment of/ })
        .click();
      expect(await page.getByLabel('Your comment').inputValue()).toBe('Teh first thought.');
      await expectNoFinding(page);
      await page.getByLabel('Your comment').fill('');
      await page.getByRole('button', { name: 'Save changes' }).click();
      await page.waitForSelector('.error-summary');
      await expectNoFinding(page);
      await page.getByLabel('Your comment').fill('The *first* thought.');
      await page.getByRole('button', { name: 'Save changes' }).click();
      await page.waitForURL(/#c\d+$/);
      expect(await ownComment(page).locator('em').innerText()).toBe('first');
      await expectNoFinding(page);
      const other = await visit(stranger, openPost);
      expect(await ownComment(other).innerText()).toMatch(/edited on \d+ \w+ \d{4} at \d\d:\d\d/);
      expect(
        await ownComment(other)
          .getByRole('link', { name: /^Edit|^Delete/ })
          .count(),
      ).toBe(0);
      await Promise.all([page.close(), other.close()]);
    }, 120_000);

    test('two windows with one comment: the second is shown what the first one saved', async () => {
      const [one, other] = [await visit(guest, openPost), await visit(guest, openPost)];
      for (const page of [one, other])
        await ownComment(page)
          .getByRole('link', { name: /^Edit your comment of/ })
          .click();
      await one.getByLabel('Your comment').fill('From the first window.');
      await other.getByLabel('Your comment').fill('From the second window.');
      await one.getByRole('button', { name: 'Save changes' }).click();
      await one.waitForURL(/#c\d+$/);
      await other.getByRole('button', { name: 'Save changes' }).click();
      await other.waitForSelector('.conflict');
      expect(await other.locator('.conflict').innerText()).toContain('From the first window.');
      expect(await other.getByLabel('Your comment').inputValue()).toBe('From the second window.');
      await expectNoFinding(other);
      await other.getByRole('button', { name: 'Save changes' }).click();
      await other.waitForURL(/#c\d+$/);
      expect(await ownComment(other).innerText()).toContain('From the second window.');
      await Promise.all([one.close(), other.close()]);
    }, 120_000);

    // Without scripts a browser keeps nothing of its own accord.
    if (javaScriptEnabled)
      test('what was typed is there again after the window was closed, until it is saved or discarded', async () => {
        const page = await openForm();
        const stored = await page.getByLabel('Your comment').inputValue();
        await page.getByLabel('Your comment').fill('Typed, and not saved.');
        await page.close();
        const again = await openForm();
        expect(await again.getByLabel('Your comment').inputValue()).toBe('Typed, and not saved.');
        expect(await again.getByText('was kept in this browser').isVisible()).toBe(true);
        await expectNoFinding(again);
        await again.getByRole('button', { name: 'Discard it' }).click();
        expect(await again.getByLabel('Your comment').inputValue()).toBe(stored);
        await again.getByLabel('Your comment').fill('Typed and saved.');
        await again.getByRole('button', { name: 'Save changes' }).click();
        await again.waitForURL(/#c\d+$/);
        await expectNothingKept(again);
        await again.close();
        const last = await openForm();
        expect(await last.getByLabel('Your comment').inputValue()).toBe('Typed and saved.');
        expect(await last.getByText('was kept in this browser').isVisible()).toBe(false);
        await last.close();
      }, 120_000);

    if (javaScriptEnabled)
      test('what was typed into an edit goes after a day, whatever conversation is opened, and with an erased address', async () => {
        const page = await visit(guest, openPost);
        const keep = (at: number) =>
          page.evaluate((at) => localStorage.setItem('rejoinder: edit 7', JSON.stringify({ text: 'Old.', at })), at);
        const isKept = () => page.evaluate(() => localStorage.getItem('rejoinder: edit 7') !== null);
        await keep(Date.now() - 82_800_000);
        await page.goto(`${site.address}/mine`);
        await page.waitForLoadState('load');
        expect(await isKept()).toBe(true);
        await keep(Date.now() - 90_000_000);
        await page.goto(site.address + openPost);
        await expectNothingKept(page);
        await keep(Date.now());
        await page.goto(`${site.address}/mine/erased`);
        await expectNothingKept(page);
        await page.close();
      }, 120_000);

    test('when the time is over the text comes back to be copied', async () => {
      const page = await visit(guest, openPost);
      await ownComment(page)
        .getByRole('link', { name: /^Edit your comment of/ })
        .click();
      await page.getByLabel('Your comment').fill('A moment too late.');
      site.now = new Date(site.now.getTime() + 15 * 60_000);
      await page.getByRole('button', { name: 'Save changes' }).click();
      await page.waitForSelector('.refused-page');
      expect(await page.getByLabel('Your text').inputValue()).toBe('A moment too late.');
      await expectNoFinding(page);
      await page.goto(site.address + openPost);
      expect(await ownComment(page).getByRole('link', { name: /^Edit/ }).count()).toBe(0);
      await page.close();
    }, 120_000);

    test('a guest deletes the comment, and no word of it is left', async () => {
      const page = await visit(guest, openPost);
      await ownComment(page)
        .getByRole('link', { name: /^Delete your comment of/ })
        .click();
      expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Delete your comment?');
      await expectNoFinding(page);
      await page.getByRole('button', { name: 'Delete comment' }).click();
      await page.waitForURL(/#conversation$/);
      expect(await page.getByText(/From the second window|Gerda Guest/).count()).toBe(0);
      const kept = await page.evaluate(() => Object.keys(localStorage).filter((name) => name.includes('edit ')));
      expect(kept).toEqual([]);
      await page.close();
    }, 120_000);

    async function expectNothingKept(page: Page): Promise<void> {
      await page.waitForFunction(() => !Object.keys(localStorage).some((name) => name.includes('edit ')));
    }

    async function openForm(): Promise<Page> {
      const page = await visit(guest, openPost);
      await ownComment(page)
        .getByRole('link', { name: /^Edit your comment of/ })
        .click();
      await page.waitForURL(/\/edit$/);
      return page;
    }

    // The only one on that page whose writer is called so.
    function ownComment(page: Page) {
      return page.locator('article.comment', { hasText: 'Gerda Guest' });
    }

    async function openContext(): Promise<BrowserContext> {
      const context = await browser().newContext({ javaScriptEnabled, viewport: { width: 360, height: 780 } });
      context.setDefaultTimeout(20_000);
      return context;
    }

    async function visit(context: BrowserContext, path: string): Promise<Page> {
      const page = await context.newPage();
      await page.goto(site.address + path);
      return page;
    }

    async function expectNoFinding(page: Page): Promise<void> {
      if (!javaScriptEnabled) return;
      const { violations } = await new AxeBuilder({ page }).withTags(axeTags).analyze();
      expect(violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.target.join(' '))])).toEqual([]);
    }
  });
}
