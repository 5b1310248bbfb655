import { threadOf } from '../content/fill.ts';
import { type LoadResult, runByTurns, runLoad } from '../load/clients.ts';
import { askOnce, encodeRequest, headerOf } from '../load/connection.ts';
import { median } from '../load/statistics.ts';
import type { Figure, Ground, Measurement } from '../measurement.ts';
import { startBarePage } from '../processes/bare.ts';
import type { MeasuredProcess } from '../processes/measured-process.ts';
import { withSite } from '../processes/site.ts';

const clients = 8;
const rounds = 12;

/** An ordinary post and one with all that a page can hold. The goals are about the first. */
const threads = { ordinary: 2, full: 200 };

/** What a page costs that comes out of memory: whole, and as the word that nothing has changed. */
export const cachedPages: Measurement = {
  names: ['cached-page', 'revalidated-page'],
  threads: Object.values(threads),
  measure: (ground) =>
    withSite(ground, async (site) => {
      const ordinary = await compare(ground, site, { path: threadOf(threads.ordinary), name: 'cached-page' });
      const full = await compare(ground, site, { path: threadOf(threads.full), name: 'cached-page-200' });
      const { body, head } = await askOnce(site.port, pageRequest(threadOf(threads.ordinary)));
      const etag = headerOf({ head }, 'etag') ?? '';
      const unchanged = await compare(ground, site, {
        path: threadOf(threads.ordinary),
        name: 'revalidated-page',
        etag,
      });
      return {
        values: { 'cached-page': { value: ordinary.ratio }, 'revalidated-page': { value: unchanged.ratio } },
        further: [
          { name: 'cached-page-bytes', value: body.length, unit: 'B' },
          ...ordinary.further,
          { name: 'cached-page-200-ratio', value: full.ratio, unit: 'bare ÷ own' },
          ...full.further,
          ...unchanged.further,
        ],
      };
    }),
};

function pageRequest(path: string, etag?: string) {
  return { path, headers: { 'accept-encoding': 'gzip, deflate, br', ...(etag && { 'if-none-match': etag }) } };
}

async function compare(
  { seconds }: Ground,
  site: MeasuredProcess,
  { path, name, etag }: { path: string; name: string; etag?: string },
): Promise<{ ratio: number; further: Figure[] }> {
  // The first makes the page, the second its compressed form.
  await askOnce(site.port, pageRequest(path));
  const expect = etag ? 304 : 200;
  const answer = await askOnce(site.port, pageRequest(path, etag), expect);
  const bare = await startBarePage(answer);
  try {
    const bytes = encodeRequest(pageRequest(path, etag));
    const load = { clients, next: () => bytes, expect };
    const pairs = await runByTurns(
      () => runLoad(site, load, seconds / 4),
      () => runLoad(bare, load, seconds / 4),
      rounds,
    );
    const middle = (read: (pair: [LoadResult, LoadResult]) => number) => median(pairs.map(read));
    return {
      ratio: middle(([own, other]) => other.cpu / own.cpu),
      further: [
        { name: `${name}-cpu`, value: middle(([own]) => own.cpu), unit: 'µs' },
        { name: `${name}-bare-cpu`, value: middle(([, other]) => other.cpu), unit: 'µs' },
        { name: `${name}-rate`, value: middle(([own]) => own.perSecond), unit: '1/s' },
        { name: `${name}-bare-rate`, value: middle(([, other]) => other.perSecond), unit: '1/s' },
      ],
    };
  } finally {
    await bare.stop();
  }
}
