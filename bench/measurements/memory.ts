import { setTimeout } from 'node:timers/promises';
import { emptyThreads, threadOf } from '../content/fill.ts';
import { createProse } from '../content/prose.ts';
import { choose, createRandom } from '../content/random.ts';
import { type Asked, askOnce, cookiesOf, encodeRequest, fromNewNetwork, openConnection } from '../load/connection.ts';
import { slope } from '../load/statistics.ts';
import type { Measurement } from '../measurement.ts';
import type { MeasuredProcess } from '../processes/measured-process.ts';
import { withSite } from '../processes/site.ts';

const threads = [2, 200, 1_000, 10_000];
const clients = 8;
const secondsBetweenSamples = 2;

/** Growth in the second half of the run, in MB, up to which memory counts as flat. */
const mostGrowth = 10;

/** What a process takes in memory while it does all that a site does. */
export const memory: Measurement = {
  names: ['memory'],
  threads,
  measure: (ground) =>
    withSite(ground, async (site) => {
      const requests = await mixRequests(site);
      const end = performance.now() + ground.minutes * 60_000;
      let asked = 0;
      const load = Array.from({ length: clients }, async () => {
        const connection = await openConnection(site.port);
        while (performance.now() < end) {
          const { request, expect } = requests();
          const { status } = await connection.ask(encodeRequest(request));
          if (status !== expect) throw new Error(`${request.path} answered ${status}.`);
          asked += 1;
        }
        connection.close();
      });
      const samples = sampleMemory(site, end);
      await Promise.all(load);
      const sizes = await samples;
      const secondHalf = sizes.slice(Math.floor(sizes.length / 2));
      const growth = slope(secondHalf) * secondHalf.length;
      return {
        values: { memory: { value: sizes.at(-1) ?? Number.NaN, besides: growth <= mostGrowth } },
        further: [
          { name: 'memory-most', value: Math.max(...sizes), unit: 'MB' },
          { name: 'memory-growth-in-second-half', value: growth, unit: 'MB' },
          { name: 'memory-requests', value: asked, unit: 'requests' },
        ],
      };
    }),
};

async function sampleMemory(site: MeasuredProcess, end: number): Promise<number[]> {
  const sizes: number[] = [];
  while (performance.now() < end) {
    await setTimeout(secondsBetweenSamples * 1_000);
    sizes.push((await site.usage()).rss / 1_048_576);
  }
  return sizes;
}

interface MixedRequest {
  readonly request: Asked;
  readonly expect: number;
}

/** Most read what is in memory, some what is their own, one in twenty writes. */
async function mixRequests(site: MeasuredProcess): Promise<() => MixedRequest> {
  const random = createRandom(11);
  const prose = createProse(12);
  const open = `/posts/${emptyThreads.open}`;
  const reply = (body: string): Asked => ({
    path: `${open}/comments`,
    form: new URLSearchParams({ name: 'Greta Guest', body }).toString(),
    headers: { 'sec-fetch-site': 'same-origin', ...fromNewNetwork() },
  });
  const cookie = cookiesOf(await askOnce(site.port, reply(prose.comment()), 303));
  const browser = { 'accept-encoding': 'gzip, deflate, br' };
  const read = (path: string, headers = {}, status = 200): MixedRequest => ({
    request: { path, headers: { ...browser, ...headers } },
    expect: status,
  });
  const pages = ['/', '/index', '/feed.xml', '/comments/feed.xml', '/sitemap.xml', '/tags/measured', open];
  const posts = threads.map(threadOf);
  let count = 0;
  return () => {
    const part = random();
    count += 1;
    if (part < 0.05) return { request: reply(`${prose.comment()} ${count}`), expect: 303 };
    if (part < 0.2) return read(choose(random, [...posts, open]), { cookie });
    if (part < 0.3) return read(`${choose(random, posts)}/comments/feed.xml`);
    if (part < 0.35) return read(`/nothing-here-${count}`, {}, 404);
    return read(choose(random, [...pages, ...posts]));
  };
}
