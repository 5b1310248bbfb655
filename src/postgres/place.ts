import { createHash } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { access, chmod, mkdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../make-folder.ts';
import { type Account, accountOf, canReach } from './account.ts';
import { EmbeddedPostgresError } from './error.ts';

/** Where the data of the embedded Postgres lie, and who runs Postgres over them. */
export interface Place {
  /** Absolute folder of the cluster; it need not exist yet, its parent does. */
  readonly folder: string;
  /** True where `folder` is outside the folder that was asked for, because Postgres' account cannot enter that one. */
  readonly elsewhere: boolean;
  /** Whom Postgres runs as; none is the one who asks. */
  readonly account: Account | undefined;
  /** Absolute folder for a copy of Postgres' programs, should its account be unable to use the installed ones. */
  readonly shelf: string;
}

/** What root keeps for folders that others may not enter. It outlives a restart of the machine. */
const sharedFolder = '/var/lib/rejoinder';

const forbidden = (dataDir: string) =>
  `The embedded Postgres may not keep its data in ${dataDir}, which belongs to another user or is read-only: start as its owner, or set DATA_DIR to another folder.`;
const impossible = (dataDir: string) =>
  `DATA_DIR holds “${dataDir}”, but takes a folder, or a place where one can be made.`;

/** What to say of a folder, by what the file system answers. */
const sentences: Readonly<Record<string, (dataDir: string) => string>> = {
  ...{ EACCES: forbidden, EPERM: forbidden, EROFS: forbidden },
  ...{ EEXIST: impossible, ENOTDIR: impossible, ENOENT: impossible, ELOOP: impossible, ENAMETOOLONG: impossible },
};

/**
 * Decides where the data of `dataDir` lie: in its folder `postgres`, or, as root, under a name made from its path where
 * Postgres' account could not come there. A place once used is used again, whatever becomes of the permissions.
 *
 * @throws EmbeddedPostgresError where this process cannot use the place.
 */
export async function findPlace(dataDir: string): Promise<Place> {
  try {
    await makeFolder(dataDir);
    const parent = await realpath(dataDir);
    return process.getuid?.() === 0 ? await findPlaceAsRoot(parent) : await findOwnPlace(parent);
  } catch (error) {
    const sentence = sentences[(error as NodeJS.ErrnoException).code ?? ''];
    throw sentence ? new EmbeddedPostgresError(sentence(dataDir)) : error;
  }
}

async function findOwnPlace(parent: string): Promise<Place> {
  const folder = join(parent, 'postgres');
  await access(existsSync(folder) ? folder : parent, constants.R_OK | constants.W_OK | constants.X_OK);
  return { folder, elsewhere: false, account: undefined, shelf: parent };
}

async function findPlaceAsRoot(parent: string): Promise<Place> {
  await mkdir(sharedFolder, { recursive: true });
  await chmod(sharedFolder, 0o755);
  const name = createHash('sha256').update(parent).digest('hex').slice(0, 16);
  const [near, far] = [join(parent, 'postgres'), join(sharedFolder, name)];
  const owner = accountOf(await stat(existsSync(near) ? near : parent));
  const stayNear = existsSync(join(near, 'PG_VERSION')) || (!existsSync(far) && (await canReach(owner, parent)));
  const folder = stayNear ? near : far;
  const account = existsSync(far) && !stayNear ? accountOf(await stat(far)) : owner;
  return { folder, elsewhere: !stayNear, account, shelf: sharedFolder };
}
