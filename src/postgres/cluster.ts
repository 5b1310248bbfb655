import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Binaries, cleanEnvironment } from './binaries.ts';
import { EmbeddedPostgresError } from './error.ts';
import type { Place } from './place.ts';

/**
 * Makes the cluster of a place, once. It grows beside its place and is moved there when it is whole, so that neither a
 * process killed half-way nor two at the same time leave a broken one.
 *
 * @param sync whether the files are on the disk, beyond a power failure, when this ends.
 */
export async function ensureCluster(binaries: Binaries, place: Place, sync: boolean): Promise<void> {
  if (!existsSync(join(place.folder, 'PG_VERSION'))) await makeCluster(binaries, place, sync);
  await removeUnfinished(place);
}

async function makeCluster(binaries: Binaries, place: Place, sync: boolean): Promise<void> {
  const unfinished = await mkdtemp(`${place.folder}.new-`);
  try {
    if (place.account) await chown(unfinished, place.account.uid, place.account.gid);
    await initialise(binaries, place, unfinished, sync);
    await rename(unfinished, place.folder);
    if (sync) await syncFolder(dirname(place.folder));
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // Another process was faster, and may have removed ours under our hands.
    if (existsSync(join(place.folder, 'PG_VERSION'))) return;
    if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      throw new EmbeddedPostgresError(
        `The folder ${place.folder} is not empty, but holds no Postgres data: move away what is there, or set DATA_DIR to another folder.`,
      );
    }
    throw error;
  }
}

async function initialise(binaries: Binaries, place: Place, folder: string, sync: boolean): Promise<void> {
  const program = spawn(binaries.initdb, [...clusterOptions, ...(sync ? [] : ['--no-sync']), '-D', folder], {
    ...place.account,
    cwd: '/',
    env: cleanEnvironment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [complaint, [status]] = await Promise.all([text(program.stderr), once(program, 'exit')]).catch((error) => {
    throw new EmbeddedPostgresError(
      `The embedded Postgres does not run on this system (${error.message}): set DATABASE_URL to the address of a Postgres, 15 or newer.`,
    );
  });
  if (status !== 0) {
    const reason = /error: (.*)/.exec(complaint)?.[1] ?? complaint.trim();
    throw new EmbeddedPostgresError(`The embedded Postgres could not make its data folder ${place.folder}: ${reason}.`);
  }
}

const clusterOptions = [
  ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-instructions'],
  ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
].flat();

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  await handle.sync();
  await handle.close();
}

async function removeUnfinished(place: Place): Promise<void> {
  const parent = dirname(place.folder);
  const prefix = `${basename(place.folder)}.new-`;
  for (const name of await readdir(parent)) {
    if (name.startsWith(prefix)) await rm(join(parent, name), { recursive: true, force: true }).catch(leaveForNextTime);
  }
}

function leaveForNextTime(): void {}
