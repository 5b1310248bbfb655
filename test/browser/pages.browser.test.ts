import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { describeInBrowser } from '../support/browser.ts';
import { type ServedSite, serveSite } from '../support/served-site.ts';

const readerPaths = [
  '/',
  '/index',
  '/tags/leadership',
  '/authors/imogen-hartley',
  '/about',
  '/posts/lacking-leadership',
  '/posts/how-we-talk-here',
  '/comments/3/reply',
  '/nowhere',
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
    await page.goto(site.address + path);
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
