import { lstat, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { RefusedError } from './refusal.ts';

/**
 * Writes a file that only its owner may read, under another name until it is complete and on the disk. What a killed
 * process leaves behind ends in `.partial`.
 *
 * @param write fills the file, and ends it.
 * @throws RefusedError where the file exists; then it stays as it is.
 */
export async function writeWholeFile(file: string, write: (output: Writable) => Promise<void>): Promise<void> {
  await refuseExisting(file);
  const partial = `${file}.${process.pid}.partial`;
  const handle = await open(partial, 'wx', 0o600);
  try {
    await write(handle.createWriteStream({ flush: true }));
    await refuseExisting(file);
    await rename(partial, file);
  } catch (error) {
    await handle.close();
    await rm(partial, { force: true });
    throw error;
  }
  await syncFolder(dirname(file));
}

async function refuseExisting(file: string): Promise<void> {
  const found = await lstat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  if (found) throw new RefusedError('exists already, and a backup never replaces a file');
}

// The new name, too, has to outlive a power cut. Windows knows no such thing for folders.
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder);
  await handle.sync().finally(() => handle.close());
}
