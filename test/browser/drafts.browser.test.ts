import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { describeInBrowser } from '../support/browser.ts';
import { countComments, replyTo, sendForm } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { type ServedSite, serveSite } from '../support/served-site.ts';

const limit = 60_000;
const kept = 'Your unfinished text was kept in this browser.';

describeInBrowser('The text of a reply', (browser) => {
  let site: ServedSite;
  let moderator: { cookie: string };
  let context: BrowserContext;
  let path: string;
  let conversationId: number;
  let posts = 0;

  beforeAll(async () => {
    site = await serveSite();
    moderator = await site.signIn('owner');
  }, limit);
  afterAll(() => site?.close(), limit);
  beforeEach(async () => {
    posts += 1;
    const post = await addPost(site.db, { title: `Post ${posts}`, slug: `post-${posts}`, mode: 'open' });
    path = `/posts/${post.slug}`;
    conversationId = post.conversationId;
    context = await browser().newContext();
    context.setDefaultTimeout(10_000);
  }, limit);
  afterEach(() => context?.close(), limit);

  test(
    'is there again when the page is opened anew, and says that it was kept',
    async () => {
      const page = await open();
      await write(page, 'Half a thought');
      const key = await keyOf(page);
      await page.close();
      const again = await open();
      expect(await textIn(again)).toBe('Half a thought');
      expect(await again.getByText(kept).isVisible()).toBe(true);
      expect(await keyOf(again)).toBe(key);
    },
    limit,
  );

  test(
    'outlives a tab that crashes',
    async () => {
      const page = await open();
      await write(page, 'Written before the crash');
      const crashed = page.waitForEvent('crash');
      page.goto('chrome://crash').catch(() => undefined);
      await crashed;
      expect(await textIn(await open())).toBe('Written before the crash');
    },
    limit,
  );

  test(
    'is not kept any more once the server has taken it',
    async () => {
      const page = await open();
      await write(page, 'A whole thought.');
      await send(page);
      await page.waitForURL(/#c\d+$/);
      expect(await draftsIn(page)).toEqual([]);
      const again = await open();
      expect(await textIn(again)).toBe('');
      expect(await again.getByText(kept).isVisible()).toBe(false);
      expect((await context.cookies()).map(({ name }) => name)).toEqual(['visitor']);
    },
    limit,
  );

  test(
    'is kept when the answer is lost, and makes one comment when it is sent again',
    async () => {
      const page = await open();
      await write(page, 'Sent into the dark.');
      await loseAnswer(page);
      expect(await countComments(site.db, conversationId)).toBe(1);
      const again = await open();
      expect(await textIn(again)).toBe('Sent into the dark.');
      await send(again);
      await again.waitForURL(/#c\d+$/);
      expect(await countComments(site.db, conversationId)).toBe(1);
      expect(await draftsIn(again)).toEqual([]);
    },
    limit,
  );

  test(
    'that was changed after a lost answer is shown beside the first, and can be sent as something new',
    async () => {
      const page = await open();
      await write(page, 'The first wording.');
      await loseAnswer(page);
      const again = await open();
      await again.getByLabel('Your reply').fill('The second wording.');
      await send(again);
      await again.getByRole('heading', { name: 'This form was sent before' }).waitFor();
      expect(await again.getByLabel('What came now').inputValue()).toBe('The second wording.');
      const anew = await open();
      expect(await textIn(anew)).toBe('The second wording.');
      await write(anew, 'The second wording.');
      await send(anew);
      await anew.waitForURL(/#c\d+$/);
      expect(await countComments(site.db, conversationId)).toBe(2);
      expect(await draftsIn(anew)).toEqual([]);
    },
    limit,
  );

  test(
    'is kept while the site cannot take it',
    async () => {
      const page = await open();
      await write(page, 'Patience.');
      await page.route('**/comments', (route) => route.fulfill({ status: 503, body: 'Back in a moment' }));
      await send(page);
      await page.getByText('Back in a moment').waitFor();
      expect(await textIn(await open())).toBe('Patience.');
    },
    limit,
  );

  test(
    'comes back from a closed conversation, and stays to be copied where there is no form any more',
    async () => {
      const page = await open();
      await write(page, 'Too late, as it turns out.');
      await sendForm(site, `${path}/closures`, { reason: 'All is said.' }, moderator);
      await send(page);
      expect(await page.getByLabel('Your text').inputValue()).toBe('Too late, as it turns out.');
      const closed = await open();
      expect(await closed.locator('form.reply-form').count()).toBe(0);
      expect(await closed.getByLabel('Your unfinished text').inputValue()).toBe('Too late, as it turns out.');
      await closed.getByRole('button', { name: 'Discard it' }).click();
      expect(await closed.getByRole('heading', { name: 'Kept in this browser' }).isVisible()).toBe(false);
      expect(await draftsIn(closed)).toEqual([]);
    },
    limit,
  );

  test(
    'that came back with a mistake is kept, even if the script comes with it only',
    async () => {
      const page = await open();
      await page.route('**/js/drafts.js', (route) => route.abort());
      await page.reload();
      await page.unroute('**/js/drafts.js');
      await page.getByLabel('Your reply').fill('Without a name.');
      await send(page);
      await page.waitForSelector('.error-summary');
      await page.close();
      expect(await textIn(await open())).toBe('Without a name.');
    },
    limit,
  );

  test(
    'that answers a comment is found from the page of the post',
    async () => {
      const { id } = await replyTo(site, path, { name: 'Petra' });
      const page = await open(`/comments/${id}/reply`);
      await write(page, 'To you alone');
      const post = await open();
      expect(await textIn(post)).toBe('');
      expect(await post.getByLabel('Your unfinished text').inputValue()).toBe('To you alone');
      await post.getByRole('link', { name: 'Go on writing' }).click();
      await post.getByText(kept).waitFor();
      expect(await textIn(post)).toBe('To you alone');
    },
    limit,
  );

  test(
    'is one’s own in each of two tabs',
    async () => {
      const [one, other] = [await open(), await open()];
      await write(one, 'In the one tab');
      await write(other, 'In the other tab');
      expect((await draftsIn(one)).sort()).toEqual(['In the one tab', 'In the other tab']);
      const third = await open();
      expect([await textIn(third), await third.getByLabel('Your unfinished text').inputValue()].sort()).toEqual([
        'In the one tab',
        'In the other tab',
      ]);
      await third.getByLabel('Your reply').fill('In a third tab');
      expect(await draftsIn(third)).toContain('In a third tab');
      await write(other, 'In the other tab, on and on');
      expect((await draftsIn(one)).sort()).toEqual(['In a third tab', 'In the one tab', 'In the other tab, on and on']);
    },
    limit,
  );

  test(
    'can be discarded',
    async () => {
      await write(await open(), 'Never mind');
      const page = await open();
      await page.getByRole('button', { name: 'Discard it' }).click();
      expect(await textIn(page)).toBe('');
      expect(await page.getByText(kept).isVisible()).toBe(false);
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('body');
      expect(await textIn(await open())).toBe('');
    },
    limit,
  );

  test(
    'is given up after thirty days',
    async () => {
      await write(await open(), 'A long time ago');
      const page = await context.newPage();
      await page.clock.setFixedTime(Date.now() + 29 * 86_400_000);
      await page.goto(site.address + path);
      expect(await textIn(page)).toBe('A long time ago');
      await page.clock.setFixedTime(Date.now() + 31 * 86_400_000);
      await page.goto('about:blank');
      await page.goto(site.address + path);
      expect(await textIn(page)).toBe('');
      expect(await draftsIn(page)).toEqual([]);
    },
    limit,
  );

  test(
    'that is written after going back from the answer makes a comment of its own',
    async () => {
      const page = await open();
      await write(page, 'The first one.');
      await send(page);
      await page.waitForURL(/#c\d+$/);
      await page.goBack();
      await page.getByLabel('Your reply').fill('The second one.');
      await page.getByLabel('Name', { exact: true }).fill('Gerda Guest');
      await send(page);
      await page.waitForURL(/#c\d+$/);
      expect(await countComments(site.db, conversationId)).toBe(2);
      expect(await draftsIn(page)).toEqual([]);
    },
    limit,
  );

  test(
    'that is sent once more after going back from the answer makes no second comment',
    async () => {
      const page = await open();
      await write(page, 'Once is enough.');
      await send(page);
      await page.waitForURL(/#c\d+$/);
      await page.goBack();
      expect(await textIn(page)).toBe('Once is enough.');
      await send(page);
      await page.waitForURL(/#c\d+$/);
      expect(await countComments(site.db, conversationId)).toBe(1);
      expect(await draftsIn(page)).toEqual([]);
    },
    limit,
  );

  test(
    'that was refused beside an earlier one can be sent after going back, too',
    async () => {
      const page = await open();
      await write(page, 'The first wording.');
      await loseAnswer(page);
      const again = await open();
      await write(again, 'The second wording.');
      await send(again);
      await again.getByRole('heading', { name: 'This form was sent before' }).waitFor();
      await again.goBack();
      expect(await textIn(again)).toBe('The second wording.');
      await send(again);
      await again.waitForURL(/#c\d+$/);
      expect(await countComments(site.db, conversationId)).toBe(2);
      expect(await draftsIn(again)).toEqual([]);
    },
    limit,
  );

  test(
    'is kept on plain http under any name, where browsers offer less',
    async () => {
      const address = `http://0.0.0.0:${site.port}${path}`;
      const page = await context.newPage();
      await page.goto(address);
      expect(await page.evaluate(() => isSecureContext)).toBe(false);
      await write(page, 'Over an open line.');
      const again = await context.newPage();
      await again.goto(address);
      expect(await textIn(again)).toBe('Over an open line.');
      await write(again, 'Over an open line.');
      await send(again);
      await again.waitForURL(/#c\d+$/);
      expect(await countComments(site.db, conversationId)).toBe(1);
      expect(await draftsIn(again)).toEqual([]);
    },
    limit,
  );

  test(
    'can be written and sent where the browser keeps nothing',
    async () => {
      await context.addInitScript(() => {
        Object.defineProperty(window, 'localStorage', {
          get: () => {
            throw new DOMException('The operation is insecure.', 'SecurityError');
          },
        });
      });
      const page = await open();
      const errors: string[] = [];
      page.on('pageerror', ({ message }) => errors.push(message));
      await page.reload();
      await write(page, 'Nothing is kept.');
      expect(await keyOf(page)).toMatch(/^[\da-f-]{36}$/);
      await send(page);
      await page.waitForURL(/#c\d+$/);
      expect(await countComments(site.db, conversationId)).toBe(1);
      expect(errors).toEqual([]);
    },
    limit,
  );

  async function open(at = path): Promise<Page> {
    const page = await context.newPage();
    await page.goto(site.address + at);
    return page;
  }

  async function write(page: Page, text: string): Promise<void> {
    await page.getByLabel('Your reply').fill(text);
    await page.getByLabel('Name', { exact: true }).fill('Gerda Guest');
  }

  async function send(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Post reply' }).click();
  }

  // The server takes the reply, and the connection breaks before the answer is here.
  async function loseAnswer(page: Page): Promise<void> {
    const lost = page.waitForEvent('requestfailed');
    await page.route('**/comments', async (route) => {
      const body = new URLSearchParams(route.request().postData() ?? '');
      await fetch(route.request().url(), { method: 'POST', body, redirect: 'manual' });
      await route.abort('connectionreset');
    });
    await send(page);
    await lost;
    await page.close();
  }

  function textIn(page: Page): Promise<string> {
    return page.getByLabel('Your reply').inputValue();
  }

  function keyOf(page: Page): Promise<string> {
    return page.locator('input[name="key"]').inputValue();
  }

  /** The texts that this browser keeps. */
  function draftsIn(page: Page): Promise<string[]> {
    return page.evaluate(() =>
      Object.keys(localStorage)
        .filter((name) => name.startsWith('rejoinder: draft '))
        .map((name) => JSON.parse(localStorage.getItem(name) ?? '').text),
    );
  }
});
