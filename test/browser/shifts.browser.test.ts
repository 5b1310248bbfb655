import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { queueRows } from '../../src/moderation/queries.ts';
import { describeInBrowser } from '../support/browser.ts';
import { addPost } from '../support/posts.ts';
import { type ServedSite, serveSite } from '../support/served-site.ts';
import { becomes, browserCookies, holdComments, type Kind, kindIn, shiftOf, statusesOf } from '../support/shift.ts';

const limit = 300_000;

/** Pixels that a finger needs. */
const fingertip = 44;

describeInBrowser('A shift at the queue', (browser) => {
  let site: ServedSite;
  let mona: { id: number; cookie: string };
  let cleo: { id: number; cookie: string };
  let post: { id: number; conversationId: number };

  beforeAll(async () => {
    site = await serveSite();
    mona = await site.signIn('moderator', 'Mona Moderator');
    cleo = await site.signIn('moderator', 'Cleo Colleague');
  }, limit);
  afterAll(() => site?.close(), limit);
  beforeEach(async () => {
    post = await addPost(site.db, { title: 'A long talk' });
  });

  const hold = (shift: readonly Kind[]) => holdComments(site.db, { conversationId: post.conversationId, shift });

  async function open(
    moderator: { cookie: string },
    options: Parameters<ReturnType<typeof browser>['newContext']>[0] = {},
  ): Promise<Page> {
    const context = await browser().newContext(options);
    await context.addCookies(browserCookies(moderator.cookie, site.address));
    const page = await context.newPage();
    await toQueue(page);
    return page;
  }

  const toQueue = (page: Page) => page.goto(`${site.address}/moderation?post=${post.id}`);

  test(
    'of two at once over the same 40 comments decides each of them once, and tells whoever was second',
    async () => {
      const ids = await hold(shiftOf(40));
      const shifts = await Promise.all([
        workThrough(await open(mona), { key: 'a', colleague: 'Cleo Colleague' }),
        workThrough(await open(cleo), { key: 's', colleague: 'Mona Moderator' }),
      ]);
      const decisions = await site.db
        .selectFrom('event')
        .select(['subject_id', 'actor_id', 'action', 'to_status'])
        .where('subject_kind', '=', 'comment')
        .where('subject_id', 'in', ids)
        .where('action', '<>', 'post')
        .orderBy('id')
        .execute();
      expect(decisions.map(({ subject_id }) => subject_id).sort((a, b) => a - b)).toEqual(ids);
      for (const [index, { id }] of [mona, cleo].entries()) {
        const own = decisions.filter(({ actor_id }) => actor_id === id).map(({ subject_id }) => subject_id);
        expect(own.sort((a, b) => a - b)).toEqual(shifts[index]?.done.sort((a, b) => a - b));
      }
      const stood = new Map(decisions.map(({ subject_id, to_status }) => [subject_id, to_status]));
      expect(await statusesOf(site.db, ids)).toEqual(ids.map((id) => stood.get(id)));
      // Else they never met.
      expect(shifts.flatMap(({ told }) => told).length).toBeGreaterThan(0);
    },
    limit,
  );

  // Decides on whatever is there by one key, until nothing waits.
  async function workThrough(
    page: Page,
    { key, colleague }: { key: string; colleague: string },
  ): Promise<{ done: number[]; told: number[] }> {
    const [done, told]: [number[], number[]] = [[], []];
    for (;;) {
      const item = page.locator('.queue-item:not(:has(.not-saved))').first();
      if ((await item.count()) === 0) {
        await toQueue(page);
        if ((await item.count()) === 0) break;
      }
      const id = Number((await item.getAttribute('id'))?.slice(1));
      await goTo(page, id);
      // The last one of a page leads to the next page.
      const left = (await page.locator('.queue-item').count()) === 1 ? page.waitForEvent('load') : undefined;
      const answered = page.waitForResponse((response) => response.url().endsWith(`/comments/${id}/decisions`));
      await page.keyboard.press(key);
      const status = (await answered).status();
      await left;
      if (status === 303) done.push(id);
      else {
        const words = page.locator(`#c${id} .not-saved, main:has(.overtaken)`);
        await words.waitFor();
        expect([status, await words.innerText()]).toEqual([409, expect.stringContaining(`by ${colleague}`)]);
        told.push(id);
        if ((await page.locator('.queue').count()) === 0) await toQueue(page);
      }
    }
    await page.context().close();
    return { done, told };
  }

  async function goTo(page: Page, id: number): Promise<void> {
    const current = page.locator(`#c${id}[data-current]`);
    while ((await current.count()) === 0) await page.keyboard.press('j');
  }

  test(
    'of 100 comments is done by touch on a screen of 360 pixels, one tap each, every decision right',
    async () => {
      const shift = shiftOf(100);
      const ids = await hold(shift);
      const page = await open(mona, { hasTouch: true, isMobile: true, viewport: { width: 360, height: 740 } });
      let taps = 0;
      for (const [index, id] of ids.entries()) {
        const item = page.locator(`#c${id}`);
        await item.waitFor();
        const kind = kindIn(await item.locator('.comment-text').innerText());
        const button = item.locator(`.decision button[value="${kind}"]`);
        // Of a page that just came, one scrolls to the first.
        if (index % queueRows === 0) await button.scrollIntoViewIfNeeded();
        const box = await button.boundingBox();
        if (!box || box.y < 0 || box.y + box.height > 740)
          throw new Error(`The buttons of ${id} are not at hand: ${JSON.stringify(box)}`);
        expect(box.width).toBeGreaterThanOrEqual(fingertip);
        expect(box.height).toBeGreaterThanOrEqual(fingertip);
        expect(box.x + box.width).toBeLessThanOrEqual(360);
        await page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
        taps += 1;
        await item.waitFor({ state: 'detached' });
      }
      await page.locator('.empty').waitFor();
      expect(await statusesOf(site.db, ids)).toEqual(shift.map((kind) => becomes[kind]));
      expect(taps).toBe(100);
      await page.context().close();
    },
    limit,
  );

  test(
    'of 100 comments is done without a script, one press each, every decision right and each with its way back',
    async () => {
      const shift = shiftOf(100);
      const ids = await hold(shift);
      const page = await open(mona, { javaScriptEnabled: false });
      for (const id of ids) {
        const item = page.locator('.queue-item').first();
        expect(await item.getAttribute('id')).toBe(`c${id}`);
        const kind = kindIn(await item.locator('.comment-text').innerText());
        await item.locator(`.decision button[value="${kind}"]`).click();
        await page.locator('.notice').getByRole('button', { name: 'Undo' }).waitFor();
      }
      await page.locator('.empty').waitFor();
      expect(await statusesOf(site.db, ids)).toEqual(shift.map((kind) => becomes[kind]));
      await page.context().close();
    },
    limit,
  );
});
