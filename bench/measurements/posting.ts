import pg from 'pg';
import { emptyThreads } from '../content/fill.ts';
import { createProse } from '../content/prose.ts';
import { runByTurns, runLoad } from '../load/clients.ts';
import { encodeRequest, fromNewNetwork } from '../load/connection.ts';
import { median, quantile } from '../load/statistics.ts';
import type { Ground, Measurement } from '../measurement.ts';
import { startBareForm } from '../processes/bare.ts';
import { withSite } from '../processes/site.ts';

const clients = 16;
const rounds = 6;

/** Replies of guests to one conversation that publishes at once, beside a server that only stores them. */
export const posting: Measurement = {
  names: ['post-comment'],
  threads: [10_000],
  measure: (ground) =>
    withSite(ground, async (site) => {
      const bare = await startBareForm(ground.postgres.url);
      try {
        const prose = createProse(5);
        const path = `/posts/${emptyThreads.open}/comments`;
        let count = 0;
        const next = () => {
          count += 1;
          const fields = { name: 'Greta Guest', body: `${prose.comment()} ${count}`, parent: '' };
          return encodeRequest({ path, form: new URLSearchParams(fields).toString(), headers: fromNewNetwork() });
        };
        const load = { clients, next, expect: 303 };
        const usedBefore = await ground.postgres.cpu();
        const pairs = await runByTurns(
          () => runLoad(site, load, ground.seconds),
          () => runLoad(bare, load, ground.seconds),
          rounds,
        );
        const used = (await ground.postgres.cpu()) - usedBefore;
        if ((await shareApproved(ground)) < 0.99) throw new Error('Comments were held that were to be published.');
        const own = pairs.map(([each]) => each);
        const others = pairs.map(([, each]) => each);
        const times = own.flatMap((each) => each.times);
        return {
          values: { 'post-comment': { value: median(pairs.map(([mine, other]) => mine.perSecond / other.perSecond)) } },
          further: [
            { name: 'post-comment-rate', value: median(own.map(({ perSecond }) => perSecond)), unit: '1/s' },
            { name: 'post-comment-bare-rate', value: median(others.map(({ perSecond }) => perSecond)), unit: '1/s' },
            { name: 'post-comment-p50', value: median(times), unit: 'ms' },
            { name: 'post-comment-p99', value: quantile(times, 0.99), unit: 'ms' },
            { name: 'post-comment-cpu', value: median(own.map(({ cpu }) => cpu)) / 1_000, unit: 'ms' },
            { name: 'post-comment-bare-cpu', value: median(others.map(({ cpu }) => cpu)) / 1_000, unit: 'ms' },
            { name: 'post-comment-postgres-of-both', value: used / count / 1_000, unit: 'ms' },
          ],
        };
      } finally {
        await bare.stop();
      }
    }),
};

async function shareApproved({ postgres }: Ground): Promise<number> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ share: number }>(
      `select avg((comment.status = 'approved')::integer)::float8 as share
      from comment join post using (conversation_id) where post.slug = $1`,
      [emptyThreads.open],
    );
    return rows[0]?.share ?? 0;
  } finally {
    await client.end();
  }
}
