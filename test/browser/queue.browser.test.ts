import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { describeInBrowser } from '../support/browser.ts';
import { decideOn, statusOf, until } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { type ServedSite, serveSite } from '../support/served-site.ts';
import { becomes, browserCookies, holdComments, type Kind, kindIn, shiftOf, statusesOf } from '../support/shift.ts';

const limit = 120_000;
const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The key for what is to be done. */
const keyFor = { approve: 'a', reject: 'r', spam: 's' } as const;

describeInBrowser('The queue', (browser) => {
  let site: ServedSite;
  let moderator: { id: number; cookie: string };
  let colleague: { id: number; cookie: string };
  let postId: number;
  let conversationId: number;

  beforeAll(async () => {
    site = await serveSite();
    moderator = await site.signIn('moderator', 'Mona Moderator');
    colleague = await site.signIn('moderator', 'Cleo Colleague');
  }, limit);
  afterAll(() => site?.close(), limit);
  beforeEach(async () => {
    const post = await addPost(site.db, { title: 'A long talk' });
    postId = post.id;
    conversationId = post.conversationId;
  });

  const hold = (shift: readonly Kind[]) => holdComments(site.db, { conversationId, shift });

  async function open(options: Parameters<ReturnType<typeof browser>['newContext']>[0] = {}): Promise<Page> {
    const context: BrowserContext = await browser().newContext(options);
    await context.addCookies(browserCookies(moderator.cookie, site.address));
    const page = await context.newPage();
    await page.goto(`${site.address}/moderation?post=${postId}`);
    return page;
  }

  const statuses = (ids: readonly number[]) => statusesOf(site.db, ids);
  const said = (page: Page) => page.locator('.queue-item').first().locator('.comment-text').innerText();

  test(
    'is done with one key a comment: a shift of 100 takes at most 120 keystrokes, every decision right',
    async () => {
      const shift = shiftOf(100);
      const ids = await hold(shift);
      const page = await open();
      let keystrokes = 0;
      for (const id of ids) {
        await page.locator(`#c${id} kbd`).first().waitFor();
        await page.keyboard.press(keyFor[kindIn(await said(page))]);
        keystrokes += 1;
        await page.locator(`#c${id}`).waitFor({ state: 'detached' });
        const refused = page.locator('.not-saved');
        if ((await refused.count()) > 0) throw new Error(await refused.first().innerText());
      }
      await until(async () => (await statuses(ids)).every((status) => status !== 'pending'));
      expect(await statuses(ids)).toEqual(shift.map((kind) => becomes[kind]));
      expect(keystrokes).toBeLessThanOrEqual(120);
      await page.context().close();
    },
    limit,
  );

  test(
    'shows nothing again that was decided on while earlier decisions were still on their way',
    async () => {
      const ids = await hold(shiftOf(21));
      const page = await open();
      const [held, free] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const holding = site.db.transaction().execute(async (trx) => {
        await trx
          .selectFrom('comment')
          .select('id')
          .where('id', '=', ids[18] ?? 0)
          .forUpdate()
          .execute();
        held.resolve();
        await free.promise;
      });
      await held.promise;
      try {
        for (const id of ids.slice(0, 19)) {
          await page.keyboard.press('r');
          await page.locator(`#c${id}`).waitFor({ state: 'detached' });
        }
        await page.keyboard.press('r');
        await page.locator('.decision[aria-busy="true"]').waitFor();
        await page.keyboard.press('r');
      } finally {
        free.resolve();
      }
      await holding;
      await page.locator(`#c${ids[20]}`).waitFor();
      expect(await page.locator('.queue-item').count()).toBe(1);
      expect(await statuses(ids)).toEqual([...ids.slice(0, 20).map(() => 'rejected'), 'pending']);
      await page.context().close();
    },
    limit,
  );

  test(
    'has the next comment at once, takes back the last decision by a key, and goes to and fro by keys',
    async () => {
      const ids = await hold(['approve', 'reject', 'spam']);
      const page = await open();
      await page.keyboard.press('j');
      await page.keyboard.press('j');
      expect(await page.locator('.queue-item[data-current]').getAttribute('id')).toBe(`c${ids[1]}`);
      await page.keyboard.press('k');
      expect(await page.locator('.queue-item[data-current]').getAttribute('id')).toBe(`c${ids[0]}`);
      await page.keyboard.press('x');
      expect(await page.locator(`#c${ids[0]} h2 input`).isChecked()).toBe(true);
      await page.keyboard.press('a');
      expect(await page.locator('.queue-item[data-current]').getAttribute('id')).toBe(`c${ids[1]}`);
      await page.locator('.notice', { hasText: 'One comment was approved.' }).waitFor();
      expect(await statusOf(site.db, ids[0] as number)).toBe('approved');
      await page.keyboard.press('u');
      await page.locator('.notice', { hasText: 'It was undone.' }).waitFor();
      expect(await statusOf(site.db, ids[0] as number)).toBe('pending');
      await page.context().close();
    },
    limit,
  );

  test(
    'brings a comment back with the reason where the decision could not be saved',
    async () => {
      const ids = await hold(['approve', 'reject']);
      // Something that the page shows as the last thing done.
      for (const action of ['reject', 'restore']) await decideOn(site, colleague, ids[0] as number, { action });
      const page = await open();
      await decideOn(site, colleague, ids[0] as number, { action: 'spam', note: 'The same as yesterday.' });
      await page.keyboard.press('a');
      const note = page.locator(`#c${ids[0]} .not-saved`);
      await note.waitFor();
      expect(await note.innerText()).toMatch(
        /This was not saved.*Marked as spam by Cleo Colleague.*The same as yesterday/s,
      );
      expect(await statusOf(site.db, ids[0] as number)).toBe('spam');

      await page.route('**/decisions', (route) => route.abort());
      await page.locator(`#c${ids[1]} .decision summary`).click();
      await page.locator(`#c${ids[1]}`).getByLabel('Reason').fill('Typed with care.');
      await page.locator(`#c${ids[1]}`).getByRole('button', { name: 'Reject' }).click();
      await page.locator(`#c${ids[1]} .not-saved`).waitFor();
      expect(await page.locator(`#c${ids[1]}`).getByLabel('Reason').inputValue()).toBe('Typed with care.');
      expect(await statusOf(site.db, ids[1] as number)).toBe('pending');
      await page.context().close();
    },
    limit,
  );

  test(
    'lets no key fire while one types, nor together with another key, nor when they are switched off',
    async () => {
      const ids = await hold(['approve', 'reject']);
      const page = await open();
      await page.keyboard.press('e');
      await page.keyboard.type('a reason, spelt asr');
      expect(await page.locator(`#c${ids[0]} .decision textarea`).inputValue()).toBe('a reason, spelt asr');
      await page.locator(`#c${ids[0]} .decision summary`).click();
      await page.keyboard.press('Control+a');
      await page.keyboard.press('Alt+r');
      await page.getByText('Keys', { exact: true }).click();
      await page.getByLabel('Use keys on this page').uncheck();
      await page.keyboard.press('a');
      await page.keyboard.press('s');
      await page.reload();
      expect(await page.locator('.decision kbd').count()).toBe(0);
      await page.keyboard.press('r');
      expect(await statuses(ids)).toEqual(['pending', 'pending']);
      await page.context().close();
    },
    limit,
  );

  test(
    'tells what was decided by a region that was there before, and leaves the focus on the comment that is next',
    async () => {
      const ids = await hold(['approve', 'reject']);
      const page = await open();
      const news = await page.locator('.queue-news').elementHandle();
      await page.locator(`#c${ids[0]}`).getByRole('button', { name: 'Approve' }).press('Enter');
      await page.locator('.notice', { hasText: 'One comment was approved.' }).waitFor();
      expect(await news?.evaluate((region) => region.isConnected && region.textContent)).toBe(
        'One comment was approved.',
      );
      expect(await page.getByRole('status').filter({ hasText: 'approved' }).count()).toBe(1);
      expect(await page.evaluate(() => document.activeElement?.closest('.queue-item')?.id)).toBe(`c${ids[1]}`);
      await page.context().close();
    },
    limit,
  );

  test(
    'names each comment once, and each button by what it does and with which comment',
    async () => {
      await hold(['approve', 'reject', 'spam']);
      const page = await open();
      const item = page.locator('.queue-item');
      expect(await item.getByRole('heading', { name: /^Mark the comment/ }).count()).toBe(0);
      expect(await item.getByRole('heading', { level: 2 }).count()).toBe(3);
      const person = await item.first().locator('.comment-name').innerText();
      expect(
        await item
          .first()
          .getByRole('button', { name: `Approve ${person}` })
          .count(),
      ).toBe(1);
      await page.context().close();
    },
    limit,
  );

  test(
    'takes other keys, keeps them in this browser, and gives the usual ones back',
    async () => {
      const ids = await hold(['approve', 'reject', 'spam']);
      const page = await open();
      await page.keyboard.press('?');
      await page.getByLabel('Approve', { exact: true }).fill('z');
      await page.getByLabel('Reject', { exact: true }).fill('s');
      await page.getByLabel('Reject', { exact: true }).blur();
      expect(await page.getByLabel('Spam', { exact: true }).inputValue()).toBe('');
      await page.reload();
      expect(await page.locator(`#c${ids[0]} kbd`).allInnerTexts()).toEqual(['z', 's']);
      await page.keyboard.press('a');
      await page.keyboard.press('z');
      await page.locator(`#c${ids[0]}`).waitFor({ state: 'detached' });
      await page.keyboard.press('s');
      await until(async () => (await statusOf(site.db, ids[1] as number)) !== 'pending');
      expect(await statuses(ids)).toEqual(['approved', 'rejected', 'pending']);
      await page.getByText('Keys', { exact: true }).click();
      await page.getByRole('button', { name: 'The usual keys' }).click();
      expect(await page.locator(`#c${ids[2]} kbd`).allInnerTexts()).toEqual(['a', 'r', 's']);
      await page.context().close();
    },
    limit,
  );

  for (const width of [360, 1280]) {
    test(
      `has no finding of axe with its keys open at ${width} pixels, and nothing beside the page`,
      async () => {
        await hold(['approve', 'reject']);
        const page = await open({ viewport: { width, height: 800 } });
        await page.keyboard.press('j');
        await page.keyboard.press('?');
        const { violations } = await new AxeBuilder({ page }).withTags(axeTags).analyze();
        expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        await page.context().close();
      },
      limit,
    );
  }

  test(
    'works without a script: by buttons, without keys',
    async () => {
      const ids = await hold(['approve', 'reject']);
      const page = await open({ javaScriptEnabled: false });
      expect(await page.locator('.queue-keys').isVisible()).toBe(false);
      await page.locator(`#c${ids[0]}`).getByRole('button', { name: 'Approve' }).click();
      await page.locator('.notice').getByRole('button', { name: 'Undo' }).click();
      await page.locator('.notice', { hasText: 'It was undone.' }).waitFor();
      expect(await statuses(ids)).toEqual(['pending', 'pending']);
      await page.context().close();
    },
    limit,
  );
});
