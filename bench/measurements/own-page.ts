import { threadOf } from '../content/fill.ts';
import { createProse } from '../content/prose.ts';
import { runLoad } from '../load/clients.ts';
import { askOnce, cookiesOf, encodeRequest, fromNewNetwork } from '../load/connection.ts';
import { median, quantile } from '../load/statistics.ts';
import type { Measurement } from '../measurement.ts';
import { withSite } from '../processes/site.ts';

const clients = 4;
const rounds = 5;
const comments = { ofOthers: 195, own: 5 };

/** The page of a post for one who took part: what depends on the browser's cookie is not in memory. */
export const ownPage: Measurement = {
  names: ['own-page'],
  threads: [comments.ofOthers],
  measure: (ground) =>
    withSite(ground, async (site) => {
      const path = threadOf(comments.ofOthers);
      const prose = createProse(77);
      const say = (cookie: string) => {
        const form = new URLSearchParams({ name: 'Greta Guest', body: prose.comment() }).toString();
        const headers = { 'sec-fetch-site': 'same-origin', ...fromNewNetwork(), ...(cookie && { cookie }) };
        return askOnce(site.port, { path: `${path}/comments`, form, headers }, 303);
      };
      const cookie = cookiesOf(await say(''));
      for (let count = 1; count < comments.own; count += 1) await say(cookie);

      const request = { path, headers: { cookie, 'accept-encoding': 'gzip, deflate, br' } };
      const bytes = encodeRequest(request);
      const load = { clients, next: () => bytes, expect: 200 };
      await runLoad(site, load, ground.seconds);
      const results = [];
      for (let round = 0; round < rounds; round += 1) results.push(await runLoad(site, load, ground.seconds));
      const times = results.flatMap((result) => result.times);
      return {
        values: { 'own-page': { value: median(times) } },
        further: [
          { name: 'own-page-p99', value: quantile(times, 0.99), unit: 'ms' },
          { name: 'own-page-cpu', value: median(results.map(({ cpu }) => cpu)) / 1_000, unit: 'ms' },
          { name: 'own-page-rate', value: median(results.map(({ perSecond }) => perSecond)), unit: '1/s' },
          { name: 'own-page-bytes', value: (await askOnce(site.port, request)).body.length, unit: 'B' },
        ],
      };
    }),
};
