import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { fillSite } from './content/fill.ts';
import { goals } from './goals.ts';
import type { Findings, Measurement } from './measurement.ts';
import { measurements } from './measurements/all.ts';
import { startBenchPostgres } from './processes/postgres.ts';
import { printFigures, toFigures } from './report.ts';

/**
 * `npm run bench [-- --json FILE] [--only NAME,…] [--seconds N] [--minutes N]`: fills a database of its own and measures
 * the site against its goals. `--seconds` is the length of one round of a load (2), `--minutes` that of the mixed load that
 * memory is measured under (5). Servers are processes of their own; the load comes from this one.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'string' },
      only: { type: 'string' },
      seconds: { type: 'string', default: '2' },
      minutes: { type: 'string', default: '5' },
    },
  });
  const chosen = choose(values.only?.split(','));
  const postgres = await startBenchPostgres();
  try {
    say('filling the database');
    await fillSite(postgres.url, [...new Set(chosen.flatMap(({ threads }) => threads))]);
    const ground = { postgres, seconds: Number(values.seconds), minutes: Number(values.minutes) };
    const found: Findings[] = [];
    for (const measurement of chosen) {
      const names = measurement.names.join(', ');
      say(names);
      try {
        found.push(await measurement.measure(ground));
      } catch (error) {
        // The others are still worth having.
        process.exitCode = 1;
        say(`${names} failed: ${(error as Error).stack}`);
      }
    }
    const figures = toFigures(found);
    printFigures(figures);
    if (values.json) await writeFile(values.json, `${JSON.stringify({ figures }, null, 2)}\n`);
  } finally {
    await postgres.stop();
  }
}

// `queue` stands for `queue-1m` and `queue-1k`.
/** @throws where a name is none of a goal, nor how some begin. */
function choose(names: readonly string[] | undefined): readonly Measurement[] {
  const isMeant = (name: string, figure: string) => figure === name || figure.startsWith(`${name}-`);
  const unknown = names?.find((name) => !goals.some((goal) => isMeant(name, goal.name)));
  if (unknown !== undefined) throw new Error(`There is no figure “${unknown}”.`);
  return names
    ? measurements.filter((each) => each.names.some((figure) => names.some((name) => isMeant(name, figure))))
    : measurements;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

await main();
