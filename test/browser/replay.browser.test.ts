import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { findCandidate } from '../../src/replay/queries.ts';
import { partSize } from '../../src/replay/replay.ts';
import { carryOnReplay, replayOnce } from '../../src/replay/run.ts';
import { loadRules } from '../../src/rules/queries.ts';
import { choiceOf } from '../../src/rules/rule.ts';
import { describeInBrowser } from '../support/browser.ts';
import { addPost } from '../support/posts.ts';
import { type ServedSite, serveSite } from '../support/served-site.ts';
import { plantThread } from '../support/threads.ts';

const limit = 120_000;

/** Comments that are judged. */
const count = partSize + 20;
const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

describeInBrowser('Rules that are tried', (browser) => {
  let site: ServedSite;
  let owner: { id: number; cookie: string };

  beforeAll(async () => {
    site = await serveSite();
    owner = await site.signIn('owner', 'Olivia Owner');
    const { conversationId } = await addPost(site.db, { title: 'A long talk' });
    const planted = Array.from({ length: count }, () => ({ parent: undefined, status: 'approved' }) as const);
    await judge(await plantThread(site.db, conversationId, planted));
  }, limit);
  afterAll(() => site?.close(), limit);

  test(
    'show how far they are and what they would have done, and are saved from there, without a script',
    async () => {
      const page = await open({ scripts: false });
      const replayId = await begin(page);
      await page.getByText(/Judged once more: 0 of/).waitFor();
      await replayOnce(site.db, { replayId, rules: (await findCandidate(site.db, replayId)) ?? [] });
      // The page asks for itself again.
      await page.getByText(new RegExp(`Judged once more: ${partSize} of`)).waitFor();
      await carryOnReplay(site.db, { replayId });
      await page.getByRole('heading', { name: `${count} comments held instead of published` }).waitFor();
      await page.getByRole('button', { name: 'Back to the rules' }).click();
      expect(await page.getByLabel('Links that a comment may have').inputValue()).toBe('1');
      expect(await page.getByLabel('Judge once more').inputValue()).toBe('days');
      await page.goBack();
      await page.getByRole('button', { name: 'Save the rules' }).click();
      await page.getByText('The rules are saved.').waitFor();
      expect(choiceOf(await loadRules(site.db), 'links').settings.allowed).toBe(1);
      await page.context().close();
    },
    limit,
  );

  test.each([
    { width: 1280, colorScheme: 'light' },
    { width: 320, colorScheme: 'dark' },
  ] as const)(
    'are shown without a finding of axe, and fit the screen: $width px, $colorScheme',
    async (circumstances) => {
      const page = await open({ scripts: true, ...circumstances });
      await expectNoFinding(page);
      await carryOnReplay(site.db, { replayId: await begin(page) });
      await page.getByText('Which they are').first().click();
      await expectNoFinding(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
      await page.context().close();
    },
    limit,
  );

  async function begin(page: Page): Promise<number> {
    await page.getByLabel('Links that a comment may have').fill('1');
    await page.getByLabel('Judge once more').selectOption('the comments of the last 90 days');
    await page.getByRole('button', { name: 'See what this would have done' }).click();
    await page.waitForURL(/\/replays\/\d+$/);
    return Number(/\/replays\/(\d+)$/.exec(page.url())?.[1]);
  }

  async function open({
    scripts,
    width = 1280,
    colorScheme = 'light',
  }: {
    scripts: boolean;
    width?: number;
    colorScheme?: 'light' | 'dark';
  }): Promise<Page> {
    const viewport = { width, height: 800 };
    const context = await browser().newContext({ viewport, colorScheme, javaScriptEnabled: scripts });
    const [name = '', value = ''] = owner.cookie.split(/=(.*)/s);
    await context.addCookies([{ name, value, url: site.address }]);
    const page = await context.newPage();
    await page.goto(`${site.address}/settings/rules`);
    return page;
  }

  async function judge(ids: readonly number[]): Promise<void> {
    await site.db
      .insertInto('judgement')
      .values(
        ids.map((id) => ({
          comment_id: id,
          rule: 'standard',
          verdict: 'approved' as const,
          facts: JSON.stringify({ staffRole: null, mode: 'open', links: 2 }),
          opinions: JSON.stringify([{ rule: 'standard', status: 'approved' }]),
          judged_at: site.now,
        })),
      )
      .execute();
  }

  async function expectNoFinding(page: Page): Promise<void> {
    const { violations } = await new AxeBuilder({ page }).withTags(axeTags).analyze();
    expect(violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.target.join(' '))])).toEqual([]);
  }
});
