import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { type Browser, chromium } from 'playwright-core';

/** Where browsers of Chromium's family are found when `CHROMIUM_PATH` does not say. */
const commonPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

const howToInstall =
  'no browser was found; install one with `apt-get install chromium`, or set CHROMIUM_PATH to a Chromium or Chrome';

/**
 * Describes what needs a real browser: one is open while the tests of `body` run, and `browser()` returns it inside a
 * test. Each test opens its own context (`await browser().newContext()`), closes it, and sets a time limit of its own,
 * since pages take longer than functions. Where no browser is installed, the tests are skipped with a line that says how
 * to install one; where the checks of a commit run (`CI`), that is a failure. Files with such tests are named `*.browser.test.ts`.
 */
export function describeInBrowser(name: string, body: (browser: () => Browser) => void): void {
  if (executable() === undefined) {
    if (process.env.CI) throw new Error(`“${name}” was not tested: ${howToInstall}.`);
    process.stderr.write(`Skipped “${name}”: ${howToInstall}.\n`);
    describe(name, () => test.skip(howToInstall, () => undefined));
    return;
  }
  describe(name, () => {
    let opened: Browser | undefined;
    beforeAll(async () => {
      opened = await openBrowser();
    }, 60_000);
    afterAll(async () => {
      await opened?.close();
    }, 60_000);
    body(() => {
      if (!opened) throw new Error('The browser is open only while the tests run.');
      return opened;
    });
  });
}

/** Opens a browser without a window; nothing where none is installed. Whoever opens it closes it. */
export async function openBrowser(): Promise<Browser | undefined> {
  const executablePath = executable();
  if (executablePath === undefined) return undefined;
  const launch = (chromiumSandbox: boolean) => chromium.launch({ executablePath, chromiumSandbox, args: quiet });
  // Root may not have the browser's sandbox, and some containers have none for anybody.
  return process.getuid?.() === 0 ? launch(false) : launch(true).catch(() => launch(false));
}

/** Keeps the browser from calling home and from devices that a container lacks. */
const quiet = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function executable(): string | undefined {
  const named = process.env.CHROMIUM_PATH;
  if (named !== undefined && named !== '') return existsSync(named) ? named : undefined;
  return commonPlaces.find((place) => existsSync(place));
}
