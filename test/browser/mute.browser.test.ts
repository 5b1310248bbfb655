import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { describeInBrowser } from '../support/browser.ts';
import { replyTo, sendForm } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { type ServedSite, serveSite } from '../support/served-site.ts';

const limit = 60_000;
const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

describeInBrowser('A reader who mutes a person', (browser) => {
  let site: ServedSite;
  let path: string;
  let context: BrowserContext;
  let page: Page;
  let loud: number;
  let reply: number;
  let again: number;

  beforeAll(async () => {
    site = await serveSite();
    path = `/posts/${(await addPost(site.db, { title: 'Talk', slug: 'talk', mode: 'open' })).slug}`;
    loud = (await replyTo(site, path, { name: 'Ludo #1 $&', body: 'LOUD.' })).id;
    reply = (await replyTo(site, path, { name: 'Petra', body: 'Calm.', parent: String(loud) })).id;
    again = (await replyTo(site, path, { name: 'Ludo #1 $&', body: 'LOUDER.', website: 'ludo.example' })).id;
  }, limit);
  afterAll(() => site?.close(), limit);
  beforeEach(async () => {
    context = await browser().newContext();
    context.setDefaultTimeout(10_000);
    page = await context.newPage();
    await page.goto(site.address + path);
  }, limit);
  afterEach(() => context?.close(), limit);

  test(
    'sees none of that person’s comments, but all replies, now and on the next page',
    async () => {
      await mute(loud);
      await expectMuted();
      await page.goto('about:blank');
      await page.goto(site.address + path);
      await expectMuted();
      expect(await findings()).toEqual([]);
    },
    limit,
  );

  test(
    'is where they were, with the focus on what shows the comment again',
    async () => {
      const comment = page.locator(`#c${again}`);
      await comment.scrollIntoViewIfNeeded();
      const top = await comment.evaluate((article) => article.getBoundingClientRect().top);
      await mute(again);
      expect(await comment.evaluate((article) => article.getBoundingClientRect().top)).toBeCloseTo(top, 0);
      const show = comment.getByRole('button', { name: 'Show' });
      expect(await show.evaluate((button) => button === document.activeElement)).toBe(true);
      await show.press('Enter');
      expect(await comment.getByText('LOUDER.').isVisible()).toBe(true);
      expect(await page.getByText('LOUD.', { exact: true }).isVisible()).toBe(false);
      await comment.getByRole('button', { name: 'Hide' }).click();
      expect(await comment.getByText('LOUDER.').isVisible()).toBe(false);
    },
    limit,
  );

  test(
    'finds the person at the foot of the conversation, and can hear them again',
    async () => {
      expect(await page.getByText('People you muted').isVisible()).toBe(false);
      await mute(loud);
      await page.getByText('People you muted').click();
      expect(await page.locator('.muted-people li bdi').allTextContents()).toEqual(['Ludo #1 $&']);
      expect(await findings()).toEqual([]);
      await page.getByRole('button', { name: 'Unmute Ludo #1 $&' }).click();
      expect(await page.getByText('LOUD.', { exact: true }).isVisible()).toBe(true);
      expect(await page.getByText('People you muted').isVisible()).toBe(false);
      await page.reload();
      expect(await page.getByText('LOUD.', { exact: true }).isVisible()).toBe(true);
    },
    limit,
  );

  test(
    'does so for oneself alone: nothing is sent, and the page is the same for everyone',
    async () => {
      const sent: string[] = [];
      page.on('request', (request) => {
        if (!/\/assets\/|\/stream$/.test(request.url())) sent.push(request.url());
      });
      await mute(loud);
      expect(sent).toEqual([]);
      expect(await context.cookies()).toEqual([]);
      const other = await (await browser().newContext()).newPage();
      await other.goto(site.address + path);
      expect(await other.getByText('LOUD.', { exact: true }).isVisible()).toBe(true);
      await other.context().close();
    },
    limit,
  );

  test(
    'is not asked whether to mute what was written in this very browser',
    async () => {
      const own = await replyTo(site, path, { name: 'Me', body: 'Mine.' });
      const [name = '', value = ''] = (/visitor=[^;]*/.exec(own.cookie)?.[0] ?? '').split('=');
      await context.addCookies([{ name, value, url: site.address }]);
      await page.reload();
      await page.locator(`#c${loud}`).getByRole('button', { name: 'Mute' }).waitFor();
      expect(await page.locator(`#c${own.id}`).getByRole('button', { name: 'Mute' }).count()).toBe(0);
      await site.db.updateTable('comment').set({ shown: false, status: 'spam' }).where('id', '=', own.id).execute();
    },
    limit,
  );

  test(
    'can do so where there is no form any more, too',
    async () => {
      const { cookie } = await site.signIn('owner');
      await sendForm(site, `${path}/closures`, {}, { cookie });
      await page.reload();
      await mute(loud);
      await expectMuted();
      await sendForm(site, `${path}/closures/current/reopen`, {}, { cookie });
    },
    limit,
  );

  test(
    'has peace on the page of a branch as well',
    async () => {
      await mute(again);
      await page.goto(`${site.address}/comments/${loud}/thread`);
      expect((await page.locator(`#c${loud}`).innerText()).trim()).toBe('You muted Ludo #1 $&. Show');
      expect(await page.locator(`#c${reply}`).innerText()).toContain('Calm.');
      expect(await findings()).toEqual([]);
      await page.getByText('People you muted').click();
      await page.getByRole('button', { name: 'Unmute' }).click();
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('conversation-heading');
      expect(await page.getByText('LOUD.', { exact: true }).isVisible()).toBe(true);
    },
    limit,
  );

  async function mute(id: number): Promise<void> {
    await page.locator(`#c${id}`).getByRole('button', { name: 'Mute Ludo #1 $&' }).click();
  }

  async function expectMuted(): Promise<void> {
    for (const id of [loud, again]) {
      const comment = page.locator(`#c${id}`);
      expect((await comment.innerText()).trim()).toBe('You muted Ludo #1 $&. Show');
      expect(await comment.getByRole('button', { name: 'Show' }).getAttribute('aria-expanded')).toBe('false');
    }
    expect(await page.locator(`#c${reply}`).innerText()).toContain('Calm.');
  }

  async function findings(): Promise<unknown[]> {
    const { violations } = await new AxeBuilder({ page }).withTags(axeTags).analyze();
    return violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.target.join(' '))]);
  }
});
