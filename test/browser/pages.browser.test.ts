import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { describeInBrowser } from '../support/browser.ts';
import { type ServedSite, serveSite } from '../support/served-site.ts';

const readerPaths = [
  '/',
  '/?before=nothing',
  '/index',
  '/tags/leadership',
  '/authors/imogen-hartley',
  '/about',
  '/posts/lacking-leadership',
  '/posts/how-we-talk-here',
  '/comments/3/reply',
  '/sign-in',
  '/password-reset',
];

const staffPaths = [
  '/moderation',
  '/moderation?status=approved',
  '/write',
  '/write/new',
  '/write/1',
  '/people',
  '/settings',
  '/settings/rules/learner',
  '/account',
  '/posts/how-we-talk-here',
];

const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

describeInBrowser('Every page', (browser) => {
  let site: ServedSite;
  let cookie: string;

  beforeAll(async () => {
    site = await serveSite();
    cookie = (await site.signIn('owner')).cookie;
    await holdComment();
  }, 60_000);
  afterAll(() => site?.close(), 60_000);

  const cases = [
    ...readerPaths.map((path) => ({ who: 'a reader', path })),
    ...staffPaths.map((path) => ({ who: 'the owner', path })),
  ];

  for (const colorScheme of ['light', 'dark'] as const) {
    test.each(cases)(
      `is without a finding of axe in ${colorScheme} colours: $path for $who`,
      async ({ who, path }) => {
        const context = await openContext({ who, colorScheme, width: 1280 });
        const page = await visit(context, path);
        const { violations } = await new AxeBuilder({ page }).withTags(axeTags).analyze();
        expect(violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.target.join(' '))])).toEqual([]);
        await context.close();
      },
      60_000,
    );
  }

  test.each(cases)(
    'fits a screen of 320 pixels and has one heading of the first level: $path for $who',
    async ({ who, path }) => {
      const context = await openContext({ who, colorScheme: 'light', width: 320 });
      const page = await visit(context, path);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBe(0);
      expect(await page.locator('h1').count()).toBe(1);
      expect(await page.locator('html').getAttribute('lang')).toBe('en');
      await context.close();
    },
    60_000,
  );

  test('is without a finding where something went wrong, and the focus is on what did', async () => {
    const context = await openContext({ who: 'a reader', colorScheme: 'light', width: 1280 });
    const page = await visit(context, '/posts/how-we-talk-here');
    await page.getByLabel('Website', { exact: false }).and(page.getByRole('textbox')).fill('no address at all');
    await page.getByRole('button', { name: 'Send for approval' }).click();
    await page.waitForSelector('.error-summary:focus');
    expect(await page.title()).toContain('Error: ');
    expect(await page.locator('[aria-invalid="true"]').count()).toBe(3);
    await expectNoFinding(page);
    expect((await page.goto(`${site.address}/nowhere`))?.status()).toBe(404);
    await expectNoFinding(page);
    await context.close();
  }, 60_000);

  test('is without a finding where a comment is held, a preview shown, a deletion asked about', async () => {
    const guest = await openContext({ who: 'a reader', colorScheme: 'dark', width: 1280 });
    const held = await visit(guest, '/posts/how-we-talk-here');
    await held.getByLabel('Your reply').fill('May I, too?');
    await held.getByLabel('Name', { exact: true }).fill('Another Reader');
    await held.getByRole('button', { name: 'Send for approval' }).click();
    await held.waitForSelector('article.held');
    await expectNoFinding(held);
    await guest.close();

    const staff = await openContext({ who: 'the owner', colorScheme: 'light', width: 1280 });
    const desk = await visit(staff, '/write/2');
    await desk.locator('[formaction$="/preview"]').first().click();
    await desk.waitForSelector('article.post');
    await expectNoFinding(desk);
    await expectNoFinding(await visit(staff, '/write/2/delete'));
    await staff.close();
  }, 60_000);

  test('is without a finding for whoever invites, and whoever is invited', async () => {
    const staff = await openContext({ who: 'the owner', colorScheme: 'light', width: 1280 });
    const people = await visit(staff, '/people');
    await people.getByLabel('E-mail').fill('new@site.example');
    await people.locator('form[action="/people/invitations"] button').click();
    const link = (await people.locator('.secret-link a').getAttribute('href')) ?? '';
    await expectNoFinding(people);
    await staff.close();
    const invited = await openContext({ who: 'a reader', colorScheme: 'dark', width: 360 });
    await expectNoFinding(await visit(invited, new URL(link, site.address).pathname));
    await invited.close();
  }, 60_000);

  test('is without a finding for whoever sets the site up', async () => {
    const fresh = await serveSite();
    const context = await openContext({ who: 'a reader', colorScheme: 'light', width: 360 });
    const page = await context.newPage();
    expect((await page.goto(fresh.address + fresh.setupPath))?.status()).toBe(200);
    await expectNoFinding(page);
    await context.close();
    await fresh.close();
  }, 60_000);

  async function expectNoFinding(page: Page): Promise<void> {
    const { violations } = await new AxeBuilder({ page }).withTags(axeTags).analyze();
    expect(violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.target.join(' '))])).toEqual([]);
  }

  async function openContext(wanted: {
    who: string;
    colorScheme: 'light' | 'dark';
    width: number;
  }): Promise<BrowserContext> {
    const { who, colorScheme, width } = wanted;
    const context = await browser().newContext({ colorScheme, viewport: { width, height: 800 } });
    context.setDefaultTimeout(20_000);
    const [name = '', value = ''] = cookie.split('=');
    if (who === 'the owner') await context.addCookies([{ name, value, url: site.address }]);
    return context;
  }

  async function visit(context: BrowserContext, path: string): Promise<Page> {
    const page = await context.newPage();
    const answer = await page.goto(site.address + path);
    expect([answer?.status(), page.url()]).toEqual([200, site.address + path]);
    return page;
  }

  async function holdComment(): Promise<void> {
    const body = new URLSearchParams({ name: 'Waiting Reader', body: 'May I?', parent: '', key: '' });
    const answer = await fetch(`${site.address}/posts/how-we-talk-here/comments`, {
      method: 'POST',
      body,
      redirect: 'manual',
    });
    expect(answer.status).toBe(303);
  }
});
