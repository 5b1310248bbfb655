import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '../support/browser.ts';
import { decideOn, replyTo } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { type ServedSite, serveSite } from '../support/served-site.ts';
import { browserCookies } from '../support/shift.ts';

const limit = 120_000;

describeInBrowser('What is heard of a page', (browser) => {
  let site: ServedSite;
  let owner: { cookie: string };
  let path: string;

  beforeAll(async () => {
    site = await serveSite();
    owner = await site.signIn('owner', 'Olivia Owner');
    path = `/posts/${(await addPost(site.db, { title: 'A talk', mode: 'open' })).slug}`;
  }, limit);
  afterAll(() => site?.close(), limit);

  async function open(to: string, cookie = ''): Promise<Page> {
    const context = await browser().newContext();
    if (cookie) await context.addCookies(browserCookies(cookie, site.address));
    const page = await context.newPage();
    await page.goto(site.address + to);
    return page;
  }

  test(
    'a link in the summary of errors leads the focus into the choice that is missing',
    async () => {
      const { id } = await replyTo(site, path);
      const page = await open(`/comments/${id}/report`);
      await page.getByRole('button', { name: 'Send the report' }).press('Enter');
      await page.getByRole('link', { name: 'Please choose what is wrong' }).press('Enter');
      expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('kind');
      await page.context().close();
    },
    limit,
  );

  test(
    'an appeal names the comment that it is about',
    async () => {
      const { id, cookie } = await replyTo(site, path);
      await decideOn(site, owner, id, { action: 'remove' });
      const page = await open(path, cookie);
      const named = page.getByRole('link', { name: /^Appeal this decision on your comment of \d/ });
      expect(await named.count()).toBe(1);
      await page.context().close();
    },
    limit,
  );

  test(
    'the numbers behind a chart are a table with a name, and what opens it says of which chart',
    async () => {
      const { id } = await replyTo(site, path);
      await decideOn(site, owner, id, { action: 'spam' });
      const page = await open('/moderation/overview', owner.cookie);
      const numbers = page.locator('.overview-charts section', { hasText: 'Who decided' });
      const statement = await numbers.getByRole('heading').innerText();
      const opener = numbers.locator('summary');
      expect(await opener.evaluate((summary) => summary.getAttribute('aria-describedby'))).toBe(
        await numbers.getByRole('heading').getAttribute('id'),
      );
      expect(statement).toMatch(/decision/);
      await opener.press('Enter');
      expect(await numbers.getByRole('table', { name: 'Who decided' }).count()).toBe(1);
      await page.context().close();
    },
    limit,
  );

  test(
    'a rule that is moved keeps the focus, and its button says that nothing is saved yet',
    async () => {
      const page = await open('/settings/rules', owner.cookie);
      const up = page.getByRole('button', { name: 'Move up: Links' });
      for (const step of [1, 2]) {
        await up.press('Enter');
        await page.getByText('Not saved yet.').waitFor();
        await page.waitForFunction(() => document.activeElement?.ariaLabel === 'Move up: Links');
        expect(`${step}: ${await page.locator('#rules-unsaved').innerText()}`).toBe(`${step}: Not saved yet.`);
      }
      expect(await up.getAttribute('aria-describedby')).toBe('rules-unsaved');
      await page.context().close();
    },
    limit,
  );
});
