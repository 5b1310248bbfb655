import { fillQueue, owner } from '../content/fill.ts';
import { askOnce, cookiesOf, encodeRequest, openConnection } from '../load/connection.ts';
import { median, quantile } from '../load/statistics.ts';
import type { Figure, Measurement } from '../measurement.ts';
import { addDatabase } from '../processes/add-database.ts';
import type { MeasuredProcess } from '../processes/measured-process.ts';
import { withSite } from '../processes/site.ts';

const sizes = { 'queue-1k': 1_000, 'queue-1m': 1_000_000 } as const;

/** What a moderator opens: each from where most lies before or behind it. */
function pagesOf(size: number): Readonly<Record<string, string>> {
  const middle = Math.floor(size * 0.7);
  return {
    first: '/moderation',
    middle: `/moderation?after=${middle}`,
    post: `/moderation?post=1&after=${middle}`,
    rule: '/moderation?rule=links',
    writer: `/moderation?by=${middle}`,
    network: `/moderation?network=${middle}`,
    age: '/moderation?age=newer&than=1&unit=hours',
    // Nobody says it: as much is looked through as a page looks through at most.
    words: `/moderation?text=nobody+says+this&after=${Math.floor(middle / 2)}`,
    item: `/moderation/comments/${middle}`,
  };
}

/** What a page of the queue costs, however much waits. */
export const queue: Measurement = {
  names: ['queue-1m', 'queue-1k'],
  threads: [],
  async measure(ground) {
    const found = new Map<string, Map<string, number[]>>();
    for (const [name, size] of Object.entries(sizes)) {
      const own = await addDatabase(ground, name.replace('-', '_'));
      await fillQueue(own.postgres.url, size);
      found.set(
        name,
        await withSite(own, (site) => timePages(site, { pages: pagesOf(size), rounds: ground.seconds * 30 })),
      );
    }
    const slowest = (name: string) => Math.max(...[...(found.get(name)?.values() ?? [])].map(median));
    const further = [...found].flatMap(([name, pages]) =>
      [...pages].flatMap(([page, times]): Figure[] => [
        { name: `${name}-${page}`, value: median(times), unit: 'ms' },
        { name: `${name}-${page}-p95`, value: quantile(times, 0.95), unit: 'ms' },
      ]),
    );
    return {
      values: { 'queue-1m': { value: slowest('queue-1m') }, 'queue-1k': { value: slowest('queue-1k') } },
      further,
    };
  },
};

async function timePages(
  site: MeasuredProcess,
  { pages, rounds }: { pages: Readonly<Record<string, string>>; rounds: number },
): Promise<Map<string, number[]>> {
  const form = new URLSearchParams(owner).toString();
  const headers = { 'sec-fetch-site': 'same-origin' };
  const cookie = cookiesOf(await askOnce(site.port, { path: '/sign-in', headers, form }, 303));
  const connection = await openConnection(site.port);
  const times = new Map<string, number[]>(Object.keys(pages).map((name) => [name, []]));
  const warmUp = 100;
  for (let round = 0; round < warmUp + rounds; round += 1) {
    for (const [name, path] of Object.entries(pages)) {
      const request = encodeRequest({ path, headers: { cookie } });
      const began = performance.now();
      const { status } = await connection.ask(request);
      if (status !== 200) throw new Error(`${path} was answered by ${status}.`);
      if (round >= warmUp) times.get(name)?.push(performance.now() - began);
    }
  }
  connection.close();
  return times;
}
