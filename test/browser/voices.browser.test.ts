import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '../support/browser.ts';
import { decideOn, replyTo, sendForm } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { type ServedSite, serveSite } from '../support/served-site.ts';

let site: ServedSite;
let owner: { id: number; cookie: string };
let path: string;

beforeAll(async () => {
  site = await serveSite();
  owner = await site.signIn('owner', 'Olivia Owner');
  path = `/posts/${(await addPost(site.db, { title: 'Please be kind', mode: 'open' })).slug}`;
});
afterAll(() => site.close());

/** Cookies as a test client has them, for a browser. */
const cookiesOf = (header: string) =>
  header.split('; ').map((pair) => {
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    return { name, value, url: site.address };
  });

async function faultsOf(page: Page): Promise<string[]> {
  return (await new AxeBuilder({ page }).analyze()).violations.map(({ id }) => id);
}

describeInBrowser('What readers and writers say to moderators', (browser) => {
  it('is said without scripts, and answered without scripts', async () => {
    const { id, cookie } = await replyTo(site, path);
    const reading = await browser().newContext({ javaScriptEnabled: false });
    const reader = await reading.newPage();
    await reader.goto(`${site.address}${path}`);
    await reader.locator(`#c${id} a`, { hasText: 'Report' }).click();
    await reader.getByLabel('Abuse, threats or hatred').check();
    await reader.getByRole('button', { name: 'Send the report' }).click();
    expect(await reader.locator('main').innerText()).toContain('a moderator will look at it');

    const moderating = await browser().newContext({ javaScriptEnabled: false });
    await moderating.addCookies(cookiesOf(owner.cookie));
    const moderator = await moderating.newPage();
    await moderator.goto(`${site.address}/moderation`);
    await moderator.getByRole('link', { name: 'Reports (1)' }).click();
    await moderator.getByText('With a reason or a note').click();
    await moderator.getByLabel('Reason').fill('An insult.');
    await moderator.getByRole('button', { name: 'Remove' }).click();
    await reader.reload();
    expect(await reader.locator('main').innerText()).toContain('the comment was taken down');

    const writing = await browser().newContext({ javaScriptEnabled: false });
    await writing.addCookies(cookiesOf(cookie));
    const writer = await writing.newPage();
    await writer.goto(`${site.address}${path}`);
    await writer.getByRole('link', { name: 'Appeal this decision' }).click();
    await writer.getByLabel('Why the decision should be taken back').fill('It was irony.');
    await writer.getByRole('button', { name: 'Send the appeal' }).click();
    await moderator.goto(`${site.address}/moderation/appeals`);
    await moderator.getByRole('button', { name: 'Take the decision back' }).click();
    await writer.goto(`${site.address}${path}`);
    expect(await writer.locator(`#c${id}`).innerText()).toContain('Published after your appeal');
    for (const context of [reading, moderating, writing]) await context.close();
  }, 120_000);

  it('has pages without faults for those who hear or zoom them', async () => {
    const { id, cookie } = await replyTo(site, path);
    await sendForm(site, `/comments/${id}/report`, { kind: 'spam', text: 'An advert.' });
    const other = await replyTo(site, path);
    await decideOn(site, owner, other.id, { action: 'remove', reason: 'An insult.' });
    const context = await browser().newContext({ viewport: { width: 320, height: 700 } });
    await context.addCookies([...cookiesOf(owner.cookie), ...cookiesOf(cookie)]);
    const page = await context.newPage();
    for (const place of [`/comments/${id}/report`, `/comments/${id}/report/illegal`, '/moderation/reports']) {
      await page.goto(`${site.address}${place}`);
      expect([place, await faultsOf(page)]).toEqual([place, []]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    }
    await context.clearCookies();
    await context.addCookies(cookiesOf(other.cookie));
    await page.goto(`${site.address}/comments/${other.id}/appeal`);
    expect(await faultsOf(page)).toEqual([]);
    await page.getByLabel('Why the decision should be taken back').fill('It was irony.');
    await page.getByRole('button', { name: 'Send the appeal' }).click();
    await context.addCookies(cookiesOf(owner.cookie));
    await page.goto(`${site.address}/moderation/appeals`);
    expect(await faultsOf(page)).toEqual([]);
    await context.close();
  }, 120_000);
});
