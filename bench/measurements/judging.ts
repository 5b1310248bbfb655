import { createDatabase, createPool } from '../../src/database.ts';
import type { Written } from '../../src/learner/features.ts';
import { scoreComments } from '../../src/learner/scoring.ts';
import { prepareDatabase } from '../../src/migrate.ts';
import { createWriter, teach } from '../content/lessons.ts';
import { median } from '../load/statistics.ts';
import type { Measurement } from '../measurement.ts';
import { addDatabase } from '../processes/own-database.ts';

const learned = 100_000;
const rounds = 7;

/** What it costs to judge a comment: so far, to score it. Comments come one by one; further figures are those of eight together, and of the longest. */
export const judging: Measurement = {
  names: ['judge-cpu'],
  threads: [],
  async measure(ground) {
    const { postgres, seconds } = await addDatabase(ground, 'judge_cpu');
    const pool = createPool(postgres.url, (error) => {
      throw error;
    });
    try {
      await prepareDatabase(pool);
      const db = createDatabase(pool);
      await teach(db, { size: learned, writer: createWriter(7) });
      const writer = createWriter(8);
      const each = Math.ceil(seconds * 100);
      const comments = (count: number, length?: number) =>
        Array.from({ length: count }, (_, index) => writer.comment(index % 2 ? 'spam' : 'good', length));

      /** CPU in milliseconds for one of the texts of each call. */
      const measure = async (calls: readonly (readonly Written[])[]) => {
        const before = { app: process.cpuUsage(), postgres: await postgres.cpu() };
        for (const texts of calls) await scoreComments(db, { texts });
        const { user, system } = process.cpuUsage(before.app);
        const count = calls.flat().length * 1_000;
        return { app: (user + system) / count, postgres: ((await postgres.cpu()) - before.postgres) / count };
      };
      const inRounds = async (make: () => readonly (readonly Written[])[]) => {
        await measure(make());
        const found = [];
        for (let round = 0; round < rounds; round += 1) found.push(await measure(make()));
        return { app: median(found.map(({ app }) => app)), postgres: median(found.map((one) => one.postgres)) };
      };
      const alone = await inRounds(() => comments(each).map((text) => [text]));
      const together = await inRounds(() => Array.from({ length: Math.ceil(each / 8) }, () => comments(8)));
      const longest = await inRounds(() => comments(Math.ceil(each / 4), 1_500).map((text) => [text]));
      return {
        values: { 'judge-cpu': { value: alone.app + alone.postgres } },
        further: [
          { name: 'judge-cpu-app', value: alone.app, unit: 'ms' },
          { name: 'judge-cpu-postgres', value: alone.postgres, unit: 'ms' },
          { name: 'judge-cpu-of-eight', value: together.app + together.postgres, unit: 'ms' },
          { name: 'judge-cpu-longest', value: longest.app + longest.postgres, unit: 'ms' },
        ],
      };
    } finally {
      await pool.end();
    }
  },
};
