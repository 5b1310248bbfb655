import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { describeInBrowser } from '../support/browser.ts';
import { countComments } from '../support/comments.ts';
import { eventually } from '../support/eventually.ts';
import { addPost } from '../support/posts.ts';
import { type ServedSite, serveSite } from '../support/served-site.ts';

const limit = 60_000;
const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

describeInBrowser('The form for a reply', (browser) => {
  let site: ServedSite;
  let address: string;
  let conversationId: number;

  beforeAll(async () => {
    site = await serveSite();
    const post = await addPost(site.db, { title: 'Open to all', slug: 'open-to-all', mode: 'open' });
    address = `${site.address}/posts/${post.slug}`;
    conversationId = post.conversationId;
  }, limit);
  afterAll(() => site?.close(), limit);

  for (const javaScriptEnabled of [true, false]) {
    const scripts = javaScriptEnabled ? 'on' : 'off';

    test(
      `shows the server’s own rendering before anything is posted, with scripts ${scripts}`,
      async () => {
        const page = await open({ javaScriptEnabled });
        await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Gerda Guest');
        await page.getByRole('textbox', { name: 'E-mail' }).fill('unfinished@');
        await page
          .getByRole('textbox', { name: 'Your reply' })
          .fill(`A *first* look, scripts ${scripts}.\n\n<script>alert(1)</script>`);
        await page.getByRole('button', { name: 'Preview' }).click();
        await page.getByRole('heading', { name: 'Preview of your reply' }).waitFor();
        const preview = page.locator('.preview');
        expect(await preview.locator('em').textContent()).toBe('first');
        expect(await preview.textContent()).toContain('<script>alert(1)</script>');
        expect(await countComments(site.db, conversationId)).toBe(javaScriptEnabled ? 0 : 1);
        expect(page.url().endsWith('/preview')).toBe(!javaScriptEnabled);
        expect(await page.getByRole('textbox', { name: 'E-mail' }).inputValue()).toBe('unfinished@');
        if (javaScriptEnabled) expect(await findings(page)).toEqual([]);
        await page.getByRole('textbox', { name: 'E-mail' }).fill('');
        await page.getByRole('button', { name: 'Post reply' }).click();
        await page.waitForURL(/#c\d+$/);
        expect(await page.locator('article.comment').last().textContent()).toContain(
          `A first look, scripts ${scripts}.`,
        );
        await page.context().close();
      },
      limit,
    );

    test(
      `says what is missing where there is nothing to preview, and keeps the rest, with scripts ${scripts}`,
      async () => {
        const page = await open({ javaScriptEnabled });
        await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Gerda Guest');
        await page.getByRole('button', { name: 'Preview' }).click();
        await page.waitForSelector('.error-summary');
        expect(await page.locator('.error-summary').textContent()).toContain('There is no text yet.');
        expect(await page.getByRole('textbox', { name: 'Name', exact: true }).inputValue()).toBe('Gerda Guest');
        await page.context().close();
      },
      limit,
    );
  }

  test(
    'has a page of its own for the preview where the script did not arrive, without a finding of axe',
    async () => {
      const page = await open();
      await page.route('**/js/preview.js', (route) => route.abort());
      await page.reload();
      await page.getByRole('textbox', { name: 'Your reply' }).fill('# Look\n\n- at this');
      await page.getByRole('button', { name: 'Preview' }).click();
      await page.waitForURL('**/comments/preview');
      expect(await findings(page)).toEqual([]);
      await page.context().close();
    },
    limit,
  );

  test(
    'leads the focus to the preview, and takes it away when the text changes',
    async () => {
      const page = await open();
      await page.getByRole('textbox', { name: 'Your reply' }).fill('One.');
      await page.getByRole('button', { name: 'Preview' }).click();
      await page.waitForFunction(() => document.activeElement?.id === 'preview-heading');
      await page.getByRole('textbox', { name: 'Your reply' }).fill('Two.');
      expect(await page.locator('.preview').count()).toBe(0);
      await page.context().close();
    },
    limit,
  );

  test(
    'says so where the preview cannot be fetched, and stays as it is',
    async () => {
      const page = await open();
      await page.getByRole('textbox', { name: 'Your reply' }).fill('On a train.');
      await page.route('**/comments/preview', (route) => route.abort('internetdisconnected'));
      await page.getByRole('button', { name: 'Preview' }).click();
      await page.getByText('could not be fetched').waitFor();
      expect(await page.getByRole('textbox', { name: 'Your reply' }).inputValue()).toBe('On a train.');
      await page.context().close();
    },
    limit,
  );

  test(
    'counts down once little room is left: at once for the eye, after a pause for the ear',
    async () => {
      const page = await open();
      const [seen, heard] = [page.locator('.counter > [aria-hidden]'), page.locator('.counter > [aria-live="polite"]')];
      const field = page.getByRole('textbox', { name: 'Your reply' });
      await field.fill('a'.repeat(9_000));
      expect(await seen.textContent()).toBe('');
      await field.fill('a'.repeat(9_001));
      expect(await seen.textContent()).toBe('999 characters left');
      expect(await heard.textContent()).toBe('');
      await eventually(async () => (await heard.textContent()) === '999 characters left');
      await field.fill('a'.repeat(9_999));
      expect(await seen.textContent()).toBe('1 character left');
      expect(await heard.textContent()).toBe('999 characters left');
      await field.fill('a'.repeat(10_001));
      expect(await seen.textContent()).toBe('1 character too many');
      await eventually(async () => (await heard.textContent()) === '1 character too many');
      expect(await findings(page)).toEqual([]);
      await page.context().close();
    },
    limit,
  );

  test(
    'counts as the server does',
    async () => {
      const page = await open();
      const text = `  \n${'🙂'.repeat(4_000)}${'e\u0301'.repeat(4_000)}\u202e\u2066\u0007${'\n'.repeat(10)}${'b'.repeat(2_100)}\n `;
      await page.getByRole('textbox', { name: 'Your reply' }).fill(text);
      const [, over] = /^([\d,]+) characters too many$/.exec(
        (await page.locator('.counter > [aria-hidden]').textContent()) ?? '',
      ) ?? ['', ''];
      await page.getByRole('button', { name: 'Post reply' }).click();
      await page.waitForSelector('.error-summary');
      const [, length] = /this one has ([\d,]+)/.exec((await page.locator('.error-summary').textContent()) ?? '') ?? [];
      expect(Number(over?.replace(',', ''))).toBe(Number(length?.replace(',', '')) - 10_000);
      await page.context().close();
    },
    limit,
  );

  async function open(options: { javaScriptEnabled?: boolean } = {}): Promise<Page> {
    const context: BrowserContext = await browser().newContext(options);
    context.setDefaultTimeout(10_000);
    const page = await context.newPage();
    await page.goto(address);
    return page;
  }

  async function findings(page: Page): Promise<unknown[]> {
    const { violations } = await new AxeBuilder({ page }).withTags(axeTags).analyze();
    return violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.target.join(' '))]);
  }
});
