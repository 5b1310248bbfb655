import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '../support/browser.ts';
import { lastEvent, replyTo, sendForm, until } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { type ServedSite, serveSite } from '../support/served-site.ts';

const limit = 120_000;

describeInBrowser('What moderators have of each other', (browser) => {
  let site: ServedSite;
  let moderator: { id: number; cookie: string };
  let path: string;

  beforeAll(async () => {
    site = await serveSite();
    moderator = await site.signIn('moderator', 'Mona Moderator');
    await site.signIn('moderator', 'Cleo Colleague');
    path = `/posts/${(await addPost(site.db, { title: 'A talk' })).slug}`;
    const words = { kind: 'reason', title: 'Off topic', text: 'This is about something else.' };
    await sendForm(site, '/moderation/saved', words, moderator);
    const others = { kind: 'reason', title: 'Rude', text: 'Please stay calm.' };
    await sendForm(site, '/moderation/saved', others, moderator);
  }, limit);
  afterAll(() => site?.close(), limit);

  async function open(to: string, javaScriptEnabled = true): Promise<Page> {
    const context = await browser().newContext({ javaScriptEnabled, viewport: { width: 360, height: 800 } });
    const [name = '', value = ''] = moderator.cookie.split(/=(.*)/s);
    await context.addCookies([{ name, value, url: site.address }]);
    const page = await context.newPage();
    await page.goto(`${site.address}${to}`);
    return page;
  }

  test(
    'saved words are put into the field to be edited, where scripts run',
    async () => {
      const { id } = await replyTo(site, path);
      const page = await open(`/moderation/comments/${id}`);
      await page.getByText('With a reason, a note or a reply').click();
      await page.getByLabel('Saved reason').selectOption('Off topic');
      const reason = page.locator(`#reason-${id}`);
      expect(await reason.inputValue()).toBe('This is about something else.');
      await reason.fill('This is about cats.');
      expect(await page.getByLabel('Saved reason').inputValue()).toBe('');
      await page.getByRole('button', { name: 'Reject' }).click();
      await until(async () => (await lastEvent(site.db, 'comment', id)).action === 'reject');
      expect((await lastEvent(site.db, 'comment', id)).reason).toBe('This is about cats.');
      await page.context().close();
    },
    limit,
  );

  test(
    'saved words are gone through by keys, and what was typed before stays',
    async () => {
      const { id } = await replyTo(site, path);
      const page = await open(`/moderation/comments/${id}`);
      await page.getByText('With a reason, a note or a reply').click();
      const reason = page.locator(`#reason-${id}`);
      await reason.fill('Dear Greta:');
      await page.getByLabel('Saved reason').focus();
      for (const value of ['This is about something else.', 'Please stay calm.']) {
        await page.keyboard.press('ArrowDown');
        expect(await reason.inputValue()).toBe(`Dear Greta: ${value}`);
        expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('SELECT');
      }
      await reason.fill('');
      await page.getByRole('button', { name: 'Reject' }).click();
      await until(async () => (await lastEvent(site.db, 'comment', id)).action === 'reject');
      expect((await lastEvent(site.db, 'comment', id)).reason).toBeNull();
      await page.context().close();
    },
    limit,
  );

  test(
    'saved words, notes and handing over work without scripts',
    async () => {
      const { id } = await replyTo(site, path);
      const page = await open(`/moderation/comments/${id}`, false);
      await page.getByText('Note for colleagues, or hand over').click();
      await page.getByLabel('Note for colleagues', { exact: true }).fill('Be kind.');
      await page.getByRole('button', { name: 'Save note' }).click();
      expect(await page.locator('.colleague-notes').innerText()).toContain('Be kind.');
      await page.getByText('Note for colleagues, or hand over').click();
      await page.getByLabel('Hand over to').selectOption('Cleo Colleague');
      await page.getByRole('button', { name: 'Hand over' }).click();
      expect(await page.locator('.handed').innerText()).toBe('Handed to Cleo Colleague by Mona Moderator.');
      await page.getByText('With a reason, a note or a reply').click();
      await page.getByLabel('Saved reason').selectOption('Off topic');
      await page.getByRole('button', { name: 'Reject' }).click();
      expect(await page.locator('.why').innerText()).toContain('Reason given: This is about something else.');
      await page.context().close();
    },
    limit,
  );

  test(
    'its pages and the overview have no fault that axe finds, fit a phone, and show every chart',
    async () => {
      const { id } = await replyTo(site, path);
      for (const to of [`/moderation/comments/${id}`, '/moderation/saved', '/moderation/overview']) {
        const page = await open(to);
        for (const summary of await page.locator('main details:not([open]) > summary').all()) {
          if (await summary.isVisible()) await summary.click();
        }
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id: rule, nodes }) => [to, rule, nodes[0]?.html])).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
        const widths = await page.evaluate(
          '[...document.querySelectorAll("main img")].map((each) => each.naturalWidth)',
        );
        expect(widths).toEqual(to.endsWith('overview') ? [328, 328] : []);
        await page.context().close();
      }
    },
    limit,
  );
});
