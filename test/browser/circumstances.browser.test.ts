import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { describeInBrowser } from '../support/browser.ts';
import { decideOn, replyTo, sendForm } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { type ServedSite, serveSite } from '../support/served-site.ts';
import { browserCookies, holdComments } from '../support/shift.ts';

const limit = 180_000;
const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** As much as WCAG 2.2, 1.4.12, says that a text has to bear. */
const textSpacing = `* {
  line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important;
} p { margin-block-end: 2em !important; }`;

interface Place {
  readonly who: 'reader' | 'writer' | 'owner';
  readonly path: string;
}

describeInBrowser('Pages of the conversation and of moderation', (browser) => {
  let site: ServedSite;
  let cookies: Record<Place['who'], string>;
  let places: Place[];

  beforeAll(async () => {
    site = await serveSite();
    const owner = await site.signIn('owner', 'Olivia Owner');
    const author = await site.signIn('author', 'Anna Author');
    const post = await addPost(site.db, { title: 'Please be kind', mode: 'open', authorId: author.id });
    const path = `/posts/${post.slug}`;
    const first = await replyTo(site, path);
    const { cookie } = first;
    const second = await replyTo(site, path, { parent: String(first.id) }, { cookie });
    const taken = await replyTo(site, path, {}, { cookie });
    await holdComments(site.db, { conversationId: post.conversationId, shift: ['approve', 'reject', 'spam'] });
    await decideOn(site, author, taken.id, { action: 'remove', reason: 'An insult.' });
    await sendForm(site, `/comments/${taken.id}/appeal`, { text: 'It was irony.' }, { cookie });
    await sendForm(site, `/comments/${second.id}/report`, { kind: 'abuse', text: 'That hurts.' });
    await sendForm(site, `/comments/${first.id}/pin`, {}, owner);
    await sendForm(site, `/comments/${second.id}/closures`, { reason: 'That is said.' }, owner);
    const person = `/moderation/comments/${first.id}/person`;
    await sendForm(
      site,
      `${person}/standings`,
      { kind: 'trusted', by: 'browser', ends: 'week', reason: 'Kind.' },
      owner,
    );
    const closed = await addPost(site.db, { title: 'All is said' });
    await sendForm(site, `/posts/${closed.slug}/closures`, { reason: 'All is said.' }, owner);
    cookies = { reader: '', writer: cookie, owner: owner.cookie };
    const of = (who: Place['who'], paths: string[]) => paths.map((each) => ({ who, path: each }));
    places = [
      ...of('reader', [path, `/posts/${closed.slug}`, `/comments/${first.id}/report`]),
      ...of('reader', [`/comments/${first.id}/report/illegal`, `/comments/${first.id}/thread`]),
      ...of('writer', [path, '/mine', `/comments/${first.id}/edit`, `/comments/${first.id}/delete`]),
      ...of('writer', [`/comments/${taken.id}/appeal`]),
      ...of('owner', [path, `/posts/${closed.slug}`, '/moderation', `/moderation?post=${post.id}`, '/moderation/log']),
      ...of('owner', [`/moderation/comments/${first.id}`, '/moderation/reports', '/moderation/appeals', person]),
      ...of('owner', ['/moderation/people', '/moderation/saved', '/moderation/overview']),
    ];
  }, limit);
  afterAll(() => site?.close(), limit);

  type Options = Parameters<ReturnType<typeof browser>['newContext']>[0];

  /** Opens one page after the other, and says what is wrong with which. */
  async function faultsOf(
    options: Options,
    look: (page: Page, place: Place) => Promise<readonly string[]>,
  ): Promise<string[]> {
    const faults: string[] = [];
    for (const who of ['reader', 'writer', 'owner'] as const) {
      const context: BrowserContext = await browser().newContext(options);
      if (cookies[who]) await context.addCookies(browserCookies(cookies[who], site.address));
      const page = await context.newPage();
      for (const place of places.filter((each) => each.who === who)) {
        const answer = await page.goto(site.address + place.path);
        if (answer?.status() !== 200) faults.push(`${who} ${place.path}: ${answer?.status()}`);
        await page.evaluate(() => {
          for (const details of document.querySelectorAll('details')) details.open = true;
        });
        faults.push(...(await look(page, place)).map((fault) => `${who} ${place.path}: ${fault}`));
      }
      await context.close();
    }
    return faults;
  }

  for (const colorScheme of ['light', 'dark'] as const) {
    test(
      `have no finding of axe in ${colorScheme} colours, with all that can be opened open`,
      async () => {
        const faults = await faultsOf({ colorScheme, viewport: { width: 1280, height: 900 } }, async (page) => {
          const { violations } = await new AxeBuilder({ page }).withTags(axeTags).analyze();
          return violations.map(({ id, nodes }) => `${id} ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
        });
        expect(faults).toEqual([]);
      },
      limit,
    );
  }

  test(
    'need no scrolling to the side at 320 pixels, nor with more space in the text, nor with letters twice as large',
    async () => {
      const faults = await faultsOf({ bypassCSP: true, viewport: { width: 320, height: 800 } }, async (page) => {
        const wide = async (when: string) =>
          (await overflow(page)) > 0 ? [`too wide ${when} by ${await overflow(page)}: ${await widest(page)}`] : [];
        const plain = await wide('at 320 pixels');
        await page.addStyleTag({ content: textSpacing });
        const spaced = await wide('with more space in the text');
        await page.setViewportSize({ width: 640, height: 800 });
        await page.addStyleTag({ content: 'html { font-size: 200%; }' });
        const large = await wide('with letters twice as large');
        await page.setViewportSize({ width: 320, height: 800 });
        return [...plain, ...spaced, ...large];
      });
      expect(faults).toEqual([]);
    },
    limit,
  );

  test(
    'have targets of 24 pixels at least, or as much space around them, at 360 pixels',
    async () => {
      const faults = await faultsOf({ viewport: { width: 360, height: 740 }, hasTouch: true }, smallTargets);
      expect(faults).toEqual([]);
    },
    limit,
  );

  test(
    'show where the focus is, in view and not under anything, wherever a keyboard goes',
    async () => {
      const wide = await faultsOf({ viewport: { width: 1280, height: 700 } }, walkByKeyboard);
      const narrow = await faultsOf({ viewport: { width: 360, height: 640 } }, walkByKeyboard);
      expect({ wide, narrow }).toEqual({ wide: [], narrow: [] });
    },
    limit,
  );
});

function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

function widest(page: Page): Promise<string> {
  return page.evaluate(() => {
    const all = [...document.querySelectorAll('body *')].filter(
      (each) => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1,
    );
    const last = all.at(-1);
    return last ? last.outerHTML.slice(0, 160) : '';
  });
}

// Within a sentence a link is as high as its line: that is allowed (2.5.8).
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const seen = [
      ...document.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, summary'),
    ].filter((each) => each.checkVisibility() && !each.matches('[type="hidden"], .skip'));
    const boxOf = (each: HTMLElement) => {
      const label = each.matches('[type="checkbox"], [type="radio"]') ? each.closest('label') : null;
      return (label ?? each).getBoundingClientRect();
    };
    const inSentence = (each: HTMLElement) =>
      getComputedStyle(each).display === 'inline' &&
      [...(each.parentElement?.childNodes ?? [])].some(
        (node) => node.nodeType === 3 && (node.textContent ?? '').trim() !== '',
      );
    const boxes = seen.map((each) => ({ each, box: boxOf(each) }));
    const faults: string[] = [];
    for (const { each, box } of boxes) {
      if ((box.width >= 24 && box.height >= 24) || inSentence(each)) continue;
      // A circle of 24 pixels around its middle touches no other target.
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      const near = boxes.find((other) => {
        if (other.each === each || other.each.contains(each) || each.contains(other.each)) return false;
        const dx = Math.max(other.box.left - x, 0, x - other.box.right);
        const dy = Math.max(other.box.top - y, 0, y - other.box.bottom);
        return Math.hypot(dx, dy) < 12;
      });
      if (near)
        faults.push(
          `${Math.round(box.width)}x${Math.round(box.height)} ${each.outerHTML.slice(0, 120)} near ${near.each.outerHTML.slice(0, 80)}`,
        );
    }
    return faults;
  });
}

async function walkByKeyboard(page: Page): Promise<string[]> {
  const faults: string[] = [];
  let previous = -1;
  // The bar for several comments stands at the lower edge from then on.
  const mark = page.locator('.queue h2 input').first();
  if ((await mark.count()) > 0) {
    await mark.check();
    await mark.blur();
    await page.evaluate(() => getSelection()?.setPosition(document.body, 0));
  }
  for (let steps = 0; steps < 400; steps += 1) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const focused = document.activeElement as HTMLElement | null;
      if (!focused || focused === document.body) return undefined;
      const order = [...document.querySelectorAll('*')].indexOf(focused);
      const box = focused.getBoundingClientRect();
      const style = getComputedStyle(focused);
      const parts = [0.1, 0.5, 0.9];
      const points = parts.flatMap((across) =>
        parts.map((down) => document.elementFromPoint(box.x + box.width * across, box.y + box.height * down)),
      );
      const uncovered = points.some(
        (top) => top && (focused.contains(top) || top.contains(focused) || top.closest('label')?.contains(focused)),
      );
      const marked =
        (style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none';
      return { first: focused.matches('.skip'), order, marked, uncovered, what: focused.outerHTML.slice(0, 120) };
    });
    // From the end a browser goes on to the beginning.
    if (!at || (steps > 0 && at.first)) break;
    if (!at.marked) faults.push(`no mark on ${at.what}`);
    if (!at.uncovered) faults.push(`out of sight: ${at.what}`);
    if (at.order < previous) faults.push(`back up to ${at.what}`);
    previous = at.order;
  }
  return faults;
}
