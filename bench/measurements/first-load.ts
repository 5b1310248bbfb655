import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { type Browser, chromium, type Page } from 'playwright-core';
import { threadOf } from '../content/fill.ts';
import { askOnce } from '../load/connection.ts';
import type { Measurement } from '../measurement.ts';
import type { MeasuredProcess } from '../processes/measured-process.ts';
import { withSite } from '../processes/site.ts';

/** KB here are thousands of bytes. */
const mostScript = 10;

/** How long a page may go on loading files after it says that it is loaded, in milliseconds. */
const afterwards = 2_000;

/** Keeps the browser from calling home and from devices that a container lacks. */
const quiet = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

interface LoadedFile {
  readonly path: string;
  readonly script: boolean;
}

/** What a browser loads for a post that it has not seen before. */
interface FirstLoad {
  readonly files: readonly LoadedFile[];
  /** Paths of what keeps the first paint waiting. */
  readonly blocking: readonly string[];
}

/**
 * The bytes of a first visit. Which files those are a browser says; how large they are is asked with the encodings that
 * browsers take over https (Brotli too, which they do not over http).
 */
export const firstLoad: Measurement = {
  names: ['first-load-2', 'first-load-200'],
  threads: [2, 200],
  measure: (ground) =>
    withSite(ground, async (site) => {
      const small = await weigh(site, threadOf(2));
      const large = await weigh(site, threadOf(200));
      return {
        values: {
          'first-load-2': { value: small.all, besides: small.light },
          'first-load-200': { value: large.all, besides: large.light },
        },
        further: [
          { name: 'first-load-2-page', value: small.page, unit: 'KB' },
          { name: 'first-load-200-page', value: large.page, unit: 'KB' },
          { name: 'first-load-script', value: large.script, unit: 'KB' },
          { name: 'first-load-files', value: large.files, unit: 'files' },
          { name: 'first-load-blocking', value: large.blocking, unit: 'files' },
        ],
      };
    }),
};

async function weigh(site: MeasuredProcess, path: string) {
  const { files, blocking } = await load(site, path);
  const sizes = await Promise.all(files.map((file) => sizeOf(site, file)));
  const sum = (which: (file: LoadedFile) => boolean) =>
    sizes.reduce((total, size, index) => total + (which(files[index] as LoadedFile) ? size : 0), 0);
  const script = sum((file) => file.script);
  const oneStylesheet = blocking.length === 1 && blocking.every((each) => each.endsWith('.css'));
  return {
    all: sum(() => true),
    page: sum((file) => file.path === path),
    script,
    files: files.length,
    blocking: blocking.length,
    light: script <= mostScript && oneStylesheet,
  };
}

// In a browser of its own: it has seen nothing before.
async function load(site: MeasuredProcess, path: string): Promise<FirstLoad> {
  const browser = await openBrowser();
  try {
    return await watchLoad(await browser.newPage(), `http://127.0.0.1:${site.port}`, path);
  } finally {
    await browser.close();
  }
}

async function watchLoad(page: Page, address: string, path: string): Promise<FirstLoad> {
  const files = new Map<string, LoadedFile>();
  // A stream of events is no file: it never ends.
  page.on('requestfinished', (request) => {
    const url = new URL(request.url());
    if (url.origin !== address) throw new Error(`The page loads something of another host: ${url.host}.`);
    files.set(url.pathname, { path: url.pathname + url.search, script: request.resourceType() === 'script' });
  });
  await page.goto(address + path, { waitUntil: 'load' });
  await setTimeout(afterwards);
  // A browser without a window does not load the icon by itself.
  const icon = await page.locator('link[rel~="icon"]').getAttribute('href');
  if (icon) files.set(icon, { path: icon, script: false });
  const blocking = await page.evaluate(() =>
    (performance.getEntriesByType('resource') as unknown as { name: string; renderBlockingStatus: string }[])
      .filter(({ renderBlockingStatus }) => renderBlockingStatus === 'blocking')
      .map(({ name }) => name),
  );
  return { files: [...files.values()], blocking };
}

async function sizeOf(site: MeasuredProcess, { path }: LoadedFile): Promise<number> {
  const { body } = await askOnce(site.port, { path, headers: { 'accept-encoding': 'gzip, deflate, br' } });
  return body.length / 1_000;
}

function openBrowser(): Promise<Browser> {
  const executablePath = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
    (place) => place && existsSync(place),
  );
  if (!executablePath) throw new Error('No browser was found; CHROMIUM_PATH can name a Chromium or Chrome.');
  return chromium.launch({ executablePath, chromiumSandbox: false, args: quiet });
}
