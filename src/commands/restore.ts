import { describe, readFileName, tellProgress } from './backup.ts';
import { type Command, withDatabase } from './command.ts';

/** Brings a saved site back, into a database that has nothing in it yet. */
export const restore: Command = {
  name: 'restore',
  summary: 'fills an empty database with what a backup holds; a broken file changes nothing',
  takes: 'FILE',
  example: 'rejoinder.tar.gz',
  async run(words, surroundings) {
    const file = readFileName(words);
    const { restoreBackup } = await import('../backup/restore.ts');
    const { stopping } = surroundings;
    const onProgress = tellProgress(surroundings);
    const result = await withDatabase(surroundings, ({ pool }) => restoreBackup(pool, { file, onProgress, stopping }));
    surroundings.print(`Restored ${describe(result)}`);
  },
};
