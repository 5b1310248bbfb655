import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { countFollowing, doJobs, linkIn, takeJobs, takeMails } from '../following/followers.ts';
import { describeInBrowser } from '../support/browser.ts';
import { replyTo } from '../support/comments.ts';
import { type ServedSite, serveSite } from '../support/served-site.ts';

const path = '/posts/how-we-talk-here';
const patience = 60_000;

describeInBrowser('Following by mail', (browser) => {
  let site: ServedSite;

  beforeAll(async () => {
    site = await serveSite();
  }, patience);
  afterAll(() => site?.close(), patience);
  beforeEach(async () => {
    await site.db.deleteFrom('follower').execute();
    await site.db.deleteFrom('mail').execute();
    await site.db.deleteFrom('rate_limit').execute();
    await takeJobs(site);
  });

  for (const javaScriptEnabled of [true, false]) {
    const scripts = javaScriptEnabled ? 'with scripts' : 'without scripts';

    test(
      `goes from the form for a reply to the end of it, ${scripts}`,
      async () => {
        const context = await browser().newContext({ javaScriptEnabled, viewport: { width: 360, height: 800 } });
        const page = await open(context, path);
        await page.fill('#body', `I would like to hear of answers, ${scripts}.`);
        await page.fill('#name', 'Greta Guest');
        await page.click('.follow-choices summary');
        await page.check('input[name=follow][value=conversation]');
        await page.check('#tell_decision');
        await page.click('.reply-form .form-actions button:not(.secondary)');
        // No address yet: all that was chosen is still there, and in sight.
        await page.waitForSelector('.error-summary');
        expect(await page.isChecked('input[name=follow][value=conversation]')).toBe(true);
        expect(await page.isVisible('#tell_decision')).toBe(true);
        await page.fill('#email', 'greta@reader.example');
        await page.click('.reply-form .form-actions button:not(.secondary)');
        await page.waitForSelector('.own-note');

        await press(page, linkIn(await nextMail(), 'confirm'), 'Yes, tell me by mail');
        expect(await page.textContent('h1')).toBe('You will be told by mail');
        const owner = await site.signIn('owner');
        await replyTo(site, path, { body: `An answer, ${scripts}.` }, owner);
        const mail = await nextMail();
        expect(mail.body).toContain(`An answer, ${scripts}.`);
        await press(page, linkIn(mail, 'leave'), 'End it');
        expect(await page.textContent('h1')).toBe('You will not be told any more');
        expect(await countFollowing(site)).toEqual({ subscriptions: 1, followers: 1 });
        await context.close();
      },
      patience,
    );
  }

  test(
    'has pages without a finding of axe, that fit a screen of 320 pixels',
    async () => {
      const context = await browser().newContext({ viewport: { width: 320, height: 800 }, colorScheme: 'dark' });
      const page = await open(context, path);
      await page.click('.follow-choices summary');
      await expectSound(page);
      await page.click('text=Follow this conversation by mail');
      await page.waitForURL('**/following/new?**');
      await expectSound(page);
      await page.fill('#email', 'nobody');
      await page.click('text="Follow"');
      await page.waitForSelector('.error-summary');
      await expectSound(page);
      await page.fill('#email', 'greta@reader.example');
      await page.click('text="Follow"');
      await page.waitForURL('**/following/asked');
      await expectSound(page);
      await page.goto(`${site.address}${linkIn(await nextMail(), 'confirm')}`);
      await expectSound(page);
      await context.close();
    },
    3 * patience,
  );

  async function open(context: BrowserContext, to: string): Promise<Page> {
    const page = await context.newPage();
    await page.goto(`${site.address}${to}`);
    return page;
  }

  async function press(page: Page, to: string, button: string): Promise<void> {
    await page.goto(`${site.address}${to}`);
    await page.click(`text="${button}"`);
    await page.waitForSelector(`button:text-is("${button}")`, { state: 'detached' });
  }

  async function nextMail() {
    await doJobs(site);
    const [mail] = await takeMails(site);
    if (!mail) throw new Error('No mail was written.');
    return mail;
  }

  async function expectSound(page: Page): Promise<void> {
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag22aa', 'best-practice'])
      .analyze();
    expect(violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.target.join(' '))])).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
  }
});
