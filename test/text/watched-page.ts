import type { Browser, Page } from 'playwright-core';
import type { Listed } from './listed-markup.ts';

/** What a browser did with rendered texts; all lists are empty when it only showed them. */
export interface Watched {
  /** Scripts, styles and whatever else a strict policy would have refused, dialogs and words on the console included. */
  readonly acts: readonly string[];
  /** Addresses that were asked for, or that the page tried to go to, beside images of its own host. */
  readonly requests: readonly string[];
  /** What stood in the page that is not on the list. */
  readonly unlisted: readonly string[];
}

const address = 'http://page.example/posts/a';

/** Refuses nothing, so that only the texts are tested, and reports everything. */
const reportEverything = "default-src 'none'; img-src 'self'; form-action 'none'; base-uri 'none'; report-uri /report";

/**
 * Shows texts in one page, each in a section, moves over, focuses and clicks everything in them, and tells what happened.
 *
 * @param hand whether the links and disclosures are also pointed at and clicked with the mouse, one by one.
 */
export async function watchTexts(
  browser: Browser,
  { texts, listed, hand }: { texts: readonly string[]; listed: Listed; hand: boolean },
): Promise<Watched> {
  const context = await browser.newContext();
  const acts: string[] = [];
  const requests: string[] = [];
  let isShown = false;
  await context.route('**/*', async (route) => {
    const request = route.request();
    if (!isShown) {
      isShown = true;
      const headers = { 'Content-Security-Policy-Report-Only': reportEverything };
      await route.fulfill({ contentType: 'text/html; charset=utf-8', headers, body: pageOf(texts) });
      return;
    }
    const isOwnImage = request.resourceType() === 'image' && new URL(request.url()).origin === new URL(address).origin;
    if (!isOwnImage) requests.push(`${request.method()} ${request.url()}`);
    await route.abort();
  });
  context.on('dialog', (dialog) => {
    acts.push(`dialog ${dialog.message()}`);
    void dialog.dismiss().catch(() => undefined);
  });
  context.on('console', (message) => {
    if (!message.text().startsWith('Failed to load resource')) acts.push(`console ${message.text()}`);
  });
  context.on('weberror', (error) => acts.push(`error ${error.error().message}`));
  const page = await context.newPage();
  context.on('page', (opened) => requests.push(`window ${opened.url()}`));
  await page.addInitScript(holdLinks, listed.schemes);
  await page.goto(address);
  const unlisted: string[] = [];
  try {
    unlisted.push(...(await page.evaluate(findUnlisted, { listed, count: texts.length })));
    if (hand) await touchByHand(page);
    await page.evaluate(touchEverything);
    // What a click or an event started has until here to show.
    await page.waitForTimeout(100);
    if (await page.evaluate(() => 'attacked' in globalThis)) acts.push('attacked');
    unlisted.push(...(await page.evaluate(findUnlisted, { listed, count: texts.length })));
  } catch (error) {
    // The page went away under the hands that held it.
    acts.push(String(error));
  }
  if (page.url() !== address) requests.push(`navigation ${page.url()}`);
  await context.close();
  return { acts, requests, unlisted };
}

function pageOf(texts: readonly string[]): string {
  const sections = texts.map((text) => `<section>${text}</section>`).join('\n');
  return `<!doctype html><html lang="en"><title>Texts</title><body><main>${sections}</main></body></html>`;
}

async function touchByHand(page: Page): Promise<void> {
  for (const element of await page.locator('main :is(a, summary, img, input, button)').all()) {
    if (!(await element.isVisible())) continue;
    await element.hover({ timeout: 2000, force: true });
    await element.click({ timeout: 2000, force: true, noWaitAfter: true });
  }
}

// From here on the functions run in the page. Only what they use of it is declared.

interface PageElement {
  readonly localName: string;
  readonly outerHTML: string;
  readonly protocol?: string;
  readonly parentElement: PageElement | null;
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>;
  dispatchEvent(event: Event): boolean;
  closest(selector: string): PageElement | null;
  focus?(): void;
  blur?(): void;
  click?(): void;
}
declare const document: {
  querySelectorAll(selector: string): Iterable<PageElement>;
  addEventListener(
    type: string,
    listener: (event: Event & { readonly target: PageElement }) => void,
    capture: boolean,
  ): void;
};

/** A link with a listed scheme may lead away when it is clicked; it is held, so that the test can go on. */
function holdLinks(schemes: readonly string[]): void {
  document.addEventListener(
    'click',
    (event) => {
      if (schemes.includes(event.target.closest('a')?.protocol ?? '')) event.preventDefault();
    },
    true,
  );
}

function touchEverything(): void {
  const types =
    'mouseover mouseenter mousemove mouseout mousedown mouseup dblclick auxclick contextmenu wheel pointerover pointerdown ' +
    'touchstart keydown keypress keyup input change focusin toggle load error scroll animationstart animationend ' +
    'transitionend copy cut paste drag drop select submit reset';
  for (const element of [...document.querySelectorAll('main *')]) {
    for (const type of types.split(' ')) element.dispatchEvent(new Event(type, { bubbles: true, cancelable: true }));
    element.focus?.();
    element.click?.();
    element.blur?.();
  }
}

function findUnlisted({ listed, count }: { listed: Listed; count: number }): string[] {
  const sections = [...document.querySelectorAll('body > main > section')];
  const strays = [...document.querySelectorAll('html > :not(head, body), body > :not(main), main > :not(section)')];
  const faults = [...strays, ...[...document.querySelectorAll('section *')].filter((element) => !isListed(element))];
  return [
    ...(sections.length === count ? [] : [`${sections.length} sections`]),
    ...faults.map(({ outerHTML }) => outerHTML),
  ];

  function isListed(element: PageElement): boolean {
    const own = listed.elements[element.localName];
    if (own === undefined) return false;
    const leads = element.protocol === undefined || listed.schemes.includes(element.protocol);
    return leads && [...element.attributes].every(({ name }) => own.includes(name) || listed.everywhere.includes(name));
  }
}
