import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { copyComment, mailedPath } from '../commenters/prover.ts';
import { describeInBrowser } from '../support/browser.ts';
import { type ServedSite, serveSite } from '../support/served-site.ts';

const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const email = 'gerda@example.org';

for (const javaScriptEnabled of [true, false]) {
  describeInBrowser(`A commenter without an account, with scripts ${javaScriptEnabled ? 'on' : 'off'}`, (browser) => {
    let site: ServedSite;
    let laptop: BrowserContext;
    let phone: BrowserContext;

    beforeAll(async () => {
      site = await serveSite();
      laptop = await browser().newContext({ javaScriptEnabled });
      phone = await browser().newContext({ javaScriptEnabled });
    }, 60_000);
    afterAll(async () => {
      await laptop?.close();
      await phone?.close();
      await site?.close();
    }, 60_000);

    test('writes, proves the address by mail, finds the comment on the phone, and has everything erased', async () => {
      const desk = await laptop.newPage();
      await desk.goto(`${site.address}/posts/how-we-talk-here`);
      await desk.getByLabel('Your reply').fill('A thought from the desk.');
      await desk.getByLabel('Name', { exact: true }).fill('Gerda Guest');
      await desk.getByRole('textbox', { name: /^E-mail/ }).fill(email);
      await desk.getByRole('button', { name: 'Send for approval' }).click();
      await desk.getByRole('link', { name: 'All your comments' }).click();
      expect(await desk.locator('.written').innerText()).toContain('A thought from the desk.');
      await expectNoFinding(desk);
      await proveOn(desk);
      expect(await desk.locator('.written').innerText()).toContain('as Gerda Guest, with a confirmed address');
      await expectNoFinding(desk);

      const hand = await phone.newPage();
      await hand.goto(`${site.address}/mine`);
      await hand.getByRole('textbox', { name: /^E-mail/ }).fill('no address');
      await hand.getByRole('button', { name: 'Mail me a link' }).click();
      await hand.waitForSelector('.error-summary');
      await expectNoFinding(hand);
      await proveOn(hand);
      expect(await hand.locator('.written').innerText()).toContain('A thought from the desk.');

      await desk.goto(`${site.address}/posts/how-we-talk-here`);
      expect(await desk.locator('.comment.held').innerText()).toContain('address confirmed');
      await expectNoFinding(desk);

      await hand.getByRole('link', { name: 'Erase everything' }).click();
      expect(await hand.locator('main').innerText()).toContain(email);
      await expectNoFinding(hand);
      const { id } = await site.db
        .selectFrom('comment')
        .select('id')
        .where('email', '=', email)
        .executeTakeFirstOrThrow();
      await copyComment(site.db, id, 320);
      await hand.getByRole('button', { name: 'Erase it all now' }).click();
      if (!javaScriptEnabled) await hand.getByRole('button', { name: 'Go on erasing' }).click();
      await hand.waitForURL(/\/mine\/erased$/);
      await expectNoFinding(hand);
      await hand.goto(`${site.address}/mine`);
      expect(await hand.locator('.written').count()).toBe(0);
      await desk.goto(`${site.address}/mine`);
      expect(await desk.locator('main').innerText()).not.toContain(email);
      await Promise.all([desk.close(), hand.close()]);
    }, 120_000);

    test('is told on the page of a link whose address it is, and that another browser asked for it', async () => {
      const page = await laptop.newPage();
      await page.goto(`${site.address}/mine`);
      await page.getByRole('textbox', { name: /^E-mail/ }).fill(email);
      await page.getByRole('button', { name: 'Mail me a link' }).click();
      await page.waitForURL(/\/sent$/);
      const other = await phone.newPage();
      await other.goto(`${site.address}${await mailedPath(site.db, email)}`);
      const words = await other.locator('main').innerText();
      expect(words).toContain(email);
      expect(words).toContain('The link was asked for in another browser.');
      await expectNoFinding(other);
      await Promise.all([page.close(), other.close()]);
    }, 60_000);

    async function proveOn(page: Page): Promise<void> {
      await page.getByRole('textbox', { name: /^E-mail/ }).fill(email);
      await page.getByRole('button', { name: 'Mail me a link' }).click();
      await page.waitForURL(/\/sent$/);
      await page.goto(`${site.address}${await mailedPath(site.db, email)}`);
      await page.getByRole('button', { name: 'Yes, confirm it for this browser' }).click();
      await page.waitForURL(/\/mine$/);
    }

    async function expectNoFinding(page: Page): Promise<void> {
      // It is a script itself.
      if (!javaScriptEnabled) return;
      const { violations } = await new AxeBuilder({ page }).withTags(axeTags).analyze();
      expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([]);
    }
  });
}
