import { parseArgs } from 'node:util';
import type { BackupSummary, OnProgress } from '../backup/format.ts';
import type { Refusal } from '../backup/refusal.ts';
import { StartError } from '../process/start-error.ts';
import { type Command, type Surroundings, UsageError, withDatabase } from './command.ts';

/** Saves the whole site in one file. */
export const backup: Command = {
  name: 'backup',
  summary: 'saves the site in a file, as it is at this moment; it may go on running',
  takes: 'FILE',
  example: 'rejoinder.tar.gz',
  async run(words, surroundings) {
    const file = readFileName(words);
    const { writeBackup } = await import('../backup/write.ts');
    const { now, stopping } = surroundings;
    const onProgress = tellProgress(surroundings);
    const result = await withDatabase(surroundings, ({ pool }) =>
      writeBackup(pool, { file, now, onProgress, stopping }),
    );
    surroundings.print(`Saved ${describe(result)}`);
  },
};

/** The one word that names the file. */
export function readFileName(words: readonly string[]): string {
  const { positionals } = parseArgs({ args: [...words], allowPositionals: true });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError('This takes the name of one file.');
  return file;
}

/** Says how far it is, once for each table. */
export function tellProgress({ tell }: Surroundings): OnProgress {
  return ({ table, rows }) => tell(`${table}: ${rows} rows`);
}

/**
 * What was saved or brought back, in a sentence.
 *
 * @throws StartError where it was refused.
 */
export function describe(result: BackupSummary | Refusal): string {
  if ('refused' in result) throw new StartError(result.refused);
  const rows = Object.values(result.rows).reduce((sum, count) => sum + count, 0);
  return `${rows} rows of ${Object.keys(result.rows).length} tables (${result.bytes} bytes), as of ${result.takenAt.toISOString()}: ${result.file}`;
}
