import { restoreBackup } from '../../src/backup/restore.ts';
import { createPool } from '../../src/database.ts';

// A process that is half way through a restore, and stays there until somebody kills it.
const [file = '', url = ''] = process.argv.slice(2);
await restoreBackup(
  createPool(url, () => {}),
  {
    file,
    stopping: new AbortController().signal,
    onProgress({ table }) {
      if (table !== 'comment') return;
      process.stdout.write('half way\n', () => {});
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    },
  },
);
