import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { describeInBrowser } from '../support/browser.ts';
import { type ServedSite, serveSite } from '../support/served-site.ts';

const owner = { name: 'Olga Owner', email: 'olga@site.example', password: 'a rather long password' };
const openPost = '/posts/how-we-talk-here';

for (const javaScriptEnabled of [true, false]) {
  describeInBrowser(`The main job, with scripts ${javaScriptEnabled ? 'on' : 'off'}`, (browser) => {
    let site: ServedSite;
    let guest: BrowserContext;
    let staff: BrowserContext;
    const strangers: string[] = [];

    beforeAll(async () => {
      site = await serveSite();
      [guest, staff] = [await openContext(), await openContext()];
    }, 60_000);
    afterAll(async () => {
      await guest?.close();
      await staff?.close();
      await site?.close();
    }, 60_000);

    test('a visitor reads a post with its threaded conversation', async () => {
      const page = await visit(guest, '/');
      await page.getByRole('link', { name: 'Lacking leadership', exact: true }).click();
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Lacking leadership');
      expect(await page.getByRole('heading', { level: 2, name: '2 thoughts on “Lacking leadership”' }).count()).toBe(1);
      expect(await page.locator('ol.thread ol.thread article.comment').count()).toBe(1);
      expect(await page.getByText('Comments are closed.').count()).toBe(1);
      expect(await page.locator('form.reply-form').count()).toBe(0);
      expect(await guest.cookies()).toEqual([]);
      await page.close();
    }, 60_000);

    test('a guest replies to a comment, sees it waiting, and nobody else does', async () => {
      const page = await visit(guest, openPost);
      await page
        .locator('article.comment')
        .first()
        .getByRole('link', { name: /^Reply to/ })
        .click();
      await page.getByLabel('Your reply').fill('A *first* thought.\n\n<script>alert(1)</script>');
      await page.getByLabel('Name', { exact: true }).fill('Gerda Guest');
      await page.getByRole('button', { name: 'Send for approval' }).click();
      await page.waitForURL(/#c\d+$/);
      const own = page.locator('article.comment.held');
      expect(await own.innerText()).toContain('Waiting for a moderator');
      expect(await own.innerText()).toContain('first comment from this browser');
      expect(await own.locator('em').innerText()).toBe('first');
      await page.reload();
      expect(await page.locator('article.comment.held').count()).toBe(1);
      const other = await visit(staff, openPost);
      expect(await other.getByText('Gerda Guest').count()).toBe(0);
      await Promise.all([page.close(), other.close()]);
    }, 60_000);

    test('whoever has the printed link becomes the owner', async () => {
      const page = await visit(staff, site.setupPath);
      await page.getByLabel('Name', { exact: true }).fill(owner.name);
      await page.getByLabel('E-mail').fill(owner.email);
      await page.getByLabel('Password', { exact: true }).fill(owner.password);
      await page.locator('main form button').click();
      await page.getByRole('link', { name: 'Moderation' }).waitFor();
      expect((await staff.request.get(site.address + site.setupPath)).status()).toBe(404);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.goto(`${site.address}/moderation`);
      await page.getByLabel('E-mail').fill(owner.email);
      await page.getByLabel('Password', { exact: true }).fill(owner.password);
      await page.locator('main form button').click();
      await page.waitForURL('**/moderation');
      await page.close();
    }, 60_000);

    test('the owner approves the reply and answers it in one step', async () => {
      const page = await visit(staff, '/moderation');
      const item = page.locator('.queue-item', { hasText: 'Gerda Guest' });
      expect(await item.innerText()).toContain('first comment from this browser');
      await item.getByText('With a reason, a note or a reply').click();
      await item.getByLabel('Reply').fill('Welcome, Gerda.');
      await item.getByRole('button', { name: 'Approve' }).click();
      await page.getByText('your reply stands under it').waitFor();
      const reader = await visit(guest, openPost);
      const replies = reader.locator('li:has(> article .comment-name:text-is("Gerda Guest")) > .replies > ol.thread');
      expect(await replies.innerText()).toContain('Welcome, Gerda.');
      expect(await reader.locator('article.comment.held').count()).toBe(0);
      await Promise.all([page.close(), reader.close()]);
    }, 60_000);

    test('a guest whose comment was approved is published at once', async () => {
      const page = await visit(guest, openPost);
      await page.getByLabel('Your reply').fill('A second thought.');
      await page.getByLabel('Name', { exact: true }).fill('Gerda Guest');
      await page.getByLabel(/^Remember/).check();
      await page.getByRole('button', { name: 'Post reply' }).click();
      await page.waitForURL(/#c\d+$/);
      expect(await page.getByText('A second thought.').count()).toBe(1);
      expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Gerda Guest');
      await page.close();
    }, 60_000);

    test('a double click makes one comment', async () => {
      const page = await visit(guest, openPost);
      await page.getByLabel('Your reply').fill('Clicked twice.');
      await page.getByRole('button', { name: 'Post reply' }).dblclick();
      await page.waitForURL(/#c\d+$/);
      const count = await site.db.selectFrom('comment').where('source', '=', 'Clicked twice.').selectAll().execute();
      expect(count).toHaveLength(1);
      await page.close();
    }, 60_000);

    test('the owner closes the conversation with a reason that readers see', async () => {
      const late = await visit(guest, openPost);
      await late.getByLabel('Your reply').fill('Too late, as it turns out.');
      const page = await visit(staff, openPost);
      await page.getByText('Close this conversation').click();
      await page.getByLabel(/^Reason/).fill('All has been said.');
      await page.getByRole('button', { name: 'Close comments' }).click();
      await page.getByText('All has been said.').waitFor();
      expect(await page.getByText('Comments are closed.').count()).toBe(1);
      const [refused] = await Promise.all([
        late.waitForResponse((response) => response.request().method() === 'POST'),
        late.getByRole('button', { name: 'Post reply' }).click(),
      ]);
      expect(refused.status()).toBe(403);
      expect(await late.getByLabel('Your text').inputValue()).toBe('Too late, as it turns out.');
      await Promise.all([page.close(), late.close()]);
    }, 60_000);

    test('no request left for another host', () => {
      expect(strangers).toEqual([]);
    });

    async function openContext(): Promise<BrowserContext> {
      const context = await browser().newContext({ javaScriptEnabled });
      context.setDefaultTimeout(10_000);
      context.on('request', (request) => {
        if (!request.url().startsWith(site.address)) strangers.push(request.url());
      });
      return context;
    }

    async function visit(context: BrowserContext, path: string): Promise<Page> {
      const page = await context.newPage();
      await page.goto(site.address + path);
      return page;
    }
  });
}
